"""Does a notice reach us? One of our own, sent to the public address as Zoho would send it."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from mzi_bridge.errors import OperatorError
from mzi_bridge.journal.channels import ChannelRow, hash_token
from mzi_bridge.journal.journal import Journal
from mzi_bridge.pipeline.channel_terms import new_channel_id, new_token, notify_url_of

PostNotice = Callable[[str, Mapping[str, Any]], Awaitable[int]]
"""Posts JSON to an address; answers the HTTP status. Raises RetryLater."""

TEST_MODULE = "MZI_Bridge_Test"
"""No mapping has it: its notice is taken in and marks no record."""
LIFE_SECONDS = 120.0
_LOCK = "channels"
_LOCK_SECONDS = 300.0


async def send_own_notice(journal: Journal, now: float, base_url: str, post: PostNotice) -> float:
    """Seconds from sending to the answer 202, by the way that Zoho's notices take: public
    address, proxy, allowed senders, token, storing.

    A channel of its own stands in the journal for as long as that takes; the audit of deliveries
    keeps the notice, as ignored. Raises OperatorError notice_refused, what `post` raises, and
    JournalUnavailable.
    """
    token, url = new_token(), notify_url_of(base_url)
    row = _channel(url, token, now)
    notice = {
        "module": TEST_MODULE,
        "ids": ["1"],
        "operation": "update",
        "channel_id": row.channel_id,
        "token": token,
        "server_time": int(now * 1000),
    }
    # Setting up channels would take the row for one too many.
    async with journal.locks.hold(_LOCK, seconds=_LOCK_SECONDS):
        await journal.channels.save(row)
        try:
            began = time.monotonic()
            status = await post(url, notice)
            took = time.monotonic() - began
        finally:
            await journal.channels.delete(row.channel_id)
    if status != 202:
        raise OperatorError(
            f"The public address answered our own notice with HTTP {status}.",
            reason="notice_refused",
            fix="Let WEBHOOK_BASE_URL lead to this bridge; if MZI_WEBHOOK_ALLOWED_IPS is set, this"
            " machine's own address is refused by it, too.",
        )
    return took


def _channel(url: str, token: str, now: float) -> ChannelRow:
    return ChannelRow(
        channel_id=new_channel_id(),
        module=TEST_MODULE,
        events=(),
        notify_url=url,
        token_hash=hash_token(token),
        previous_token_hash=None,
        previous_valid_until=None,
        expires_at=now + LIFE_SECONDS,
        granted_at=now,
    )
