"""The CRM's list of deleted records: read whole, marked as proof, and its own cursor."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from datetime import UTC, datetime

from msgspec import Struct

from mzi_bridge.journal.records import Notice, Operation, Source
from mzi_bridge.pipeline.links import Links
from mzi_bridge.zoho.deleted import DeletedPage

CURSOR = "deleted"
OVERLAP_SECONDS = 120
PASSES = 3


class DeletedList(Struct, frozen=True):
    """`deleted_at` by record id; times in epoch seconds by the CRM's clock.

    `read_time` is before anything the list does not name was deleted, if it `is_whole`.
    """

    deleted_at: Mapping[str, int]
    read_time: int
    is_whole: bool


async def deleted_pages(links: Links, module: str, since: int | None) -> AsyncIterator[DeletedPage]:
    """The pages of what was deleted from `since` (epoch s, inclusive) on; None means all."""
    number = 1
    while True:
        page = await links.zoho.deleted.page(module, number, since=_utc(since))
        yield page
        if not page.more:
            return
        number += 1


async def deleted_since(links: Links, module: str, since: int | None) -> DeletedList:
    """Everything on the list from `since` on.

    A record restored while the list is read moves the later ones up by one place, past a page
    already read: a list of several pages is read again until it names nothing new.
    """
    found: dict[str, int] = {}
    first_read: int | None = None
    for _ in range(PASSES):
        before, pages = len(found), 0
        async for page in deleted_pages(links, module, since):
            pages += 1
            first_read = page.read_time if first_read is None else first_read
            found.update((record.id, record.deleted_time) for record in page.records)
        if pages == 1 or len(found) == before:
            return DeletedList(found, first_read or 0, is_whole=True)
    return DeletedList(found, first_read or 0, is_whole=False)


async def mark_deleted(links: Links, module: str, deletions: Iterable[tuple[str, int]]) -> None:
    """Makes (id, epoch s of the deletion) dirty with their proof; durable when it returns."""
    notices = [
        Notice(module, record_id, Operation.DELETE, at * 1000, Source.DELTA)
        for record_id, at in deletions
    ]
    if notices:
        await links.journal.inbox.mark(notices)


async def follow_deletions(links: Links, module: str) -> bool:
    """Marks what was deleted since the last time and moves the cursor behind it.

    False when there is no cursor yet: `begin_deletions` sets it.
    """
    cursor = await links.journal.cursors.get(module, CURSOR)
    if cursor is None:
        return False
    await _take(links, module, int(cursor))
    return True


async def begin_deletions(links: Links, module: str, since: int) -> None:
    """The first look, from `since` (epoch s): what was deleted before was never in Moodle."""
    await _take(links, module, since)


async def _take(links: Links, module: str, since: int) -> None:
    listed = await deleted_since(links, module, since)
    await mark_deleted(links, module, listed.deleted_at.items())
    if listed.is_whole:
        reached = str(listed.read_time - OVERLAP_SECONDS)
        await links.journal.cursors.set(module, CURSOR, reached)


def _utc(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
