"""Lists under a record: replaced as a set when sent, left alone when not."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.contract import ENTITIES, NOW, PARENTS, child_rows, key_of, one, row
from tests.support.real_moodle import Rest

EACH_LIST = pytest.mark.parametrize(("entity", "name"), PARENTS)


class Parent:
    """One record with a list, written and read again by a test."""

    def __init__(self, rest: Rest, entity: str, name: str) -> None:
        self.rest, self.entity, self.name = rest, entity, name
        self.spec = ENTITIES[entity]["children"][name]
        self.record = row(entity, **one(name, child_rows(self.spec, 3)))
        self.id = self.record[key_of(entity)]
        [result] = rest.upsert(entity, [self.record])
        assert result["action"] == "inserted", result

    def write(self, at: int, **values: Any) -> str:
        [result] = self.rest.upsert(self.entity, [row(self.entity, self.id, at=at, **values)])
        assert not result["errors"], result
        return str(result["action"])

    def children(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.rest.rows(self.entity, [self.id])[self.id][self.name]
        return found

    def sent(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Stored rows must say all that was sent, their parent and their place."""
        return [
            {**sent, self.spec["parent"]: self.id, "sortorder": place}
            for place, sent in enumerate(rows)
        ]


@pytest.fixture
def parent(rest: Rest, entity: str, name: str) -> Parent:
    return Parent(rest, entity, name)


@EACH_LIST
def test_the_rows_come_back_in_their_order(parent: Parent) -> None:
    assert parent.children() == parent.sent(parent.record[parent.name])


@EACH_LIST
def test_a_list_replaces_the_one_before(parent: Parent) -> None:
    first = parent.record[parent.name]
    fresh = {**child_rows(parent.spec, 1, pick=1)[0], parent.spec["key"]: "P77"}
    rows = [first[2], fresh]
    assert parent.write(NOW + 1, **one(parent.name, rows)) == "updated"
    assert parent.children() == parent.sent(rows)


@EACH_LIST
def test_an_absent_list_is_left_alone(parent: Parent) -> None:
    assert parent.write(NOW + 1) == "updated"
    assert parent.children() == parent.sent(parent.record[parent.name])


@EACH_LIST
def test_an_empty_list_empties_it(parent: Parent) -> None:
    assert parent.write(NOW + 1, **one(parent.name, [])) == "updated"
    assert parent.children() == []


@EACH_LIST
def test_a_column_absent_in_a_row_is_null_since_rows_are_replaced(parent: Parent) -> None:
    key = parent.record[parent.name][0][parent.spec["key"]]
    parent.write(NOW + 1, **one(parent.name, [{parent.spec["key"]: key}]))
    [child] = parent.children()
    assert {child[column] for column in parent.spec["columns"]} == {None}


@EACH_LIST
def test_a_stale_write_leaves_the_list_alone(parent: Parent) -> None:
    assert parent.write(NOW - 1, **one(parent.name, [])) == "stale"
    assert len(parent.children()) == 3


@EACH_LIST
def test_a_refused_row_leaves_the_list_alone(parent: Parent) -> None:
    rows = [*child_rows(parent.spec, 1), 5]
    record = row(parent.entity, parent.id, at=NOW + 1, **one(parent.name, rows))
    [result] = parent.rest.upsert(parent.entity, [record])
    assert result["action"] == "rejected"
    assert len(parent.children()) == 3


@EACH_LIST
def test_one_list_never_touches_another(rest: Rest, entity: str, name: str) -> None:
    emptied, other = Parent(rest, entity, name), Parent(rest, entity, name)
    emptied.write(NOW + 1, **one(name, []))
    assert other.children() == other.sent(other.record[name])


@EACH_LIST
def test_a_tombstone_keeps_the_list_for_the_day_it_is_lifted(parent: Parent) -> None:
    answer = parent.rest.call(
        "local_mzi_delete_records",
        entity=parent.entity,
        ids=f'["{parent.id}"]',
        versions=f"[{NOW + 5}]",
    )
    assert answer["results"][0]["action"] == "deleted"
    again = row(parent.entity, parent.id, at=NOW, read=NOW + 6)
    assert parent.rest.upsert(parent.entity, [again])[0]["action"] == "updated"
    assert parent.children() == parent.sent(parent.record[parent.name])


@EACH_LIST
def test_a_record_that_never_had_the_list_shows_an_empty_one(
    rest: Rest, entity: str, name: str
) -> None:
    bare = row(entity)
    rest.upsert(entity, [bare])
    zoho_id = bare[key_of(entity)]
    assert rest.rows(entity, [zoho_id])[zoho_id][name] == []


def test_a_long_schedule_is_stored_whole(rest: Rest) -> None:
    spec = ENTITIES["registrations"]["children"]["installments"]
    record = row("registrations", installments=child_rows(spec, 300))
    rest.upsert("registrations", [record])
    zoho_id = record["zoho_registration_id"]
    found = rest.rows("registrations", [zoho_id])[zoho_id]["installments"]
    assert [child["sortorder"] for child in found] == list(range(300))
