"""The emulated brake by the site's clock; its other rules stand in tests/contract/test_brake.py."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest

from mzi_bridge.sandbox.moodle import Site, load_contract
from mzi_bridge.sandbox.moodle.functions import call
from mzi_bridge.sandbox.moodle.users import UserDirectory
from tests.support.clock import ManualClock
from tests.support.contract import row
from tests.support.moodle_records import new_ids

HOUR = 3600


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def site(clock: ManualClock) -> Site:
    return Site(load_contract(), UserDirectory([]), clock, "1" * 32)


def filled(site: Site, entity: str, count: int) -> list[str]:
    ids = new_ids(count)
    for start in range(0, count, 500):
        records = [row(entity, zoho_id) for zoho_id in ids[start : start + 500]]
        arguments = {"records": json.dumps(records), "count": str(len(records))}
        call(site, f"local_mzi_upsert_{entity}", arguments, capable=True)
    return ids


def delete(site: Site, entity: str, ids: list[str], **options: Any) -> Counter[str]:
    arguments = {
        "entity": entity,
        "ids": json.dumps(ids),
        "versions": json.dumps([site.now()] * len(ids)),
        "options": json.dumps(options),
    }
    answer = call(site, "local_mzi_delete_records", arguments, capable=True)
    return Counter(result["action"] for result in answer["results"])


def closings(site: Site, entity: str) -> int:
    counts = call(site, "local_mzi_get_status", {}, capable=True)["counts"]
    return next(int(found["closings"]) for found in counts if found["entity"] == entity)


def test_what_was_closed_an_hour_ago_counts_no_more(site: Site, clock: ManualClock) -> None:
    ids = filled(site, "students", 30)
    assert delete(site, "students", ids[:10]) == {"deleted": 10}
    clock.advance(HOUR - 1)
    assert delete(site, "students", ids[10:12]) == {"held": 2}
    assert closings(site, "students") == 10
    clock.advance(1)
    assert closings(site, "students") == 0
    assert delete(site, "students", ids[10:30]) == {"deleted": 10, "held": 10}


def test_the_hour_rolls(site: Site, clock: ManualClock) -> None:
    ids = filled(site, "students", 40)
    assert delete(site, "students", ids[:6]) == {"deleted": 6}
    clock.advance(HOUR // 2)
    assert delete(site, "students", ids[6:12]) == {"deleted": 4, "held": 2}
    clock.advance(HOUR // 2)
    assert delete(site, "students", ids[10:20]) == {"deleted": 6, "held": 4}


def test_each_entity_has_its_own_brake(site: Site) -> None:
    for entity in ("students", "grades"):
        assert delete(site, entity, filled(site, entity, 11)) == {"deleted": 10, "held": 1}


def test_the_cap_is_a_share_of_the_living_rows_where_that_is_more(site: Site) -> None:
    ids = filled(site, "students", 1050)
    assert delete(site, "students", ids[:30], brake="confirmed") == {"deleted": 30}
    assert delete(site, "students", ids[30:60]) == {"deleted": 20, "held": 10}


def test_the_numbers_are_the_sites(site: Site) -> None:
    site.brake_minimum, site.brake_percent = 1, 50
    assert delete(site, "students", filled(site, "students", 9)) == {"deleted": 4, "held": 5}


def test_without_another_word_the_numbers_are_ten_and_two_per_cent(site: Site) -> None:
    told = call(site, "local_mzi_get_status", {}, capable=True)["brake"]
    assert told == {"minimum": 10, "percent": 2}
