from __future__ import annotations

from tests.unit.cli.desk import Mzi


def test_a_full_sync_counts_every_module(mzi: Mzi) -> None:
    said = mzi("sync", "full", "--json")
    assert said.code == 0, said.err
    counts = said.json
    assert len(counts) == 10
    assert counts["BTEC_Students"] == {"inserted": 3}
    assert all(set(words) == {"inserted"} for words in counts.values())


def test_one_module_by_its_entity(mzi: Mzi) -> None:
    assert list(mzi("sync", "full", "--module", "payments", "--json").json) == ["BTEC_Payments"]


def test_a_second_sync_changes_nothing_and_a_delta_finds_the_change(mzi: Mzi) -> None:
    mzi("sync", "full", "--module", "students")
    again = mzi("sync", "full", "--module", "students", "--json")
    assert again.json == {"BTEC_Students": {"unchanged": 3}}
    student = first_id(mzi, "students")
    change(mzi, "BTEC_Students", student, City="Irbid")
    counts = mzi("sync", "delta", "--module", "students", "--json").json["BTEC_Students"]
    assert counts["updated"] == 1


def test_without_json_a_table_is_shown(mzi: Mzi) -> None:
    said = mzi("sync", "full", "--module", "students")
    assert said.out.split() == ["module", "inserted", "BTEC_Students", "3"]


def test_a_dry_run_shows_what_would_change_and_writes_nothing(mzi: Mzi) -> None:
    mzi("sync", "full", "--module", "students")
    change(mzi, "BTEC_Students", first_id(mzi, "students"), City="Irbid")
    said = mzi("sync", "full", "--module", "students", "--dry-run")
    assert said.code == 0
    assert "city: " in said.out and "→ 'Irbid'" in said.out
    assert "updated" in said.out
    again = mzi("sync", "full", "--module", "students", "--dry-run", "--json")
    assert again.json["BTEC_Students"] == {"updated": 1, "unchanged": 2}


def test_rejected_records_end_the_command_with_one_and_say_where_to_look(mzi: Mzi) -> None:
    own = mzi.own_mapping('phone = "Phone_Number"', 'fone = "Phone_Number"')
    said = mzi("sync", "full", "--module", "teachers", "--json", MZI_MAPPING=own)
    assert said.code == 1
    assert "mzi dead list" in said.err
    assert said.json["BTEC_Teachers"] == {"rejected": 6}


def test_a_module_that_fails_is_named_beside_those_that_went_well(mzi: Mzi) -> None:
    body = '{"code":"NO_PERMISSION","details":{},"message":"x","status":"error"}'
    fault = {"kind": "status", "status": 403, "body": body}
    mzi.crm("faults", [{"match": {"path_contains": "BTEC_Payments"}, "fault": fault}])
    said = mzi("sync", "full", "--json")
    assert said.code == 2
    assert said.json["BTEC_Payments"] == {"error": "no_permission"}
    assert said.json["BTEC_Student_Requests"].get("inserted")
    assert "BTEC_Payments: " in said.err and "CRM profile" in said.err


def test_a_sync_that_meets_maintenance_says_how_to_go_on_and_asks_nothing_meanwhile(
    mzi: Mzi,
) -> None:
    mzi.moodle("faults", [{"match": {}, "fault": {"kind": "maintenance"}}])
    said = mzi("sync", "full", "--module", "students")
    assert said.code == 3
    assert "Run the same command again" in said.err
    again = mzi("sync", "full", "--module", "students")
    assert again.code == 3
    assert "paused for" in again.err and "maintenance" in again.err


def test_a_sync_that_is_throttled_says_how_to_go_on(mzi: Mzi) -> None:
    fault = {"kind": "status", "status": 429}
    mzi.crm("faults", [{"match": {"path_contains": "BTEC_Students"}, "fault": fault}])
    said = mzi("sync", "full", "--module", "students", "--json")
    assert said.code == 3
    assert said.json["BTEC_Students"]["error"] == "rate_limited"
    assert "Run the same command again" in said.err


def first_id(mzi: Mzi, entity: str) -> str:
    (first,) = mzi.standing(entity, 1)
    return first


def change(mzi: Mzi, module: str, record_id: str, **fields: str) -> None:
    edit = {"module": module, "operation": "update", "id": record_id, "record": fields}
    mzi.crm("edit", edit)
