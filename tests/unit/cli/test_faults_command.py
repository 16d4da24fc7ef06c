from __future__ import annotations

import anyio
import pytest

from mzi_bridge.clock import SystemClock
from mzi_bridge.journal.journal import Journal
from tests.unit.cli.desk import Mzi


@pytest.fixture
def faulty(mzi: Mzi) -> Mzi:
    """Two students without a phone, one of them without a birthday; a teacher without one."""

    async def leave_out() -> None:
        async with Journal.open(mzi.values["DATABASE_URL"], clock=SystemClock()) as journal:
            students = {"1": [("phone", "too_long"), ("birthday", "no_date")]}
            await journal.faults.replace("BTEC_Students", {**students, "2": [("phone", "no_text")]})
            await journal.faults.replace("BTEC_Teachers", {"3": [("phone", "too_long")]})

    anyio.run(leave_out)
    return mzi


def test_columns_are_counted_and_records_named(faulty: Mzi) -> None:
    said = faulty("faults", "--json")
    assert said.code == 0
    counts = [(c["module"], c["column"], c["records"]) for c in said.json["counts"]]
    assert counts == [
        ("BTEC_Students", "birthday", 1),
        ("BTEC_Students", "phone", 2),
        ("BTEC_Teachers", "phone", 1),
    ]
    first = said.json["faults"][0]
    assert first.pop("noticed_at") > 0
    assert first == {
        "module": "BTEC_Students",
        "record_id": "1",
        "column": "birthday",
        "code": "no_date",
    }


def test_the_list_can_be_narrowed_to_a_module(faulty: Mzi) -> None:
    said = faulty("faults", "--module", "BTEC_Teachers", "--json").json
    assert [c["records"] for c in said["counts"]] == [1]
    assert [f["record_id"] for f in said["faults"]] == ["3"]


def test_what_is_not_listed_is_counted(faulty: Mzi) -> None:
    said = faulty("faults", "--limit", "1")
    assert said.out.count("BTEC_Students") == 3
    assert said.err == "1 of 4 are listed; more with --limit.\n"
    assert faulty("faults").err == ""


def test_no_faults_are_no_error(mzi: Mzi) -> None:
    said = mzi("faults", "--json")
    assert (said.code, said.json) == (0, {"counts": [], "faults": []})


def test_neither_side_needs_to_be_set_up(faulty: Mzi) -> None:
    assert faulty("faults", ZOHO_CLIENT_ID=None, MOODLE_TOKEN=None).code == 0
