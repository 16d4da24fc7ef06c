"""Who may send: a channel's echoed token, a workflow's secret, a signature.

Every comparison is of digests, in constant time and against every candidate, so that the
time of a refusal tells neither how much was right nor which check failed.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from typing import Any

from starlette.datastructures import Headers

from mzi_bridge.pipeline.accept import ChannelRow, hash_token
from mzi_bridge.webhooks.body import Fields
from mzi_bridge.webhooks.ports import Guards
from mzi_bridge.webhooks.reasons import RefusalReason, Refused
from mzi_bridge.webhooks.recent_channels import RecentChannels

# A notice sent while the channel lived may come late; a token must not be good for ever.
EXPIRY_GRACE_SECONDS = 86_400.0
_NO_CHANNEL = "0"
_NO_HASH = hash_token("")


async def verify_channel(fields: Fields, channels: RecentChannels, now: float) -> ChannelRow:
    """The channel whose token, current or still valid previous one, came with the notice.

    Raises Refused with missing_token, unknown_channel, wrong_token or channel_expired, and
    whatever the lookup of channels raises.
    """
    token = _secret_text(fields.get("token"))
    channel_id = _channel_id(fields.get("channel_id"))
    recent = channels.recent(channel_id)
    if recent is not None and _fault(recent, token, now) is None:
        return recent
    channel = await channels.read(channel_id)
    fault = _fault(channel, token, now)
    if channel is None or fault is not None:
        raise Refused(fault or RefusalReason.UNKNOWN_CHANNEL)
    return channel


def _fault(channel: ChannelRow | None, token: str, now: float) -> RefusalReason | None:
    matches = _is_one_of(token, _valid_hashes(channel, now))
    if not token:
        return RefusalReason.MISSING_TOKEN
    if channel is None:
        return RefusalReason.UNKNOWN_CHANNEL
    if not matches:
        return RefusalReason.WRONG_TOKEN
    if channel.expires_at + EXPIRY_GRACE_SECONDS < now:
        return RefusalReason.CHANNEL_EXPIRED
    return None


def _valid_hashes(channel: ChannelRow | None, now: float) -> tuple[str, str]:
    """Always two, so that the work does not depend on the channel."""
    if channel is None:
        return _NO_HASH, _NO_HASH
    previous = channel.previous_token_hash
    until = channel.previous_valid_until
    if previous is None or until is None or until <= now:
        return channel.token_hash, channel.token_hash
    return channel.token_hash, previous


def verify_workflow(headers: Headers, fields: Fields, body: bytes, guards: Guards) -> None:
    """Each credential that came must be right, and one must have come.

    A signature (hexadecimal HMAC-SHA256 of the raw body) counts where keys are configured,
    and is demanded where `require_signature` says so. Raises Refused.
    """
    token = _secret_text(headers.get("x-mzi-token") or fields.get("token"))
    signature = headers.get("x-zoho-signature", "") if guards.signature_keys else ""
    token_ok = _is_one_of(token, [hash_token(secret) for secret in guards.tokens])
    signature_ok = _is_signed(signature, body, guards.signature_keys)
    if not guards.tokens and not guards.signature_keys:
        raise Refused(RefusalReason.NO_SECRET_CONFIGURED)
    if guards.require_signature and not signature:
        raise Refused(RefusalReason.MISSING_SIGNATURE)
    if signature and not signature_ok:
        raise Refused(RefusalReason.WRONG_SIGNATURE)
    if token and guards.tokens and not token_ok:
        raise Refused(RefusalReason.WRONG_TOKEN)
    if not (token_ok or signature_ok):
        raise Refused(RefusalReason.MISSING_TOKEN)


def _is_one_of(secret: str, hashes: Iterable[str]) -> bool:
    given = hash_token(secret)
    hits = [hmac.compare_digest(given, known) for known in hashes]
    return any(hits) and bool(secret)


def _is_signed(signature: str, body: bytes, keys: Iterable[str]) -> bool:
    given = signature.strip().lower().removeprefix("sha256=").encode("utf-8", "replace")
    hits = [
        hmac.compare_digest(
            given, hmac.new(key.encode(), body, hashlib.sha256).hexdigest().encode()
        )
        for key in keys
    ]
    return any(hits)


def _secret_text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _channel_id(value: Any) -> str:
    """Ids are the bridge's own, digits; Zoho sends them as text or as a number."""
    text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    return text if text.isascii() and text.isdigit() and len(text) <= 30 else _NO_CHANNEL
