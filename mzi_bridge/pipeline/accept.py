"""Takes in what the webhooks verified: records become dirty, the delivery is kept for audit."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Sequence

from msgspec.structs import replace

from mzi_bridge.journal.activity import Note
from mzi_bridge.journal.activity_points import Word
from mzi_bridge.journal.channels import ChannelRow, hash_token
from mzi_bridge.journal.deliveries import Delivery
from mzi_bridge.journal.inbox import Inbox
from mzi_bridge.journal.records import Notice, Operation, Source
from mzi_bridge.pipeline.trail import Trail

__all__ = [
    "ACCEPTED",
    "IGNORED",
    "Accept",
    "ChannelRow",
    "Delivery",
    "Notice",
    "Operation",
    "Source",
    "accept_into",
    "hash_token",
]

Accept = Callable[[Sequence[Notice], Sequence[Delivery]], Awaitable[int]]
"""Answers how many distinct records became dirty, once that is durable."""

ACCEPTED = "accepted"
IGNORED = "ignored"
NOT_MAPPED = "module_not_mapped"
_UNTRACED = Trail()


def not_noted(word: Word, number: int = 1, of: str = "") -> None:
    """For whoever keeps no account of what happens."""


def accept_into(
    inbox: Inbox,
    mapped_modules: Collection[str],
    *,
    note: Note = not_noted,
    trail: Trail = _UNTRACED,
) -> Accept:
    """The use case over an inbox. Raises JournalUnavailable: then nothing is stored.

    Notices of a module that the mapping does not know mark nothing; their delivery is kept
    as ignored, so that an operator sees a channel that sends in vain.
    """

    async def accept(notices: Sequence[Notice], deliveries: Sequence[Delivery]) -> int:
        wanted = [notice for notice in notices if notice.module in mapped_modules]
        audited = [_judged(delivery, mapped_modules) for delivery in deliveries]
        events = [notice.event_id for notice in wanted]
        modules = sorted({notice.module for notice in wanted})
        with trail.span("notice", {"event_ids": events, "module": " ".join(modules)}):
            marked = await inbox.mark(wanted, deliveries=audited)
        ignored = sum(delivery.result == IGNORED for delivery in audited)
        if ignored:
            note(Word.IGNORED, ignored, NOT_MAPPED)
        if taken := len(audited) - ignored:
            note(Word.ACCEPTED, taken)
        return marked

    return accept


def _judged(delivery: Delivery, mapped_modules: Collection[str]) -> Delivery:
    if delivery.module in mapped_modules:
        return delivery
    return replace(delivery, result=IGNORED, reason=NOT_MAPPED)
