from __future__ import annotations

from tests.unit.cli.desk import Mzi
from tests.unit.cli.test_sync import change, first_id


def test_a_preview_shows_both_sides_and_writes_nothing(mzi: Mzi) -> None:
    mzi("sync", "full", "--module", "students")
    record_id = first_id(mzi, "students")
    change(mzi, "BTEC_Students", record_id, City="Irbid")
    said = mzi("preview", "students", record_id)
    assert said.code == 0, said.err
    assert f"BTEC_Students {record_id}: updated" in said.out
    [line] = [line for line in said.out.splitlines() if line.startswith("city")]
    assert "Irbid" in line and line.rstrip().endswith("←")
    again = mzi("preview", "BTEC_Students", record_id, "--json")
    assert again.json["action"] == "updated"
    assert [c["column"] for c in again.json["changes"]] == ["city"]


def test_another_mapping_is_tried_out(mzi: Mzi) -> None:
    mzi("sync", "full", "--module", "payments")
    record_id = first_id(mzi, "payments")
    own = mzi.own_mapping('note = "Note"', 'note = "Name"')
    said = mzi("preview", "payments", record_id, "--mapping", own, "--json")
    assert [c["column"] for c in said.json["changes"]] == ["note"]
    assert mzi("preview", "payments", record_id, "--json").json["action"] == "unchanged"


def test_a_record_that_would_be_rejected_ends_with_one(mzi: Mzi) -> None:
    mzi("sync", "full", "--module", "teachers")
    own = mzi.own_mapping('phone = "Phone_Number"', 'fone = "Phone_Number"')
    said = mzi("preview", "teachers", first_id(mzi, "teachers"), "--mapping", own)
    assert said.code == 1
    assert "fone" in said.out and "rejected" in said.out


def test_a_record_that_is_not_there_ends_with_one(mzi: Mzi) -> None:
    said = mzi("preview", "payments", "7300000000000999999")
    assert said.code == 1
    assert "absent" in said.out


def test_a_wrong_mapping_ends_with_two(mzi: Mzi) -> None:
    assert mzi("preview", "payments", "1", "--mapping", "nowhere.toml").code == 2
    assert mzi("preview", "nothing", "1").code == 2
