"""Does a stored row still hold what was written? Asked of the row alone, without the CRM."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from mzi_bridge.mapping.content_hash import content_hash
from mzi_bridge.mapping.preset import Column, ModuleMapping

LINK = "moodle_user_id"
"""The plugin finds a person's Moodle user by itself, so the column may hold more than was sent."""
BY_HAND = "link_by_hand"
"""A person decided who the student is in Moodle, or that nobody is: no record changes it."""


def stands_as_written(
    mapping: ModuleMapping,
    stored: Mapping[str, Any],
    left_out: Iterable[frozenset[str]] = (frozenset(),),
) -> bool:
    """Whether the columns of `stored`, as `local_mzi_get_rows` gives it, make its own hash.

    A row written with every column of the mapping does. One written without some (the CRM did
    not send their field, or its value was unfit) does when `left_out` holds the set of their
    names. True is proof that nothing was altered by hand; False may have either cause.
    """
    expected = stored.get("content_hash")
    return any(
        content_hash(values) == expected
        for names in left_out
        for values in _as_sent(mapping, stored, names)
    )


def is_person(stored: Mapping[str, Any]) -> bool:
    """Students and teachers have a Moodle user; a request only carries a number."""
    return LINK in stored and "academic_email" in stored


def lacks_user(stored: Mapping[str, Any]) -> bool:
    """Whether a person is without a Moodle user, and nobody has decided that it be so."""
    return is_person(stored) and stored[LINK] is None and not stored.get(BY_HAND)


def _as_sent(
    mapping: ModuleMapping, stored: Mapping[str, Any], left_out: frozenset[str]
) -> Iterator[dict[str, Any]]:
    """The rows that may have been sent, the likeliest first."""
    values = {c.name: _value(c, stored) for c in mapping.columns if c.name not in left_out}
    children = [child for child in mapping.children if child.name not in left_out]
    for child in children:
        rows = stored.get(child.name) or ()
        values[child.name] = [{c.name: _value(c, row) for c in child.columns} for row in rows]
    yield values
    if is_person(stored) and values.get(LINK) is not None:
        yield {**values, LINK: None}
    if children:
        # An unfit field of a child row is left out of it, and the set is stored without it.
        names = {child.name for child in children}
        yield {n: _without_nulls(v) if n in names else v for n, v in values.items()}


def _value(column: Column, stored: Mapping[str, Any]) -> Any:
    value = stored.get(column.name)
    return bool(value) if column.type == "bool" and value is not None else value


def _without_nulls(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: value for name, value in row.items() if value is not None} for row in rows]
