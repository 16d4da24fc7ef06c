"""What the plugin says of itself and of the site's limits."""

from __future__ import annotations

import json
import time

from tests.support.moodle_records import new_ids, student
from tests.support.real_moodle import Rest

ENTITIES = {
    "students",
    "programs",
    "registrations",
    "payments",
    "teachers",
    "units",
    "classes",
    "enrollments",
    "grades",
    "requests",
}
READERS = {"get_status", "get_contract", "get_manifest", "get_rows"}


def test_the_status_tells_the_limits_of_php(rest: Rest) -> None:
    status = rest.call("local_mzi_get_status")
    assert status["max_records"] == 500
    assert status["max_input_vars"] == 5_000
    assert status["post_max_bytes"] == 64 * 1024 * 1024


def test_the_status_tells_versions_and_the_clock(rest: Rest) -> None:
    status = rest.call("local_mzi_get_status")
    assert status["contract_version"] == 1
    assert status["plugin_version"] > 2_025_000_000
    assert status["release"]
    assert status["moodle_version"]
    assert abs(status["server_time"] - time.time()) < 60


def test_every_function_of_the_contract_is_in_the_service(rest: Rest) -> None:
    functions = set(rest.call("local_mzi_get_status")["functions"])
    expected = READERS | {"delete_records"} | {f"upsert_{entity}" for entity in ENTITIES}
    assert {f"local_mzi_{name}" for name in expected} <= functions


def test_the_counts_follow_the_rows(rest: Rest) -> None:
    before = _students(rest)
    kept, gone = new_ids(2)
    rest.upsert("students", [student(kept), student(gone)])
    rest.call(
        "local_mzi_delete_records",
        entity="students",
        ids=json.dumps([gone]),
        versions=json.dumps([1_700_000_005]),
    )
    after = _students(rest)
    assert after["rows"] - before["rows"] == 2
    assert after["deleted"] - before["deleted"] == 1
    assert after["unlinked"] - before["unlinked"] == 1


def test_every_entity_is_counted(rest: Rest) -> None:
    counts = rest.call("local_mzi_get_status")["counts"]
    assert {count["entity"] for count in counts} == ENTITIES


def test_the_contract_names_every_entity_with_its_key(rest: Rest) -> None:
    contract = json.loads(rest.call("local_mzi_get_contract")["contract"])
    assert contract["contract_version"] == 1
    assert contract["entities"].keys() == ENTITIES
    assert contract["entities"]["students"]["key"] == "zoho_student_id"


def _students(rest: Rest) -> dict[str, int]:
    counts = rest.call("local_mzi_get_status")["counts"]
    [found] = [count for count in counts if count["entity"] == "students"]
    return dict(found)
