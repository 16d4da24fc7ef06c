"""A slow read of version 1 and a fast read of version 2: whatever the order, version 2 stands.

A read is dated by the moment it was asked, never later than what it shows. So the slow read of
version 1 bears an earlier read time than the fast one of version 2, also where its answer comes
in behind it.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import permutations
from typing import Any

import pytest

from tests.support.contract import NOW, row
from tests.support.moodle_records import new_ids
from tests.support.real_moodle import Rest

ORDERS = [
    order
    for order in permutations(("read1", "read2", "write1", "write2"))
    if order.index("read1") < order.index("write1") and order.index("read2") < order.index("write2")
]
ASKED = {"1": NOW + 20, "2": NOW + 22}
VERSIONS = {
    "distinct Modified_Times": {"1": NOW + 10, "2": NOW + 21},
    "equal Modified_Times": {"1": NOW + 19, "2": NOW + 19},
    "no Modified_Time": ASKED,
}
BEFORE = {"nothing": False, "an older version": True}

EVERY_ORDER = pytest.mark.parametrize("order", ORDERS, ids=" ".join)
EVERY_VERSION = pytest.mark.parametrize("versions", VERSIONS.values(), ids=VERSIONS)
EVERY_START = pytest.mark.parametrize("known", BEFORE.values(), ids=BEFORE)


def unit(zoho_id: str, version: str, at: int, read: int) -> dict[str, Any]:
    codes = {"0": ["P1"], "1": ["P1", "M1"], "2": ["P1", "M1", "D1"]}[version]
    return row(
        "units",
        zoho_id,
        at=at,
        read=read,
        name=f"version {version}",
        criteria=[{"code": code} for code in codes],
    )


def write(rest: Rest, record: dict[str, Any]) -> str:
    [result] = rest.upsert("units", [record])
    assert not result["errors"], result
    return str(result["action"])


def assert_version_2_stands(rest: Rest, zoho_id: str, versions: dict[str, int]) -> None:
    found = rest.rows("units", [zoho_id])[zoho_id]
    assert found["name"] == "version 2"
    assert [criterion["code"] for criterion in found["criteria"]] == ["P1", "M1", "D1"]
    assert (found["modified_time"], found["synced_at"]) == (versions["2"], ASKED["2"])


def test_there_are_six_orders() -> None:
    assert len(ORDERS) == 6


@EVERY_ORDER
@EVERY_VERSION
@EVERY_START
def test_version_2_stands_whatever_the_order(
    rest: Rest, order: tuple[str, ...], versions: dict[str, int], known: bool
) -> None:
    [zoho_id] = new_ids(1)
    if known:
        write(rest, unit(zoho_id, "0", NOW, NOW))
    hands: dict[str, dict[str, Any]] = {}
    for step in order:
        version = step[-1]
        if step.startswith("read"):
            hands[version] = unit(zoho_id, version, versions[version], ASKED[version])
        else:
            write(rest, hands[version])
    assert_version_2_stands(rest, zoho_id, versions)
    # Both answers are lost and both writes are sent again, in the same order.
    writes = [step[-1] for step in order if step.startswith("write")]
    again = {version: write(rest, hands[version]) for version in writes}
    assert again == {"1": "stale", "2": "unchanged"}
    assert_version_2_stands(rest, zoho_id, versions)


@EVERY_VERSION
@EVERY_START
def test_version_2_stands_when_both_are_written_at_the_same_moment(
    rest: Rest, versions: dict[str, int], known: bool
) -> None:
    ids = new_ids(40)
    if known:
        rest.upsert("units", [unit(zoho_id, "0", NOW, NOW) for zoho_id in ids])
    batches = [
        [unit(zoho_id, version, versions[version], ASKED[version]) for zoho_id in ids]
        for version in ("1", "2", "1", "2")
    ]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda batch: rest.upsert("units", batch), batches))
    assert not any(result["errors"] for answer in answers for result in answer)
    for zoho_id in ids:
        assert_version_2_stands(rest, zoho_id, versions)


def test_a_content_that_comes_back_stands_against_the_one_between(rest: Rest) -> None:
    """A to B to A: the second A is `unchanged`, and B arrives late."""
    [zoho_id] = new_ids(1)
    assert write(rest, row("units", zoho_id, at=NOW, name="A")) == "inserted"
    assert write(rest, row("units", zoho_id, at=NOW + 9, name="A")) == "unchanged"
    assert write(rest, row("units", zoho_id, at=NOW + 5, name="B")) == "stale"
    assert rest.rows("units", [zoho_id])[zoho_id]["name"] == "A"


def test_a_write_whose_answer_is_lost_is_unchanged_the_next_time(rest: Rest) -> None:
    ids = new_ids(50)
    batch = [row("units", zoho_id, name="kept") for zoho_id in ids]
    rest.lose_answer("units", batch)
    first = {result["action"] for result in rest.upsert("units", batch)}
    assert first <= {"inserted", "unchanged"}
    assert {result["action"] for result in rest.upsert("units", batch)} == {"unchanged"}
    assert {found["name"] for found in rest.rows("units", ids).values()} == {"kept"}


def test_a_rewrite_restores_the_row_and_lowers_no_version(rest: Rest) -> None:
    [zoho_id] = new_ids(1)
    record = unit(zoho_id, "2", NOW, NOW + 9)
    write(rest, record)
    earlier = {**record, "read_time": NOW + 8}
    [result] = rest.upsert("units", [earlier], rewrite=True)
    assert result["action"] == "updated"
    found = rest.rows("units", [zoho_id])[zoho_id]
    assert (found["name"], found["synced_at"]) == ("version 2", NOW + 9)


def test_a_rewrite_is_stale_like_any_other_write(rest: Rest) -> None:
    [zoho_id] = new_ids(1)
    write(rest, unit(zoho_id, "2", NOW, NOW + 9))
    older = unit(zoho_id, "2", NOW - 1, NOW + 20)
    other = unit(zoho_id, "1", NOW, NOW + 8)
    for record in (older, other):
        [result] = rest.upsert("units", [record], rewrite=True)
        assert result["action"] == "stale"
