from __future__ import annotations

import json
from typing import Any

import anyio
import pytest

from mzi_bridge.app import open_journal
from mzi_bridge.journal.journal import Journal
from mzi_bridge.journal.push_records import PushOutcome, PushOutcomeKind
from mzi_bridge.settings import load_settings
from tests.support.moodle_events import arrival, owed
from tests.unit.cli.desk import Mzi


async def bury(journal: Journal, *keys: str) -> None:
    """Grades of these keys that the CRM would not take; one more that is owed."""
    await journal.events.take([arrival(n, owed(key)) for n, key in enumerate(keys)])
    claim = await journal.pushes.claim(owner="test", kinds=["grade"], lease_seconds=60)
    assert claim is not None
    dead = [PushOutcome(k, PushOutcomeKind.DEAD, "invalid_data", "x") for k in keys]
    await journal.pushes.settle(claim, dead)
    await journal.events.take([arrival(99, owed("owed"))])


@pytest.fixture
def broken(mzi: Mzi) -> Mzi:
    mzi("dead", "list")  # Puts the settings into the environment.

    async def run() -> None:
        async with open_journal(load_settings()) as journal:
            await bury(journal, "12_3_9_1", "12_3_9_2")

    anyio.run(run)
    return mzi


def keys(mzi: Mzi, *words: str) -> list[Any]:
    return [row["record_key"] for row in mzi("pushes", "list", *words, "--json").json]


def test_the_list_tells_keys_and_reasons_and_no_value(broken: Mzi) -> None:
    said = broken("pushes", "list")
    assert said.code == 0
    assert said.out.split()[:7] == ["kind", "key", "record", "reason", "tries", "since", "what"]
    assert said.out.count("invalid_data") == 2
    assert "letter" not in json.dumps(broken("pushes", "list", "--json").json)


def test_the_list_can_be_narrowed(broken: Mzi) -> None:
    assert keys(broken) == ["12_3_9_1", "12_3_9_2"]
    assert keys(broken, "--limit", "1") == ["12_3_9_1"]
    assert keys(broken, "--kind", "request") == []
    assert keys(broken, "--state", "due") == ["owed"]


def test_dead_ones_are_owed_again_by_key_or_all(broken: Mzi) -> None:
    assert broken("pushes", "retry", "grade", "12_3_9_2").out == "1 marked to be tried again.\n"
    assert keys(broken) == ["12_3_9_1"]
    assert broken("pushes", "retry", "grade", "--json").json == {"retried": 1}
    assert keys(broken) == [] and len(keys(broken, "--state", "due")) == 3


def test_dead_ones_are_ended_by_key_only(broken: Mzi) -> None:
    assert broken("pushes", "discard", "grade", "12_3_9_1", "nobody").out == "1 discarded.\n"
    assert keys(broken) == ["12_3_9_2"]
    assert broken("pushes", "discard", "grade").code == 2
    assert broken("pushes", "discard", "grade", "owed").out == "0 discarded.\n"


def test_a_kind_that_is_none_is_refused(mzi: Mzi) -> None:
    said = mzi("pushes", "retry", "grades")
    assert said.code == 2 and "grade, student_link" in said.err
