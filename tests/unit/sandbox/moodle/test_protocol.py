"""The REST server's manners, and everything that can be wrong with a site's set-up."""

from __future__ import annotations

import base64
import json
from typing import Any

import httpx2
import pytest

from mzi_bridge.sandbox.moodle.server import REST_PATH, MoodleApp, label_of_call
from tests.unit.sandbox.moodle.conftest import TOKEN

STATUS = {"wstoken": TOKEN, "wsfunction": "local_mzi_get_status", "moodlewsrestformat": "json"}


async def switch(http: httpx2.AsyncClient, **switches: Any) -> None:
    answer = await http.post("/_control/site", json=switches)
    assert answer.status_code == 200, answer.text
    assert switches.items() <= answer.json().items()


async def status(http: httpx2.AsyncClient, **more: str) -> httpx2.Response:
    return await http.post(REST_PATH, data={**STATUS, **more})


async def test_get_is_answered_like_post(http: httpx2.AsyncClient) -> None:
    answer = await http.get(REST_PATH, params=STATUS)
    assert answer.json()["contract_version"] == 1


async def test_the_form_wins_over_the_query(http: httpx2.AsyncClient) -> None:
    answer = await http.post(f"{REST_PATH}?wstoken=wrong&moodlewsrestformat=xml", data=STATUS)
    assert answer.json()["contract_version"] == 1


async def test_a_multipart_form_is_a_form(http: httpx2.AsyncClient) -> None:
    parts = {name: (None, value) for name, value in STATUS.items()}
    answer = await http.post(REST_PATH, files=parts)
    assert answer.json()["contract_version"] == 1


async def test_settings_of_the_call_are_no_parameters(http: httpx2.AsyncClient) -> None:
    answer = await status(http, moodlewssettinglang="ar", moodlewssettingraw="1")
    assert answer.json()["contract_version"] == 1


async def test_an_unknown_format_is_xml(http: httpx2.AsyncClient) -> None:
    answer = await status(http, moodlewsrestformat="yaml")
    assert answer.headers["content-type"] == "application/xml; charset=utf-8"
    assert '<KEY name="functions"><MULTIPLE>\n<VALUE>local_mzi_' in answer.text


async def test_xml_says_null_in_its_own_way(http: httpx2.AsyncClient) -> None:
    record = {"zoho_unit_id": "1", "modified_time": 1, "read_time": 1, "content_hash": "a" * 64}
    form = {**STATUS, "wsfunction": "local_mzi_upsert_units"}
    await http.post(REST_PATH, data={**form, "records": json.dumps([record]), "count": "1"})
    form = {**STATUS, "wsfunction": "local_mzi_get_manifest", "moodlewsrestformat": "xml"}
    answer = await http.post(REST_PATH, data={**form, "entity": "units"})
    assert '<KEY name="deleted_at"><VALUE null="null"/>' in answer.text


async def test_json_escapes_as_php_does(http: httpx2.AsyncClient) -> None:
    form = {**STATUS, "wsfunction": "core_webservice_get_site_info"}
    assert "http:\\/\\/" in (await http.post(REST_PATH, data=form)).text


@pytest.mark.parametrize("switch_name", ["web_services", "rest_protocol"])
async def test_switched_off_is_a_403_without_a_body(
    http: httpx2.AsyncClient, switch_name: str
) -> None:
    await switch(http, **{switch_name: False})
    answer = await status(http)
    assert (answer.status_code, answer.content) == (403, b"")


async def test_cli_maintenance_is_a_page_with_503(http: httpx2.AsyncClient) -> None:
    await switch(http, maintenance=True)
    answer = await status(http)
    assert (answer.status_code, answer.headers["content-type"].split(";")[0]) == (503, "text/html")


@pytest.mark.parametrize(
    ("switches", "errorcode"),
    [
        ({"admin_maintenance": True}, "sitemaintenance"),
        ({"user_suspended": True}, "wsaccessusersuspended"),
        ({"service_enabled": False}, "accessexception"),
        ({"user_authorised": False}, "accessexception"),
        ({"rest_capability": False}, "accessexception"),
        ({"withheld": ["local_mzi_get_status"]}, "accessexception"),
        ({"capability": False}, "nopermissions"),
    ],
)
async def test_each_fault_of_the_set_up_has_moodles_own_code(
    http: httpx2.AsyncClient, switches: dict[str, Any], errorcode: str
) -> None:
    await switch(http, **switches)
    answer = await status(http)
    assert (answer.status_code, answer.json()["errorcode"]) == (200, errorcode)


async def test_a_wrong_token_is_told_before_anything_about_the_service(
    http: httpx2.AsyncClient,
) -> None:
    await switch(http, service_enabled=False, capability=False)
    answer = await status(http, wstoken="2" * 32)
    assert answer.json()["errorcode"] == "invalidtoken"


async def test_the_reason_is_only_told_with_debugging_on(http: httpx2.AsyncClient) -> None:
    await switch(http, rest_capability=False)
    assert "debuginfo" not in (await status(http)).json()
    await switch(http, debugging=True)
    assert "webservice/rest:use" in (await status(http)).json()["debuginfo"]
    assert "<DEBUGINFO>" in (await status(http, moodlewsrestformat="xml")).text


async def test_a_withheld_function_is_missing_from_the_site_info(
    http: httpx2.AsyncClient,
) -> None:
    await switch(http, withheld=["local_mzi_get_status"])
    answer = await status(http, wsfunction="core_webservice_get_site_info")
    names = {function["name"] for function in answer.json()["functions"]}
    assert "local_mzi_get_status" not in names
    assert "local_mzi_get_rows" in names


async def test_a_form_cut_by_max_input_vars_loses_its_tail(http: httpx2.AsyncClient) -> None:
    await switch(http, max_input_vars=2)
    without_function = {"moodlewsrestformat": "json", "wstoken": TOKEN, **STATUS}
    answer = await http.post(REST_PATH, data=without_function)
    assert answer.json()["errorcode"] == "invalidparameter"
    answer = await http.post(REST_PATH, data={"a": "1", "b": "2", **STATUS})
    assert "<ERRORCODE>invalidtoken</ERRORCODE>" in answer.text


async def test_a_body_over_post_max_size_arrives_empty(http: httpx2.AsyncClient) -> None:
    await switch(http, post_max_bytes=1000)
    answer = await status(http, padding="x" * 1000)
    assert "<ERRORCODE>invalidtoken</ERRORCODE>" in answer.text


async def test_bytes_that_are_no_utf8_are_an_invalid_parameter(http: httpx2.AsyncClient) -> None:
    form = f"wstoken={TOKEN}&wsfunction=local_mzi_upsert_units&moodlewsrestformat=json"
    headers = {"content-type": "application/x-www-form-urlencoded"}
    body = f"{form}&count=1&records=%5B%22%FF%22%5D"
    answer = await http.post(REST_PATH, content=body, headers=headers)
    assert answer.json()["errorcode"] == "invalidparameter"


@pytest.mark.parametrize("body", [[], {"no_such_switch": True}, {"maintenance": "perhaps"}, None])
async def test_the_control_refuses_what_it_does_not_know(
    http: httpx2.AsyncClient, app: MoodleApp, body: Any
) -> None:
    answer = await http.post("/_control/site", json=body)
    assert answer.status_code == 400
    assert app.state.site.switches.maintenance is False


async def test_accounts_can_be_added_and_suspended_while_it_runs(
    http: httpx2.AsyncClient, app: MoodleApp
) -> None:
    await http.post("/_control/users", json=[{"id": 9, "username": "omar@example.edu"}])
    person = {"academic_email": "Omar@example.edu"}
    assert app.state.site.users.resolve(person) == 9
    suspended = {"id": 9, "username": "omar@example.edu", "suspended": True}
    assert (await http.post("/_control/users", json=[suspended])).json() == {"users": 2}
    assert app.state.site.users.resolve(person) is None
    assert (await http.post("/_control/users", json=[{"id": "x"}])).status_code == 400


async def test_a_student_can_be_made_to_ask_for_something(
    http: httpx2.AsyncClient, app: MoodleApp
) -> None:
    file = {"name": "letter.pdf", "content": base64.b64encode(b"%PDF").decode()}
    answer = await http.post("/_control/requests", json={"student": "73001", "files": [file]})
    told = answer.json()
    assert (answer.status_code, told["request_number"]) == (201, "M-000001")
    assert [(one["filename"], one["filesize"]) for one in told["files"]] == [("letter.pdf", 4)]
    assert app.state.site.requests["M-000001"].student == "73001"
    nameless = {"student": "73001", "files": [{"content": file["content"]}]}
    assert (await http.post("/_control/requests", json=nameless)).status_code == 400


async def test_the_fault_layer_stands_before_the_site(
    http: httpx2.AsyncClient, app: MoodleApp
) -> None:
    app.faults.add([{"times": 1, "fault": {"kind": "status", "status": 502}}])
    assert [(await status(http)).status_code for _ in range(2)] == [502, 200]
    calls = (await http.get("/_control/calls")).json()
    assert calls["count"] == 2
    assert {call["label"] for call in calls["calls"]} == {"local_mzi_get_status"}


def test_a_call_is_labelled_by_its_function_wherever_it_stands_in_the_form() -> None:
    long = b"records=" + b"x" * 20_000
    assert label_of_call(REST_PATH, b"wsfunction=f&" + long) == "f"
    assert label_of_call(REST_PATH, long + b"&wsfunction=f") == "f"
    assert label_of_call(REST_PATH, b"") is None
