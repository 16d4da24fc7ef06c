"""The brake: so many closing changes within an hour, whoever asks; the rest is held."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.support.contract import NOW, row
from tests.support.moodle_records import new_ids
from tests.support.real_moodle import NO_BRAKE, MoodleSite, Rest

CLOSING = {"status": ["Withdrawn", "Graduated"]}
Budget = Callable[..., int]


def actions(results: list[dict[str, Any]]) -> list[str]:
    assert not any(result["errors"] for result in results), results
    return [result["action"] for result in results]


def count(rest: Rest, entity: str) -> dict[str, Any]:
    counts = rest.call("local_mzi_get_status")["counts"]
    return next(found for found in counts if found["entity"] == entity)


@pytest.fixture
def budget(rest: Rest, site: MoodleSite) -> Iterator[Budget]:
    """Leaves so many closing changes to an entity, whatever this suite closed before."""

    def leave(entity: str, changes: int) -> int:
        site.set_plugin("brake_minimum", count(rest, entity)["closings"] + changes)
        site.set_plugin("brake_percent", 0)
        return changes

    yield leave
    site.set_plugin("brake_minimum", NO_BRAKE)
    site.set_plugin("brake_percent", 2)


def students(rest: Rest, number: int, status: str | None = "Active") -> list[str]:
    ids = new_ids(number)
    rest.upsert("students", [row("students", zoho_id, status=status) for zoho_id in ids])
    return ids


def give(rest: Rest, ids: list[str], status: str, **options: Any) -> list[str]:
    records = [row("students", zoho_id, at=NOW + 1, status=status) for zoho_id in ids]
    return actions(rest.upsert("students", records, **options))


def delete(rest: Rest, ids: list[str], **options: Any) -> list[str]:
    return actions(rest.delete("students", ids, [NOW + 5] * len(ids), **options))


def test_eleven_deletions_with_a_cap_of_ten_leave_one_held(rest: Rest, budget: Budget) -> None:
    budget("students", 10)
    ids = students(rest, 11)
    before = rest.rows("students", ids[10:])
    assert delete(rest, ids) == ["deleted"] * 10 + ["held"]
    assert rest.rows("students", ids[10:]) == before
    assert delete(rest, ids[10:]) == ["held"]


def test_deletions_and_closing_changes_are_counted_together(rest: Rest, budget: Budget) -> None:
    budget("students", 5)
    ids = students(rest, 8)
    assert delete(rest, ids[:3]) == ["deleted"] * 3
    assert give(rest, ids[3:], "Withdrawn", closing=CLOSING) == ["updated"] * 2 + ["held"] * 3
    assert {rest.rows("students", ids)[zoho_id]["status"] for zoho_id in ids[5:]} == {"Active"}


def test_the_status_tells_the_numbers_of_the_brake(rest: Rest, site: MoodleSite) -> None:
    site.set_plugin("brake_percent", 3)
    told = rest.call("local_mzi_get_status")["brake"]
    site.set_plugin("brake_percent", 2)
    assert told == {"minimum": NO_BRAKE, "percent": 3}


def test_the_status_counts_what_the_brake_counts(rest: Rest, budget: Budget) -> None:
    budget("students", 3)
    ids = students(rest, 6)
    before = count(rest, "students")["closings"]
    delete(rest, ids[:1], brake="confirmed")
    give(rest, ids[1:2], "Withdrawn", closing=CLOSING, brake="confirmed")
    assert count(rest, "students")["closings"] == before
    give(rest, ids[2:], "Withdrawn", closing=CLOSING)
    assert count(rest, "students")["closings"] == before + 3


def test_the_other_rows_of_a_batch_go_through(rest: Rest, budget: Budget) -> None:
    budget("students", 1)
    ids = students(rest, 4)
    [new] = new_ids(1)
    batch = [
        row("students", ids[0], at=NOW + 1, status="Withdrawn"),
        row("students", ids[1], at=NOW + 1, status="Graduated"),
        row("students", ids[2], at=NOW + 1, status="Active", city="Amman"),
        row("students", ids[3], at=NOW - 1, status="Withdrawn"),
        row("students", new, status="Withdrawn"),
    ]
    found = actions(rest.upsert("students", batch, closing=CLOSING))
    assert found == ["updated", "held", "updated", "stale", "inserted"]


@pytest.mark.parametrize(
    ("before", "after", "action"),
    [
        ("Active", "Withdrawn", "held"),
        (None, "Withdrawn", "held"),
        ("", "Graduated", "held"),
        ("Withdrawn", "Graduated", "updated"),
        ("Withdrawn", "Active", "updated"),
        ("Active", "Suspended", "updated"),
        ("Active", "withdrawn", "updated"),
        ("Active", None, "updated"),
    ],
)
def test_a_change_closes_when_it_comes_from_another_value(
    rest: Rest, before: str | None, after: str | None, action: str
) -> None:
    [zoho_id] = students(rest, 1, before)
    later = row("students", zoho_id, at=NOW + 1, status=after)
    assert actions(rest.upsert("students", [later], closing=CLOSING, brake="hold")) == [action]
    assert rest.rows("students", [zoho_id])[zoho_id]["status"] == (
        before if action == "held" else after
    )


def test_a_column_that_does_not_come_closes_nothing(rest: Rest) -> None:
    [zoho_id] = students(rest, 1)
    later = row("students", zoho_id, at=NOW + 1, city="Amman")
    assert actions(rest.upsert("students", [later], closing=CLOSING, brake="hold")) == ["updated"]


def test_on_hold_every_deletion_of_a_living_row_is_held(rest: Rest) -> None:
    living, dead = students(rest, 2)
    [unseen] = new_ids(1)
    delete(rest, [dead], brake="confirmed")
    results = rest.delete("students", [living, dead, unseen], [NOW + 6] * 3, brake="hold")
    assert actions(results) == ["held", "deleted", "deleted"]


def test_a_held_change_raises_no_version(rest: Rest) -> None:
    [zoho_id] = students(rest, 1)
    before = rest.rows("students", [zoho_id])
    assert give(rest, [zoho_id], "Withdrawn", closing=CLOSING, brake="hold") == ["held"]
    assert rest.rows("students", [zoho_id]) == before


def test_a_confirmed_change_goes_through_past_the_cap(rest: Rest, budget: Budget) -> None:
    budget("students", 0)
    ids = students(rest, 2)
    assert delete(rest, ids[:1]) + give(rest, ids[1:], "Withdrawn", closing=CLOSING) == ["held"] * 2
    assert delete(rest, ids[:1], brake="confirmed") == ["deleted"]
    assert give(rest, ids[1:], "Withdrawn", closing=CLOSING, brake="confirmed") == ["updated"]


def test_a_record_that_comes_back_closed_closes_nothing(rest: Rest) -> None:
    [zoho_id] = students(rest, 1)
    delete(rest, [zoho_id], brake="confirmed")
    back = row("students", zoho_id, at=NOW + 1, read=NOW + 6, status="Withdrawn")
    assert actions(rest.upsert("students", [back], closing=CLOSING, brake="hold")) == ["updated"]


def test_a_share_of_the_living_rows_is_the_cap_of_a_large_table(
    rest: Rest, site: MoodleSite, budget: Budget
) -> None:
    budget("grades", 0)
    ids = new_ids(300)
    rest.upsert("grades", [row("grades", zoho_id) for zoho_id in ids])
    now = count(rest, "grades")
    living, closed = now["rows"] - now["deleted"], now["closings"]
    percent = (closed + 1) * 100 // living + 1
    left = living * percent // 100 - closed
    site.set_plugin("brake_minimum", 0)
    site.set_plugin("brake_percent", percent)
    found = actions(rest.delete("grades", ids, [NOW + 5] * 300))
    assert 0 < left < 300
    assert Counter(found) == {"deleted": left, "held": 300 - left}


def test_calls_at_the_same_time_never_pass_the_cap_together(rest: Rest, budget: Budget) -> None:
    for round_ in range(3):
        left = budget("students", 7 + round_)
        batches = [students(rest, 6) for _ in range(6)]

        def close(number: int, batches: list[list[str]] = batches) -> list[str]:
            if number % 2:
                return give(rest, batches[number], "Withdrawn", closing=CLOSING)
            return delete(rest, batches[number])

        with ThreadPoolExecutor(6) as pool:
            found = [action for answer in pool.map(close, range(6)) for action in answer]
        assert found.count("held") == 36 - left
        ids = [zoho_id for batch in batches for zoho_id in batch]
        stored = rest.rows("students", ids).values()
        closed = [found for found in stored if found["deleted_at"] or found["status"] != "Active"]
        assert len(closed) == left


def test_a_lost_answer_spends_the_budget_once(rest: Rest, budget: Budget) -> None:
    budget("students", 3)
    ids = students(rest, 6)
    assert give(rest, ids[:3], "Withdrawn", closing=CLOSING) == ["updated"] * 3
    budget("students", 2)
    assert give(rest, ids[:3], "Withdrawn", closing=CLOSING) == ["unchanged"] * 3
    assert delete(rest, ids[3:]) == ["deleted", "deleted", "held"]
    assert delete(rest, ids[3:]) == ["unchanged", "unchanged", "held"]


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ("", "invalidjson"),
        ("{", "invalidjson"),
        ("[]", "invalidjson"),
        ("null", "invalidjson"),
        ('"on"', "invalidjson"),
        ('{"x": 1}', "invalidoptions"),
        ('{"brake": "off"}', "invalidoptions"),
        ('{"brake": null}', "invalidoptions"),
        ('{"brake": ["on"]}', "invalidoptions"),
        ('{"rewrite": 1}', "invalidoptions"),
        ('{"rewrite": null}', "invalidoptions"),
        ('{"closing": []}', "invalidoptions"),
        ('{"closing": null}', "invalidoptions"),
        ('{"closing": {"no_such_column": ["End"]}}', "invalidoptions"),
        ('{"closing": {"zoho_student_id": ["1"]}}', "invalidoptions"),
        ('{"closing": {"birth_date": ["2000-01-01"]}}', "invalidoptions"),
        ('{"closing": {"status": "End"}}', "invalidoptions"),
        ('{"closing": {"status": {"0": "End"}}}', "invalidoptions"),
        ('{"closing": {"status": ["End", null]}}', "invalidoptions"),
    ],
)
def test_options_that_mean_nothing_are_refused_whole(rest: Rest, options: str, code: str) -> None:
    upsert = rest.call("local_mzi_upsert_students", records="[]", count=0, options=options)
    assert upsert["errorcode"] == code
    lists = {"ids": "[]", "versions": "[]"}
    gone = rest.call("local_mzi_delete_records", entity="students", **lists, options=options)
    assert gone["errorcode"] == code


@pytest.mark.parametrize(
    "options",
    [
        "{}",
        '{"brake": "on", "closing": {}, "rewrite": false}',
        '{"closing": {"status": [], "city": ["x", "ي"]}}',
    ],
)
def test_options_may_be_left_out_one_by_one(rest: Rest, options: str) -> None:
    answer = rest.call("local_mzi_upsert_students", records="[]", count=0, options=options)
    assert answer == {"count": 0, "results": []}
