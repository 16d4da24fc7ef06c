"""That an event comes from our Moodle: a Standard Webhooks signature, or a token.

The signature is `v1,` and the base64 of HMAC-SHA256 over `<webhook-id>.<webhook-timestamp>.<raw
body>`; the header may hold several, one for each active key (www.standardwebhooks.com). Each
comparison takes the same time whatever is wrong, and every key is tried on every signature.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Iterable

from msgspec import Struct
from starlette.datastructures import Headers

from mzi_bridge.pipeline.accept import hash_token
from mzi_bridge.webhooks.moodle.ports import EventGuards
from mzi_bridge.webhooks.reasons import RefusalReason, Refused

WINDOW_SECONDS = 300.0
MOST_SIGNATURES = 10
KEY_PREFIX = "whsec_"
_ID = re.compile(r"[A-Za-z0-9_-]{1,100}", re.ASCII)
_TIMESTAMP = re.compile(r"[0-9]{1,12}", re.ASCII)
_SIGNED = ("webhook-id", "webhook-timestamp", "webhook-signature")


class Proof(Struct, frozen=True):
    """A sender that is proven.

    `message_id`: the id it gave in a header. `sent_at`: when it sent (epoch s); None where no
    header said. `tenant`: the header's, which a token must bring, else None.
    """

    message_id: str | None
    sent_at: int | None
    tenant: str | None
    by_token: bool


def verify(headers: Headers, body: bytes, guards: EventGuards) -> Proof:
    """Each proof that came must be right, and one must have come. The time is not judged here.

    Raises Refused with missing_proof, bad_signature_headers, wrong_signature, wrong_token or
    no_secret_configured.
    """
    signature = headers.get("webhook-signature")
    token = headers.get("x-moodle-token")
    if not guards.keys and not guards.tokens:
        raise Refused(RefusalReason.NO_SECRET_CONFIGURED)
    if signature is None and not token:
        raise Refused(RefusalReason.MISSING_PROOF)
    if signature is not None:
        _check_signature(headers, body, guards.keys)
    if token:
        _check_token(token, guards.tokens)
    sent = headers.get("webhook-timestamp", "")
    return Proof(
        message_id=headers.get("webhook-id") or headers.get("x-event-id"),
        sent_at=int(sent) if _TIMESTAMP.fullmatch(sent) else None,
        tenant=headers.get("x-tenant-id"),
        by_token=signature is None,
    )


def check_window(sent_at: float, now: float) -> None:
    """Raises Refused (timestamp_out_of_window) unless it was sent within five minutes of now."""
    if abs(now - sent_at) > WINDOW_SECONDS:
        raise Refused(RefusalReason.TIMESTAMP_OUT_OF_WINDOW)


def _check_signature(headers: Headers, body: bytes, keys: Iterable[str]) -> None:
    message_id, timestamp, signature = (headers.get(name, "") for name in _SIGNED)
    signatures = [part for part in signature.split(" ") if part]
    if (
        _ID.fullmatch(message_id) is None
        or _TIMESTAMP.fullmatch(timestamp) is None
        or not 1 <= len(signatures) <= MOST_SIGNATURES
    ):
        raise Refused(RefusalReason.BAD_SIGNATURE_HEADERS)
    given = [s.removeprefix("v1,").encode() for s in signatures if s.startswith("v1,")]
    content = f"{message_id}.{timestamp}.".encode() + body
    expected = [_signature(key, content) for key in keys]
    hits = [hmac.compare_digest(one, other) for one in given for other in expected]
    if not any(hits):
        raise Refused(RefusalReason.WRONG_SIGNATURE)


def _signature(key: str, content: bytes) -> bytes:
    digest = hmac.new(_key_bytes(key), content, hashlib.sha256).digest()
    return base64.b64encode(digest)


def _key_bytes(key: str) -> bytes:
    try:
        return base64.b64decode(key.removeprefix(KEY_PREFIX), validate=True)
    except binascii.Error:
        raise Refused(RefusalReason.NO_SECRET_CONFIGURED) from None


def _check_token(token: str, tokens: Iterable[str]) -> None:
    given = hash_token(token)
    hits = [hmac.compare_digest(given, hash_token(known)) for known in tokens]
    if not any(hits):
        raise Refused(RefusalReason.WRONG_TOKEN)
