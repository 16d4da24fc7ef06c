"""What a command is to be done to: said once, and never narrowed or widened in silence."""

from __future__ import annotations

import pytest

from tests.unit.cli.desk import Mzi


@pytest.mark.parametrize(
    "words",
    [
        ("channels", "delete", "--all", "--module", "BTEC_Students"),
        ("dead", "retry", "--all", "--module", "BTEC_Students"),
        ("dead", "retry", "--all", "--reason", "projection"),
        ("dead", "discard", "--all", "7"),
    ],
)
def test_all_does_not_stand_with_a_filter(mzi: Mzi, words: tuple[str, ...]) -> None:
    mzi("channels", "setup")
    said = mzi(*words)
    assert said.code == 2
    assert "--all cannot stand with" in said.err
    assert len(mzi("channels", "list", "--json").json) == 10


@pytest.mark.parametrize(("verb", "word"), [("retry", "retried"), ("discard", "discarded")])
def test_what_was_done_to_dead_letters_can_be_read_by_a_script(
    mzi: Mzi, verb: str, word: str
) -> None:
    mzi.values["MZI_MAPPING"] = mzi.own_mapping('phone = "Phone_Number"', 'fone = "Phone_Number"')
    mzi("sync", "full", "--module", "teachers", "--json")
    assert mzi("dead", verb, "--all", "--json").json == {word: 6}
    assert mzi("dead", verb, "--all", "--json").json == {word: 0}
