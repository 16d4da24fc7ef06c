"""What refuses a call as a whole: Moodle's own exceptions and the plugin's."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.support.contract import CONTRACT, ENTITIES, row
from tests.support.real_moodle import Rest

UPSERT = "local_mzi_upsert_students"
STATUS = "local_mzi_get_status"
GUARDED = {
    name
    for name, function in CONTRACT["functions"].items()
    if function["capability"] == "local/mzi:sync"
}
"""The others judge for themselves who may ask whom; see test_dashboard.py."""


def errorcode(answer: Any) -> str:
    assert {"exception", "errorcode", "message"} <= set(answer), answer
    return str(answer["errorcode"])


@pytest.mark.parametrize("token", ["", "0" * 32, "' OR 1=1", "ت"])
def test_a_wrong_token_is_an_invalid_token(rest: Rest, token: str) -> None:
    answer = rest.call(STATUS, token=token)
    assert errorcode(answer) == "invalidtoken"
    assert answer["exception"] == "core\\exception\\moodle_exception"


def test_a_missing_function_name_is_an_invalid_parameter(rest: Rest) -> None:
    answer = rest.post(wstoken=rest.site.token, moodlewsrestformat="json")
    assert errorcode(answer.json()) == "invalidparameter"


def test_an_unknown_function_is_an_invalid_record(rest: Rest) -> None:
    answer = rest.call("local_mzi_no_such_function")
    assert errorcode(answer) == "invalidrecord"
    assert answer["exception"] == "dml_missing_record_exception"


def test_a_function_outside_the_service_is_no_access(rest: Rest) -> None:
    answer = rest.call("core_course_get_courses")
    assert errorcode(answer) == "accessexception"
    assert answer["exception"] == "webservice_access_exception"


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"records": "[]"},
        {"count": 0},
        {"records": "[]", "count": 0, "more": 1},
        {"records": "[]", "count": "none"},
        {"records": "[]", "count": "1.0"},
        {"records": "[]", "count": ""},
        {"records": "[]", "count": " 0"},
        {"records[0]": "x", "count": 0},
        {"records": "[]", "count[]": 0},
    ],
)
def test_wrong_arguments_are_an_invalid_parameter(rest: Rest, parameters: dict[str, Any]) -> None:
    answer = rest.call(UPSERT, **parameters)
    assert errorcode(answer) == "invalidparameter"
    assert answer["exception"] == "core\\exception\\invalid_parameter_exception"


def test_arguments_are_checked_before_the_capability(rest: Rest) -> None:
    weak = rest.site.weak_token
    assert errorcode(rest.call(UPSERT, token=weak, records="[]")) == "invalidparameter"
    assert errorcode(rest.call(UPSERT, token=weak, records="[]", count=0)) == "nopermissions"


@pytest.mark.parametrize("function", sorted(GUARDED))
def test_no_function_works_without_the_capability(rest: Rest, function: str) -> None:
    values: dict[str, str | int] = {
        "raw": "[]",
        "int": 1,
        "alphanumext": "students",
        "alphanum": "0" * 40,
    }
    wanted = CONTRACT["functions"][function]["parameters"]
    parameters = {name: values[spec["type"]] for name, spec in wanted.items()}
    answer = rest.call(function, token=rest.site.weak_token, **parameters)
    assert errorcode(answer) == "nopermissions"
    assert answer["exception"] == "core\\exception\\required_capability_exception"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[",
        "null",
        "5",
        '"[]"',
        "{}",
        '{"0": {}}',
        "[{}] x",
        "[NaN]",
        "[Infinity]",
        "[{'a': 1}]",
        "[01]",
        "[1,]",
        '["\\ud800"]',
        "[" * 64 + "]" * 64,
    ],
)
def test_what_is_no_json_list_is_refused_whole(rest: Rest, text: str) -> None:
    assert errorcode(rest.call(UPSERT, records=text, count=1)) == "invalidjson"


def test_nesting_up_to_the_limit_is_json(rest: Rest) -> None:
    answer = rest.call(UPSERT, records="[" * 63 + "]" * 63, count=1)
    assert answer["results"][0]["action"] == "rejected"


@pytest.mark.parametrize("count", [0, 2, -1])
def test_another_count_than_announced_is_refused_whole(rest: Rest, count: int) -> None:
    record = row("students")
    answer = rest.call(UPSERT, records=json.dumps([record]), count=count)
    assert errorcode(answer) == "countmismatch"
    assert rest.rows("students", [record["zoho_student_id"]]) == {}


def test_more_records_than_a_call_takes_are_refused_whole(rest: Rest) -> None:
    records = [row("students") for _ in range(501)]
    answer = rest.call(UPSERT, records=json.dumps(records), count=501)
    assert errorcode(answer) == "toomanyrecords"
    assert rest.rows("students", [records[0]["zoho_student_id"]]) == {}


def test_the_count_is_compared_before_the_limit(rest: Rest) -> None:
    answer = rest.call(UPSERT, records=json.dumps([{}] * 501), count=500)
    assert errorcode(answer) == "countmismatch"


@pytest.mark.parametrize(
    ("ids", "versions", "code"),
    [
        ("[", "[]", "invalidjson"),
        ("[]", "{}", "invalidjson"),
        ('["1"]', "[]", "countmismatch"),
        ("[]", "[1]", "countmismatch"),
        (json.dumps(["1"] * 501), json.dumps([1] * 501), "toomanyrecords"),
    ],
)
def test_lists_of_a_deletion_are_checked_alike(
    rest: Rest, ids: str, versions: str, code: str
) -> None:
    answer = rest.call("local_mzi_delete_records", entity="students", ids=ids, versions=versions)
    assert errorcode(answer) == code


@pytest.mark.parametrize(
    ("records", "count", "code"),
    [
        ("[", 1, "invalidjson"),
        ("[]", 1, "countmismatch"),
        (json.dumps([{}] * 501), 501, "toomanyrecords"),
    ],
)
def test_records_of_a_confirmation_are_checked_alike(
    rest: Rest, records: str, count: int, code: str
) -> None:
    answer = rest.call("local_mzi_confirm_rows", entity="students", records=records, count=count)
    assert errorcode(answer) == code


def test_too_many_rows_cannot_be_asked_for(rest: Rest) -> None:
    answer = rest.call("local_mzi_get_rows", entity="students", ids=json.dumps(["1"] * 501))
    assert errorcode(answer) == "toomanyrecords"


@pytest.mark.parametrize(
    ("function", "parameters"),
    [
        ("local_mzi_get_manifest", {"after": "", "limit": 1}),
        ("local_mzi_get_rows", {"ids": "[]"}),
        ("local_mzi_delete_records", {"ids": "[]", "versions": "[]"}),
        ("local_mzi_confirm_rows", {"records": "[]", "count": 0}),
    ],
)
@pytest.mark.parametrize("entity", ["", "nobody", "sync_log", "installments", "students;"])
def test_an_unknown_entity_is_an_invalid_parameter(
    rest: Rest, function: str, parameters: dict[str, Any], entity: str
) -> None:
    assert errorcode(rest.call(function, entity=entity, **parameters)) == "invalidparameter"


def test_without_the_json_format_the_answer_is_xml(rest: Rest) -> None:
    answer = rest.post(wstoken=rest.site.token, wsfunction=STATUS)
    assert answer.headers["content-type"].startswith("application/xml")
    assert '<KEY name="contract_version"><VALUE>1</VALUE>' in answer.text


def test_a_fault_without_the_json_format_is_xml_too(rest: Rest) -> None:
    answer = rest.post(wstoken="0" * 32, wsfunction=STATUS)
    assert answer.status_code == 200
    assert "<ERRORCODE>invalidtoken</ERRORCODE>" in answer.text


def test_the_contract_has_one_upsert_for_each_entity() -> None:
    upserts = {name for name in CONTRACT["functions"] if "_upsert_" in name}
    assert upserts == {f"local_mzi_upsert_{entity}" for entity in ENTITIES}
