"""What the suite ran on."""

from __future__ import annotations

import pytest

from tests.support.databases import KINDS, POSTGRES_SETTING, POSTGRES_URL


def test_the_journal_is_tested_on_sqlite_and_on_postgresql() -> None:
    if not POSTGRES_URL:
        pytest.skip(f"{POSTGRES_SETTING} is not set: the journal was tested on SQLite only")

    assert KINDS == ("sqlite", "postgres")
