"""Says, one skipped test for each database, which real Moodle this run could not use."""

from __future__ import annotations

import pytest

from tests.support.real_moodle import SETTINGS, sites_from_environment


@pytest.mark.parametrize("db", sorted(SETTINGS))
def test_a_site_is_there_and_runs_on_its_database(db: str) -> None:
    sites = sites_from_environment()
    if db not in sites:
        pytest.skip(f"no real Moodle on {db}: {SETTINGS[db]} is not set, see scripts/moodle_site")
    assert sites[db].db == db
