"""How a real Moodle says no: the words on which the bridge's error classes stand."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.support.moodle_records import new_ids, student
from tests.support.real_moodle import Rest

STATUS = "local_mzi_get_status"
UPSERT = "local_mzi_upsert_students"


def test_a_wrong_token_is_a_fault_with_http_200(rest: Rest) -> None:
    assert rest.call(STATUS, token="0" * 32)["errorcode"] == "invalidtoken"


def test_a_missing_token_is_the_same_fault(rest: Rest) -> None:
    answer = rest.post(wsfunction=STATUS, moodlewsrestformat="json")
    assert (answer.status_code, answer.json()["errorcode"]) == (200, "invalidtoken")


def test_without_the_json_format_the_fault_is_xml(rest: Rest) -> None:
    answer = rest.post(wstoken="0" * 32, wsfunction=STATUS)
    assert answer.text.lstrip().startswith("<?xml")
    assert "<ERRORCODE>invalidtoken</ERRORCODE>" in answer.text


def test_an_unknown_function_is_an_invalid_record(rest: Rest) -> None:
    assert rest.call("local_mzi_no_such_function")["errorcode"] == "invalidrecord"


def test_a_function_outside_the_service_is_no_access(rest: Rest) -> None:
    assert rest.call("core_course_get_courses")["errorcode"] == "accessexception"


@pytest.mark.parametrize(
    ("function", "parameters"),
    [
        (STATUS, {}),
        ("local_mzi_get_contract", {}),
        ("local_mzi_get_manifest", {"entity": "students", "after": "", "limit": 10}),
        ("local_mzi_get_rows", {"entity": "students", "ids": "[]"}),
        ("local_mzi_delete_records", {"entity": "students", "ids": "[]", "versions": "[]"}),
        (UPSERT, {"records": "[]", "count": 0}),
    ],
)
def test_no_function_works_without_the_capability(
    rest: Rest, function: str, parameters: dict[str, str | int]
) -> None:
    answer = rest.call(function, token=rest.site.weak_token, **parameters)
    assert answer["errorcode"] == "nopermissions"


def test_the_capability_is_asked_for_on_every_upsert(rest: Rest) -> None:
    functions = [name for name in rest.call(STATUS)["functions"] if "_upsert_" in name]
    refused = [
        rest.call(name, token=rest.site.weak_token, records="[]", count=0)["errorcode"]
        for name in functions
    ]
    assert refused == ["nopermissions"] * 10


def test_a_missing_argument_is_an_invalid_parameter(rest: Rest) -> None:
    assert rest.call(UPSERT, records="[]")["errorcode"] == "invalidparameter"


def test_an_argument_nobody_declared_is_an_invalid_parameter(rest: Rest) -> None:
    answer = rest.call(UPSERT, records="[]", count=0, extra="1")
    assert answer["errorcode"] == "invalidparameter"


@pytest.mark.parametrize("text", ["", "{", "null", "7", '"text"', '{"a": 1}', "[1,]"])
def test_records_that_are_no_json_list_are_refused_whole(rest: Rest, text: str) -> None:
    assert rest.call(UPSERT, records=text, count=1)["errorcode"] == "invalidjson"


@pytest.mark.parametrize("count", [0, 1, 3])
def test_a_count_that_differs_is_refused_and_nothing_is_stored(rest: Rest, count: int) -> None:
    ids = new_ids(2)
    text = json.dumps([student(zoho_id) for zoho_id in ids])
    assert rest.call(UPSERT, records=text, count=count)["errorcode"] == "countmismatch"
    assert rest.rows("students", ids) == {}


def test_one_record_too_many_is_refused_and_nothing_is_stored(rest: Rest) -> None:
    ids = new_ids(rest.call(STATUS)["max_records"] + 1)
    text = json.dumps([student(zoho_id) for zoho_id in ids])
    assert rest.call(UPSERT, records=text, count=len(ids))["errorcode"] == "toomanyrecords"
    assert rest.rows("students", ids[:10]) == {}


@pytest.mark.parametrize("entity", ["nothing", "installments", "sync_log", "students; --"])
def test_an_entity_that_is_none_is_a_fault(rest: Rest, entity: str) -> None:
    for function, rest_of_it in (
        ("local_mzi_get_manifest", {"after": "", "limit": 1}),
        ("local_mzi_get_rows", {"ids": "[]"}),
        ("local_mzi_delete_records", {"ids": "[]", "versions": "[]"}),
    ):
        answer = rest.call(function, entity=entity, **rest_of_it)
        assert answer.get("errorcode") == "invalidparameter", (function, answer)


class TestSwitchedOff:
    @pytest.fixture
    def maintenance(self, rest: Rest) -> Iterator[None]:
        rest.site.run_cli("admin/cli/maintenance.php", "--enable")
        yield
        rest.site.run_cli("admin/cli/maintenance.php", "--disable")

    @pytest.fixture
    def no_web_services(self, rest: Rest) -> Iterator[None]:
        rest.site.run_cli("admin/cli/cfg.php", "--name=enablewebservices", "--set=0")
        yield
        rest.site.run_cli("admin/cli/cfg.php", "--name=enablewebservices", "--set=1")

    @pytest.mark.usefixtures("maintenance")
    def test_maintenance_is_http_503_with_a_page(self, rest: Rest) -> None:
        answer = rest.post(wstoken=rest.site.token, wsfunction=STATUS, moodlewsrestformat="json")
        assert answer.status_code == 503
        assert "<html" in answer.text

    @pytest.mark.usefixtures("no_web_services")
    def test_web_services_off_is_http_403_with_nothing(self, rest: Rest) -> None:
        answer = rest.post(wstoken=rest.site.token, wsfunction=STATUS, moodlewsrestformat="json")
        assert (answer.status_code, answer.text) == (403, "")
