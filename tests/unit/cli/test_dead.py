from __future__ import annotations

import pytest

from tests.unit.cli.desk import Mzi


@pytest.fixture
def broken(mzi: Mzi) -> Mzi:
    """A mapping writes a column that the plugin lacks: it refused all six teachers."""
    mzi.values["MZI_MAPPING"] = mzi.own_mapping('phone = "Phone_Number"', 'fone = "Phone_Number"')
    mzi("sync", "full", "--module", "teachers", "--json")
    return mzi


def numbers(mzi: Mzi) -> list[int]:
    return [letter["id"] for letter in mzi("dead", "list", "--json").json]


def test_the_list_says_which_record_and_why(broken: Mzi) -> None:
    said = broken("dead", "list")
    assert said.code == 0
    assert said.out.split()[:7] == ["no.", "module", "record", "reason", "tries", "since", "what"]
    assert said.out.count("moodle_unknown_field") == 6 and "fone: unknown_field" in said.out


def test_the_list_can_be_narrowed(broken: Mzi) -> None:
    assert len(broken("dead", "list", "--module", "BTEC_Teachers", "--json").json) == 6
    assert broken("dead", "list", "--module", "BTEC_Students", "--json").json == []
    assert broken("dead", "list", "--reason", "projection", "--json").json == []
    assert len(broken("dead", "list", "--limit", "2", "--json").json) == 2


def test_an_empty_list_is_no_error(mzi: Mzi) -> None:
    said = mzi("dead", "list", "--json")
    assert (said.code, said.json) == (0, [])


def test_retried_letters_arrive_once_the_cause_is_gone(broken: Mzi) -> None:
    broken.values["MZI_MAPPING"] = "btec"
    said = broken("dead", "retry", "--reason", "moodle_unknown_field")
    assert (said.code, said.out) == (0, "6 marked to be tried again.\n")
    broken("sync", "delta", "--module", "teachers")
    assert numbers(broken) == []


def test_letters_are_discarded_by_number_with_a_note(broken: Mzi) -> None:
    first, *rest = numbers(broken)
    said = broken("dead", "discard", str(first), "--note", "left the school")
    assert said.out == "1 discarded.\n"
    assert numbers(broken) == rest
    assert broken("dead", "discard", str(first)).out == "0 discarded.\n"


def test_all_are_taken_only_when_asked_for(broken: Mzi) -> None:
    for verb in ("retry", "discard"):
        said = broken("dead", verb)
        assert said.code == 2
        assert "Nothing was chosen" in said.err and "--all" in said.err
    assert broken("dead", "discard", "--all").out == "6 discarded.\n"


def test_numbers_and_a_filter_both_count(broken: Mzi) -> None:
    first = numbers(broken)[0]
    said = broken("dead", "discard", str(first), "--module", "BTEC_Students")
    assert said.out == "0 discarded.\n"


def test_letters_are_chosen_by_age(broken: Mzi) -> None:
    assert broken("dead", "list", "--older-than", "1h", "--json").json == []
    assert len(broken("dead", "list", "--newer-than", "1h", "--json").json) == 6
    assert broken("dead", "discard", "--older-than", "3d").out == "0 discarded.\n"
    assert broken("dead", "retry", "--newer-than", "30m").out == "6 marked to be tried again.\n"


def test_what_became_of_closed_letters_can_be_listed(broken: Mzi) -> None:
    first = numbers(broken)[0]
    broken("dead", "discard", str(first), "--note", "left the school")
    (letter,) = broken("dead", "list", "--state", "discarded", "--json").json
    assert (letter["id"], letter["note"]) == (first, "left the school")


def test_an_age_without_a_unit_is_refused(broken: Mzi) -> None:
    said = broken("dead", "retry", "--older-than", "3")
    assert said.code == 2 and "30m, 12h, 3d" in said.err
