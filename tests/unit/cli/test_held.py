"""`mzi held` and `mzi sync --confirm-deletes`: what the brake keeps, and the operator's word."""

from __future__ import annotations

import pytest

from tests.unit.cli.desk import Mzi

GRADES = "BTEC_Grades"


@pytest.fixture
def braked(mzi: Mzi) -> Mzi:
    """Thirteen grades were deleted in the CRM; a sync applied ten of them."""
    mzi("sync", "full", "--module", "grades")
    for grade in mzi.standing("grades", 13):
        mzi.crm("edit", {"module": GRADES, "operation": "delete", "id": grade})
    said = mzi("sync", "delta", "--module", "grades")
    assert said.code == 1, said.err
    assert f"{GRADES}: 3 held back by the brake" in said.err
    assert f"mzi held list --module {GRADES}" in said.err
    return mzi


def held_now(mzi: Mzi) -> list[int]:
    return [change["id"] for change in mzi("held", "list", "--json").json]


def test_the_list_says_which_records_and_how_to_confirm(braked: Mzi) -> None:
    said = braked("held", "list")
    assert said.code == 0
    assert said.out.split()[:6] == ["no.", "module", "record", "kind", "reason", "state"]
    assert said.out.count("delete  over_the_cap") == 3
    assert f"{GRADES}: 3 held." in said.out
    assert f"mzi held confirm --module {GRADES} --confirm-deletes 3" in said.out
    assert f"--up-to {max(held_now(braked))}\n" in said.out


def test_only_what_the_operator_saw_is_confirmed(braked: Mzi) -> None:
    first, second, third = held_now(braked)
    choice = ("held", "confirm", "--module", GRADES, "--up-to", str(second))
    assert braked(*choice, "--confirm-deletes", "3").code == 2
    assert braked(*choice, "--confirm-deletes", "2").out == "2 confirmed.\n"
    assert held_now(braked) == [third]
    assert first < second


def test_a_discard_is_taken_back_by_number(braked: Mzi) -> None:
    first, *_ = held_now(braked)
    braked("held", "discard", "--module", GRADES)
    said = braked("held", "reopen", "--module", GRADES, "--id", str(first))
    assert (said.code, said.out) == (0, "1 held again.\n")
    assert held_now(braked) == [first]


def test_the_list_can_be_narrowed_and_read_by_a_script(braked: Mzi) -> None:
    (one, *_) = braked("held", "list", "--module", GRADES, "--json").json
    assert set(one) == {
        *("id", "module", "record_id", "kind", "reason", "state", "held_at", "last_held_at"),
        *("confirmed_at", "closed_at", "note"),
    }
    assert braked("held", "list", "--module", "BTEC_Students", "--json").json == []
    assert len(braked("held", "list", "--limit", "2", "--json").json) == 2


def test_an_empty_list_is_no_error(mzi: Mzi) -> None:
    said = mzi("held", "list", "--json")
    assert (said.code, said.json) == (0, [])


def test_a_wrong_number_is_refused_with_the_right_one(braked: Mzi) -> None:
    for words in (
        ("held", "confirm", "--module", GRADES, "--confirm-deletes", "2"),
        ("sync", "delta", "--module", "grades", "--confirm-deletes", "2"),
        ("sync", "full", "--confirm-deletes", "2"),
    ):
        said = braked(*words)
        assert said.code == 2
        assert "3 changes" in said.err and "mzi held list" in said.err
    assert len(held_now(braked)) == 3


def test_what_was_confirmed_is_applied_by_the_next_work(braked: Mzi) -> None:
    said = braked("held", "confirm", "--module", GRADES, "--confirm-deletes", "3")
    assert (said.code, said.out) == (0, "3 confirmed.\n")
    assert held_now(braked) == []
    said = braked("sync", "delta", "--module", "grades")
    assert said.code == 0, said.err
    history = braked("held", "list", "--history", "--json").json
    assert [change["state"] for change in history] == ["applied"] * 3


@pytest.mark.parametrize("words", [("--module", "grades"), ()])
def test_a_sync_confirms_and_works_off_what_is_held(braked: Mzi, words: tuple[str, ...]) -> None:
    said = braked("sync", "delta", *words, "--confirm-deletes", "3", "--json")
    assert said.code == 0, said.err
    history = braked("held", "list", "--history", "--json").json
    assert [change["state"] for change in history] == ["applied"] * 3


def test_a_confirmation_does_not_stand_with_a_dry_run(braked: Mzi) -> None:
    said = braked("sync", "full", "--dry-run", "--confirm-deletes", "3")
    assert said.code == 2 and "--dry-run" in said.err
    assert len(held_now(braked)) == 3


def test_held_changes_are_discarded_by_number_or_by_module_with_a_note(braked: Mzi) -> None:
    first, *rest = held_now(braked)
    choice = ("--module", GRADES, "--id", str(first))
    said = braked("held", "discard", *choice, "--note", "still wanted")
    assert (said.code, said.out) == (0, "1 discarded.\n")
    assert held_now(braked) == rest
    assert braked("held", "discard", *choice).out == "0 discarded.\n"
    said = braked("held", "discard", "--module", GRADES, "--json")
    assert said.json == {"discarded": 2}
    (kept, *_) = braked("held", "list", "--history", "--json").json
    assert (kept["state"], kept["note"]) == ("discarded", "still wanted")


def test_discarding_and_confirming_need_a_module(braked: Mzi) -> None:
    assert braked("held", "discard").code == 2
    assert braked("held", "confirm", "--confirm-deletes", "3").code == 2
    assert len(held_now(braked)) == 3
