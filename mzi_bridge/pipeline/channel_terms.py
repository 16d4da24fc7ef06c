"""The terms of a notification channel: its id, its tokens, its life. Nothing here sends.

Token rotation. A row is saved before its call is sent, with the new token beside the old,
so whichever Zoho holds is known when the next notice comes. Such a row is *unsettled*: its
old token is good for as long as the channel may live. Once Zoho has answered, the old one
has a short grace for notices under way.
"""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from mzi_bridge.journal.channels import ChannelRow, hash_token
from mzi_bridge.zoho.channels import Channel, ChannelRequest, Event

EVENTS: tuple[Event, ...] = ("create", "edit", "delete")
WEBHOOK_PATH = "/api/v1/webhooks/zoho"
DEFAULT_HOURS = 24.0

ASK_MARGIN_SECONDS = 300.0
"""Taken off the life asked for: past its bound, by its own clock, Zoho grants one hour."""

FALLBACK_SECONDS = 3600.0
"""The life Zoho grants where it says nothing, and where more than its bound was asked."""

PENDING_SECONDS = 600.0
GRACE_SECONDS = 3600.0
_SHORTENED_SECONDS = 60.0

Done = Literal["kept", "enabled", "renewed", "replaced", "removed", "failed"]


class ChannelOutcome(Struct, frozen=True):
    """What became of one channel. Ends are epoch seconds; `reason` is a word and `fix` a
    sentence where it failed."""

    module: str
    channel_id: str
    done: Done
    asked_until: float | None = None
    granted_until: float | None = None
    reason: str = ""
    fix: str = ""

    @property
    def shortened(self) -> bool:
        """Whether Zoho granted a shorter life than was asked, as it does without a word."""
        if self.asked_until is None or self.granted_until is None:
            return False
        return self.granted_until < self.asked_until - _SHORTENED_SECONDS


def notify_url_of(base_url: str) -> str:
    """Where Zoho sends notices; `base_url` is WEBHOOK_BASE_URL."""
    return base_url.rstrip("/") + WEBHOOK_PATH


def new_channel_id() -> str:
    """Eighteen random digits: fits Zoho's 64-bit number, and nobody meets it by chance."""
    return str(10**17 + secrets.randbelow(9 * 10**17))


def new_token() -> str:
    """Fifty random characters, the most Zoho takes."""
    return secrets.token_urlsafe(48)[:50]


def end_asked(now: float, hours: float) -> float:
    """The end to ask for, in whole epoch seconds."""
    seconds = hours * 3600.0
    return float(int(now + max(seconds - ASK_MARGIN_SECONDS, seconds / 2)))


def request_for(row: ChannelRow, token: str, asked_until: float) -> ChannelRequest:
    """The call that registers or renews the row's channel with `token`."""
    events: tuple[Event, ...] = tuple(event for event in EVENTS if event in row.events)
    expiry = datetime.fromtimestamp(asked_until, UTC)
    return ChannelRequest(row.channel_id, row.module, events, row.notify_url, token, expiry)


def pending(module: str, notify_url: str, token: str, now: float) -> ChannelRow:
    """The row of a channel about to be registered: soon due, should the answer be lost."""
    return ChannelRow(
        channel_id=new_channel_id(),
        module=module,
        events=tuple(EVENTS),
        notify_url=notify_url,
        token_hash=hash_token(token),
        previous_token_hash=None,
        previous_valid_until=None,
        expires_at=now + PENDING_SECONDS,
        granted_at=now,
    )


def rotating(row: ChannelRow, token: str, asked_until: float) -> ChannelRow:
    """The row of a channel about to be renewed with a new token: unsettled."""
    return replace(
        row,
        token_hash=hash_token(token),
        previous_token_hash=row.token_hash,
        previous_valid_until=max(asked_until, row.expires_at),
    )


def settled(row: ChannelRow, granted_until: float, now: float) -> ChannelRow:
    """The row once Zoho has confirmed it."""
    grace = min(GRACE_SECONDS, (granted_until - now) / 4)
    return replace(
        row,
        expires_at=granted_until,
        granted_at=now,
        previous_valid_until=None if row.previous_token_hash is None else now + grace,
    )


def is_unsettled(row: ChannelRow) -> bool:
    """Whether Zoho may hold either of the row's two tokens."""
    until = row.previous_valid_until
    return until is not None and until >= row.expires_at


def is_due(row: ChannelRow, now: float) -> bool:
    """Whether half of the life granted is over."""
    return now >= row.granted_at + (row.expires_at - row.granted_at) / 2


def stands(row: ChannelRow, at_zoho: Channel | None) -> bool:
    """Whether Zoho still has the channel as the row describes it."""
    return (
        at_zoho is not None
        and at_zoho.module == row.module
        and at_zoho.events in (frozenset(row.events), frozenset({"all"}))
        and at_zoho.notify_url == row.notify_url
    )
