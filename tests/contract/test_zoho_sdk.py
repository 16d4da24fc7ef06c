"""Zoho's own Python SDK (PyPI zohocrmsdk2-0, API v2) as a client of the CRM emulator.

The SDK keeps one global client, files of field metadata and a token file; all of it lives in a
temporary directory here. It answers None where it swallowed an error of its own.
"""

from __future__ import annotations

import asyncio
import threading
import zipfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from importlib import import_module
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx2
import pytest

from mzi_bridge.clock import SystemClock
from mzi_bridge.sandbox.listener import listening
from mzi_bridge.sandbox.sample import schema, stream
from mzi_bridge.sandbox.zoho import Crm, Switches, create_zoho_app
from mzi_bridge.sandbox.zoho.oauth import OAuthRules

API = "zcrmsdk.src.com.zoho.crm.api"
CLIENT = {"client_id": "1000.SDK", "client_secret": "hush", "refresh_token": "1000.sdk.refresh"}


class Service:
    """The emulator over real HTTP in a thread of its own, with a small school in it."""

    def __init__(self) -> None:
        self.crm = Crm(schema("btec"), SystemClock())
        self.crm.insert_all(stream("btec", 12, 7))
        rules = OAuthRules(tokens_per_window=None)
        self.app = create_zoho_app(self.crm, **CLIENT, switches=Switches(oauth=rules))
        self.address = ""
        self._ready = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)

    def start(self) -> None:
        self._thread.start()
        assert self._ready.wait(20)

    def stop(self) -> None:
        assert self._loop is not None
        assert self._stop is not None
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(20)
        assert not self._thread.is_alive()

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        async with listening(self.app) as self.address:
            self._ready.set()
            await self._stop.wait()


class Sdk:
    """The SDK's classes by family, and its answers."""

    def __init__(self, address: str, folder: Path) -> None:
        environment = self.of("dc", "DataCenter").Environment(
            address, f"{address}/oauth/v2/token", address, "local"
        )
        authenticator = import_module("zcrmsdk.src.com.zoho.api.authenticator")
        store = import_module("zcrmsdk.src.com.zoho.api.authenticator.store")
        logger = import_module("zcrmsdk.src.com.zoho.api.logger").Logger
        tokens = folder / "tokens.csv"
        self.token_file = tokens
        import_module(f"{API}.initializer").Initializer.initialize(
            user=self.of("user_signature", "UserSignature")("sdk@example.org"),
            environment=environment,
            token=authenticator.OAuthToken(**CLIENT),
            store=store.FileStore(file_path=str(tokens)),
            sdk_config=self.of("sdk_config", "SDKConfig")(
                auto_refresh_fields=False, pick_list_validation=False
            ),
            resource_path=str(folder),
            logger=logger.get_instance(
                level=logger.Levels.ERROR, file_path=str(folder / "sdk.log")
            ),
        )

    @staticmethod
    def of(family: str, name: str) -> Any:
        return getattr(import_module(f"{API}.{family}"), name)

    def record(self, **fields: Any) -> Any:
        record = self.of("record", "Record")()
        for name, value in fields.items():
            record.add_key_value(name, value)
        return record

    def body(self, *records: Any) -> Any:
        body = self.of("record", "BodyWrapper")()
        body.set_data(list(records))
        return body

    def params(self, **given: Any) -> Any:
        """Query parameters; the SDK types them by class, here `class_name`."""
        family, _, name = given.pop("of").partition(".")
        param_class = getattr(import_module(f"{API}.{family}.{family}_operations"), name)
        params = import_module(f"{API}.parameter_map").ParameterMap()
        for key, value in given.items():
            params.add(getattr(param_class, key), value)
        return params

    @property
    def records(self) -> Any:
        return self.of("record", "RecordOperations")()


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    service = Service()
    service.start()
    yield service
    service.stop()


@pytest.fixture(scope="module")
def sdk(service: Service, tmp_path_factory: pytest.TempPathFactory) -> Sdk:
    return Sdk(service.address, tmp_path_factory.mktemp("sdk"))


def rows(answer: Any, status: int) -> Any:
    """The objects of an answer's `data` or of whatever list its wrapper has."""
    assert answer is not None, "the SDK swallowed an error"
    assert answer.get_status_code() == status
    wrapper = answer.get_object()
    for getter in ("get_data", "get_fields", "get_modules", "get_watch", "get_users", "get_org"):
        if hasattr(wrapper, getter):
            return getattr(wrapper, getter)()
    raise AssertionError(f"no rows in {type(wrapper).__name__}: {vars(wrapper)}")


def test_the_sdk_refreshes_a_token_and_keeps_it(service: Service, sdk: Sdk) -> None:
    assert sdk.records.get_records("Leads").get_status_code() == 200
    kept = sdk.token_file.read_text()
    assert "1000." in kept
    http = httpx2.get(f"{service.address}/_control/calls")
    paths = [call["path"] for call in http.json()["calls"]]
    assert paths.count("/oauth/v2/token") == 1


def test_the_sdk_lists_pages(service: Service, sdk: Sdk) -> None:
    ids: list[int] = []
    page = 1
    while True:
        params = sdk.params(of="record.GetRecordsParam", page=page, per_page=5)
        answer = sdk.records.get_records("BTEC_Students", params)
        ids += [record.get_id() for record in rows(answer, 200)]
        info = answer.get_object().get_info()
        assert info.get_page() == page
        if not info.get_more_records():
            break
        page += 1
    assert {str(record_id) for record_id in ids} == set(service.crm.records("BTEC_Students"))
    assert page == 3


def test_the_sdk_reads_a_record_with_its_types_and_subform(service: Service, sdk: Sdk) -> None:
    record_id, kept = next(iter(service.crm.records("BTEC_Registrations").items()))
    (record,) = rows(sdk.records.get_record(int(record_id), "BTEC_Registrations"), 200)
    assert record.get_id() == int(record_id)
    assert isinstance(record.get_modified_time(), datetime)
    assert record.get_modified_time().timestamp() == kept.modified
    assert record.get_created_by().get_name() == kept.created_by.name
    assert record.get_key_value("Student_ID").get_id() == int(kept.values["Student_ID"])
    schedule = record.get_key_value("Payment_Schedule")
    assert [row.get_id() for row in schedule] == [
        int(row.id) for row in kept.rows["Payment_Schedule"]
    ]


def test_the_sdk_sees_204_and_304_as_no_object(service: Service, sdk: Sdk) -> None:
    missing = sdk.records.get_record(99, "Leads")
    assert (missing.get_status_code(), missing.get_object()) == (204, None)
    headers = import_module(f"{API}.header_map").HeaderMap()
    since = import_module(f"{API}.record.record_operations").GetRecordsHeader.if_modified_since
    headers.add(since, datetime.now().astimezone() + timedelta(days=1))
    unchanged = sdk.records.get_records("Leads", None, headers)
    assert (unchanged.get_status_code(), unchanged.get_object()) == (304, None)


def test_the_sdk_inserts_updates_upserts_and_deletes(service: Service, sdk: Sdk) -> None:
    new = sdk.record(Last_Name="Inserted", Company="School", Email="sdk@example.org")
    (row,) = rows(sdk.records.create_records("Leads", sdk.body(new)), 201)
    assert row.get_code().get_value() == "SUCCESS"
    assert row.get_message().get_value() == "record added"
    lead = row.get_details()["id"]

    change = sdk.record(Last_Name="Changed")
    (row,) = rows(sdk.records.update_record(int(lead), "Leads", sdk.body(change)), 200)
    assert row.get_message().get_value() == "record updated"
    assert service.crm.records("Leads")[lead].values["Last_Name"] == "Changed"

    body = sdk.body(sdk.record(Last_Name="Again", Company="School", Email="sdk@example.org"))
    body.set_duplicate_check_fields(["Email"])
    (row,) = rows(sdk.records.upsert_records("Leads", body), 200)
    assert row.get_action().get_value() == "update"
    assert row.get_duplicate_field() == "Email"
    assert row.get_details()["id"] == lead

    params = sdk.params(of="record.DeleteRecordsParam", ids=lead)
    (row,) = rows(sdk.records.delete_records("Leads", params), 200)
    assert row.get_message().get_value() == "record deleted"
    assert lead not in service.crm.records("Leads")

    answer = sdk.records.get_deleted_records("Leads")
    assert [deleted.get_id() for deleted in rows(answer, 200)] == [int(lead)]


def test_the_sdk_writes_a_subform(service: Service, sdk: Sdk) -> None:
    record_id = next(iter(service.crm.records("BTEC_Registrations")))
    installment = sdk.record(Installment_No=1, Installment_Amount=12.5)
    change = sdk.body(sdk.record(Payment_Schedule=[installment]))
    (row,) = rows(sdk.records.update_record(int(record_id), "BTEC_Registrations", change), 200)
    assert row.get_code().get_value() == "SUCCESS"
    (kept,) = service.crm.records("BTEC_Registrations")[record_id].rows["Payment_Schedule"]
    assert (kept.values["Installment_No"], kept.values["Installment_Amount"]) == (1, 12.5)


def test_the_sdk_reads_row_errors(service: Service, sdk: Sdk) -> None:
    broken = sdk.record(id=7300000999999999999, Last_Name="X")
    (row,) = rows(sdk.records.update_records("Leads", sdk.body(broken)), 202)
    assert type(row).__name__ == "APIException"
    assert row.get_code().get_value() == "INVALID_DATA"
    assert row.get_message().get_value() == "the id given seems to be invalid"


def test_the_sdk_searches(service: Service, sdk: Sdk) -> None:
    kept = next(iter(service.crm.records("BTEC_Students").values()))
    criteria = f"(Academic_Email:equals:{kept.values['Academic_Email']})"
    params = sdk.params(of="record.SearchRecordsParam", criteria=criteria)
    found = rows(sdk.records.search_records("BTEC_Students", params), 200)
    assert [record.get_id() for record in found] == [int(kept.id)]


def test_the_sdk_runs_coql(service: Service, sdk: Sdk) -> None:
    body = sdk.of("query", "BodyWrapper")()
    body.set_select_query("select Last_Name from Leads where Last_Name is not null limit 0,2")
    answer = sdk.of("query", "QueryOperations")().get_records(body)
    assert len(rows(answer, 200)) == 2
    assert answer.get_object().get_info().get_more_records() is True

    body.set_select_query("select Last_Name from Leads")
    refused = sdk.of("query", "QueryOperations")().get_records(body).get_object()
    assert refused.get_code().get_value() == "SYNTAX_ERROR"
    assert refused.get_details()["clause"] == "where"


def test_the_sdk_reads_modules_and_fields(service: Service, sdk: Sdk) -> None:
    modules = rows(sdk.of("modules", "ModulesOperations")().get_modules(), 200)
    kinds = {module.get_api_name(): module.get_generated_type().get_value() for module in modules}
    assert set(kinds) == set(service.crm.schema.modules)
    assert kinds["Leads"] == "default"
    assert kinds["BTEC_Enrollments"] == "linking"
    assert all(isinstance(module.get_modified_time(), datetime) for module in modules)

    fields = rows(sdk.of("fields", "FieldsOperations")("BTEC_Registrations").get_fields(), 200)
    by_name = {field.get_api_name(): field for field in fields}
    assert by_name["Student_ID"].get_lookup().get_module() == "BTEC_Students"
    assert by_name["Payment_Schedule"].get_subform().get_module() == "Payment_Schedule"
    assert by_name["Currency"].get_pick_list_values()[0].get_actual_value()
    field = sdk.of("fields", "FieldsOperations")("BTEC_Registrations")
    (one,) = rows(field.get_field(by_name["Currency"].get_id()), 200)
    assert one.get_api_name() == "Currency"


def test_the_sdk_keeps_channels(service: Service, sdk: Sdk) -> None:
    operations = sdk.of("notification", "NotificationOperations")()
    channel = sdk.of("notification", "Notification")()
    channel.set_channel_id(10068)
    channel.set_events(["BTEC_Students.all"])
    channel.set_notify_url("https://bridge.example/hook")
    channel.set_token("secret")
    wanted = datetime.now().astimezone().replace(microsecond=0) + timedelta(hours=20)
    channel.set_channel_expiry(wanted)
    body = sdk.of("notification", "BodyWrapper")()
    body.set_watch([channel])
    (row,) = rows(operations.enable_notifications(body), 201)
    assert row.get_code().get_value() == "SUCCESS"
    (event,) = row.get_details()["events"]
    granted = event.get_channel_expiry() if hasattr(event, "get_channel_expiry") else None
    assert granted in (None, wanted)

    (listed,) = rows(operations.get_notification_details(), 200)
    assert listed.get_channel_id() == 10068
    assert listed.get_channel_expiry() == wanted
    assert listed.get_events() == ["BTEC_Students.all"]

    channel.set_events(["BTEC_Students.edit"])
    (row,) = rows(operations.update_notification(body), 200)
    assert row.get_message().get_value() == "Successfully updated the subscribe details"

    params = sdk.params(of="notification.DisableNotificationsParam", channel_ids=10068)
    (row,) = rows(operations.disable_notifications(params), 200)
    assert row.get_message().get_value() == "Successfully un-subscribed from actions-watch"
    (row,) = rows(operations.update_notification(body), 400)
    assert row.get_code().get_value() == "NOT_SUBSCRIBED"
    assert operations.get_notification_details().get_status_code() == 204


def test_the_sdk_reads_people(service: Service, sdk: Sdk) -> None:
    params = sdk.params(of="users.GetUsersParam", type="CurrentUser")
    (user,) = rows(sdk.of("users", "UsersOperations")().get_users(params), 200)
    assert user.get_id() == int(service.crm.caller.id)
    (org,) = rows(sdk.of("org", "OrgOperations")().get_organization(), 200)
    assert org.get_company_name() == service.crm.organisation.name


def _named(name: str, content: bytes) -> BytesIO:
    """The SDK sends the name its stream has."""
    stream = BytesIO(content)
    stream.name = name
    return stream


def test_the_sdk_carries_attachments_and_photos(service: Service, sdk: Sdk, tmp_path: Path) -> None:
    lead = int(next(iter(service.crm.records("Leads"))))
    name, content = "Personal_photo.png", b"\x89PNG\r\n\x1a\n bytes"
    wrapper = sdk.of("util", "StreamWrapper")
    attachments = sdk.of("attachments", "AttachmentsOperations")("Leads", lead)
    body = sdk.of("attachments", "FileBodyWrapper")()
    body.set_file(wrapper(name=name, stream=_named(name, content)))
    (row,) = rows(attachments.upload_attachment(body), 200)
    kept = row.get_details()["id"]
    (listed,) = rows(attachments.get_attachments(), 200)
    assert (listed.get_file_name(), listed.get_size()) == (name, len(content))
    loaded = attachments.download_attachment(int(kept)).get_object().get_file()
    assert loaded.get_name() == name
    assert b"".join(loaded.get_stream()) == content

    photo = sdk.of("record", "FileBodyWrapper")()
    photo.set_file(wrapper(name=name, stream=_named(name, content)))
    done = sdk.records.upload_photo(lead, "Leads", photo).get_object()
    assert done.get_message().get_value() == "photo uploaded successfully"
    back = sdk.records.get_photo(lead, "Leads").get_object().get_file()
    assert b"".join(back.get_stream()) == content
    assert (
        sdk.records.delete_photo(lead, "Leads").get_object().get_status().get_value() == "success"
    )


def test_the_sdk_reads_in_bulk(service: Service, sdk: Sdk) -> None:
    operations = sdk.of("bulk_read", "BulkReadOperations")()
    query, condition = sdk.of("bulk_read", "Query")(), sdk.of("bulk_read", "Criteria")()
    condition.set_api_name("Modified_Time")
    condition.set_comparator(sdk.of("util", "Choice")("greater_equal"))
    condition.set_value("2020-01-01T00:00:00+00:00")
    query.set_module("BTEC_Students")
    query.set_fields(["Modified_Time"])
    query.set_criteria(condition)
    request = sdk.of("bulk_read", "RequestWrapper")()
    request.set_query(query)
    (row,) = rows(operations.create_bulk_read_job(request), 201)
    assert row.get_code().get_value() == "ADDED_SUCCESSFULLY"
    job = row.get_details()["id"]

    (detail,) = rows(operations.get_bulk_read_job_details(int(job)), 200)
    assert detail.get_state().get_value() == "COMPLETED"
    assert detail.get_query().get_module() == "BTEC_Students"
    students = service.crm.records("BTEC_Students")
    assert detail.get_result().get_count() == len(students)
    assert detail.get_result().get_more_records() is False

    loaded = operations.download_result(int(job)).get_object().get_file()
    with zipfile.ZipFile(BytesIO(b"".join(loaded.get_stream()))) as archive:
        [name] = archive.namelist()
        lines = archive.read(name).decode().splitlines()
    assert {line.partition(",")[0] for line in lines[1:]} == set(students)

    refused = operations.get_bulk_read_job_details(12).get_object()
    assert refused.get_code().get_value() == "RESOURCE_NOT_FOUND"


def test_the_sdk_sees_a_revoked_token_as_invalid(service: Service, sdk: Sdk) -> None:
    httpx2.post(f"{service.address}/_control/expire")
    refused = sdk.records.get_records("Leads")
    assert refused.get_status_code() == 401
    assert refused.get_object().get_code().get_value() == "INVALID_TOKEN"
