"""Requests whose insert was sent and never answered: are they in the CRM?

The list by modification time is asked: the search's index lags behind a write, and COQL reads
no long texts. Lists of later API versions cut long texts, so a long one is read by its id.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from msgspec import Struct

from mzi_bridge.errors import RetryLater
from mzi_bridge.mapping import WriteRule
from mzi_bridge.pipeline.links import Links

SLACK_SECONDS = 120
"""The list begins so much earlier: its time has whole seconds, and the clocks differ."""
SKEW_SECONDS = 60
"""The slack makes up for a clock that is ahead of the CRM's by so much; for more, it is longer."""
MOST_PAGES = 10
CUT_LENGTH = 500

Record = Mapping[str, Any]


class Sought(Struct, frozen=True):
    """`mark` ends its text; it was not made before `since` (epoch s)."""

    key: str
    mark: str
    student_id: str
    since: float


async def find_requests(
    links: Links, rule: WriteRule, sought: Sequence[Sought]
) -> dict[str, list[str]]:
    """The ids of the records with the mark and the student of each, the lowest first; only of
    those that have one. Raises RetryLater where the list is too long to be read to its end."""
    since = min(one.since for one in sought) - SLACK_SECONDS
    found: dict[str, set[str]] = {}
    async for record in _records(links, rule.module, since):
        for one in sought:
            if await _is(links, rule, one, record):
                found.setdefault(one.key, set()).add(str(record["id"]))
    return {key: sorted(ids, key=lambda i: (len(i), i)) for key, ids in found.items()}


async def _records(links: Links, module: str, since: float) -> AsyncIterator[Record]:
    """What was changed since, at least once each. A record that is changed while several pages
    are read moves to the first one: so that is read again."""
    number, first_read = 1, 0
    for _ in range(MOST_PAGES):
        page = await links.zoho.records.page(
            module,
            number,
            modified_since=datetime.fromtimestamp(since, UTC),
            sort_by="Modified_Time",
            sort_order="desc",
        )
        ahead = links.clock.now() - page.read_time
        if ahead > SKEW_SECONDS and not first_read:
            since, first_read = since - ahead, page.read_time
            continue
        for record in page.records:
            yield record
        first_read = page.read_time if number == 1 else first_read
        if page.more:
            number += 1
        elif number == 1:
            return
        else:
            number, since = 1, first_read - 1
    raise RetryLater("Too many requests changed meanwhile.", reason="look_unfinished")


async def _is(links: Links, rule: WriteRule, one: Sought, record: Record) -> bool:
    if not _is_of(rule, one, record) or rule.mark is None:
        return False
    text = str(record.get(rule.mark) or "")
    if text.rstrip().endswith(one.mark):
        return True
    if len(text) < CUT_LENGTH:
        return False
    whole = (await links.zoho.records.by_id(rule.module, str(record["id"]))).records
    return bool(whole) and str(whole[0].get(rule.mark) or "").rstrip().endswith(one.mark)


def _is_of(rule: WriteRule, one: Sought, record: Record) -> bool:
    """Whether it names this student; the office may copy a request with all its text."""
    students = [record.get(name) for name in rule.writes("student_id")]
    return all(isinstance(s, dict) and s.get("id") == one.student_id for s in students)
