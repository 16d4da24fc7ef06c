"""Manifest, rows, status and contract."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from tests.support.contract import CONTRACT, ENTITIES, NOW, PARENTS, key_of, one, row
from tests.support.moodle_records import new_ids
from tests.support.real_moodle import Rest

PEOPLE = ("students", "teachers")
EVERY = pytest.mark.parametrize("entity", sorted(ENTITIES))


def last_ids(count: int) -> list[str]:
    """New ids behind all that other suites have left on the site."""
    return [f"9{zoho_id[1:]}" for zoho_id in new_ids(count)]


def manifest(rest: Rest, entity: str, after: str = "", limit: int = 1000) -> dict[str, Any]:
    answer: dict[str, Any] = rest.call(
        "local_mzi_get_manifest", entity=entity, after=after, limit=limit
    )
    assert "rows" in answer, answer
    return answer


@EVERY
def test_the_manifest_tells_version_hash_and_tombstone(rest: Rest, entity: str) -> None:
    alive, dead, never_seen = sorted(new_ids(3))
    records = [row(entity, alive, at=NOW), row(entity, dead, at=NOW + 1)]
    rest.upsert(entity, records)
    rest.delete(entity, [dead, never_seen], [NOW + 5, NOW + 6], brake="confirmed")
    page = manifest(rest, entity, after=str(int(alive) - 1).zfill(19), limit=3)
    hashes = [record["content_hash"] for record in records]
    linked = False if entity in PEOPLE else None
    names = ("id", "modified_time", "content_hash", "deleted_at", "linked")
    assert [tuple(found[name] for name in names) for found in page["rows"]] == [
        (alive, NOW, hashes[0], None, linked),
        (dead, NOW + 1, hashes[1], NOW + 5, linked),
        (never_seen, 0, "", NOW + 6, linked),
    ]
    assert {name for found in page["rows"] for name in found} == set(names)


def test_the_manifest_tells_who_is_linked_to_a_moodle_user(rest: Rest) -> None:
    user, other = rest.site.users[:2]
    unlinked, linked, taken_over = sorted(new_ids(3))
    rest.upsert(
        "students",
        [
            row("students", unlinked, academic_email="nobody@nowhere.example"),
            row("students", linked, academic_email=user["username"]),
            row("students", taken_over, academic_email=other["username"]),
        ],
    )
    page = manifest(rest, "students", after=str(int(unlinked) - 1).zfill(19), limit=3)
    assert [found["linked"] for found in page["rows"]] == [False, True, True]


def test_pages_follow_one_another_without_gap_or_overlap(rest: Rest) -> None:
    ids = last_ids(7)
    rest.upsert("programs", [row("programs", zoho_id) for zoho_id in reversed(ids)])
    after, pages = str(int(ids[0]) - 1).zfill(19), []
    while True:
        page = manifest(rest, "programs", after, limit=3)
        pages.append([found["id"] for found in page["rows"]])
        after = page["next"]
        if not after:
            break
    assert [zoho_id for page in pages for zoho_id in page] == ids
    assert [len(page) for page in pages] == [3, 3, 1]


def test_a_last_page_that_is_full_says_so(rest: Rest) -> None:
    ids = last_ids(2)
    rest.upsert("programs", [row("programs", zoho_id) for zoho_id in ids])
    page = manifest(rest, "programs", str(int(ids[0]) - 1).zfill(19), limit=2)
    assert ([found["id"] for found in page["rows"]], page["next"]) == (ids, "")


def test_behind_the_end_there_is_nothing(rest: Rest) -> None:
    assert manifest(rest, "programs", after="z") == {"rows": [], "next": ""}


def test_after_and_limit_have_defaults(rest: Rest) -> None:
    rest.upsert("programs", [row("programs")])
    assert rest.call("local_mzi_get_manifest", entity="programs")["rows"]


@pytest.mark.parametrize("limit", [0, -1, 5001])
def test_a_limit_out_of_bounds_is_an_invalid_parameter(rest: Rest, limit: int) -> None:
    answer = rest.call("local_mzi_get_manifest", entity="students", after="", limit=limit)
    assert answer["errorcode"] == "invalidparameter"


@EVERY
def test_rows_are_keyed_by_the_columns_of_the_table(rest: Rest, entity: str) -> None:
    record = row(entity)
    rest.upsert(entity, [record])
    zoho_id = record[key_of(entity)]
    spec = ENTITIES[entity]
    fields = set(CONTRACT["tables"][spec["table"]]["fields"]) - {"id"}
    assert set(rest.rows(entity, [zoho_id])[zoho_id]) == fields | set(spec["children"])


@pytest.mark.parametrize(("entity", "name"), PARENTS)
def test_rows_of_a_list_are_keyed_by_the_columns_of_their_table(
    rest: Rest, entity: str, name: str
) -> None:
    child = ENTITIES[entity]["children"][name]
    record = row(entity, **one(name, [{child["key"]: "P1"}]))
    rest.upsert(entity, [record])
    zoho_id = record[key_of(entity)]
    [found] = rest.rows(entity, [zoho_id])[zoho_id][name]
    assert set(found) == set(CONTRACT["tables"][child["table"]]["fields"]) - {"id"}


def test_unknown_ids_are_missing_and_repeated_ones_come_once(rest: Rest) -> None:
    known, other, unknown = new_ids(3)
    rest.upsert("units", [row("units", known), row("units", other)])
    ids = json.dumps([other, unknown, known, other])
    answer = rest.call("local_mzi_get_rows", entity="units", ids=ids)
    found = [entry["zoho_unit_id"] for entry in json.loads(answer["rows"])]
    assert found == [known, other]


def test_no_ids_no_rows(rest: Rest) -> None:
    assert rest.call("local_mzi_get_rows", entity="units", ids="[]") == {"rows": "[]"}


@pytest.mark.parametrize("ids", ["[5]", "[null]", '[["x"]]'])
def test_ids_must_be_texts(rest: Rest, ids: str) -> None:
    answer = rest.call("local_mzi_get_rows", entity="units", ids=ids)
    assert answer["errorcode"] == "invalidparameter"


def test_the_status_tells_versions_limits_and_functions(rest: Rest) -> None:
    status = rest.call("local_mzi_get_status")
    assert status["plugin_version"] > 2026_01_01_00
    assert status["contract_version"] == CONTRACT["contract_version"]
    assert status["max_records"] == CONTRACT["max_records"]
    assert abs(status["server_time"] - time.time()) < 30
    assert min(status["max_input_vars"], status["post_max_bytes"]) > 0
    assert set(status["functions"]) == set(CONTRACT["functions"])
    assert {"release", "moodle_version"} <= set(status)
    assert status["moodle_version"].startswith(("4.", "5."))
    assert set(status["brake"]) == {"minimum", "percent"}
    assert status["user_matching"] == ["explicit", "idnumber", "username", "email"]


@EVERY
def test_the_status_counts_rows_tombstones_and_unlinked_people(rest: Rest, entity: str) -> None:
    before = _count(rest, entity)
    ids = new_ids(3)
    rest.upsert(entity, [row(entity, zoho_id) for zoho_id in ids])
    rest.delete(entity, ids[:1], [NOW + 1], brake="confirmed")
    after = _count(rest, entity)
    people = 2 if entity in PEOPLE else 0
    grown = {name: after[name] - before[name] for name in ("rows", "deleted", "unlinked")}
    assert grown == {"rows": 3, "deleted": 1, "unlinked": people}


def _count(rest: Rest, entity: str) -> dict[str, Any]:
    counts = rest.call("local_mzi_get_status")["counts"]
    assert {count["entity"] for count in counts} == set(ENTITIES)
    found: dict[str, Any] = next(count for count in counts if count["entity"] == entity)
    return found


def test_the_export_of_the_contract_is_current(rest: Rest) -> None:
    told = json.loads(rest.call("local_mzi_get_contract")["contract"])
    exported = {name: CONTRACT[name] for name in told}
    assert told == exported
    assert set(told) == {"contract_version", "max_records", "entities"}


def test_the_site_info_lists_the_functions_of_the_service(rest: Rest) -> None:
    info = rest.call("core_webservice_get_site_info")
    names = {function["name"] for function in info["functions"]}
    assert set(CONTRACT["functions"]) | {"core_webservice_get_site_info"} == names
    assert info["release"].startswith(("4.", "5."))
    assert info["userissiteadmin"] is False
    assert {"sitename", "username", "siteurl", "userid"} <= set(info)
