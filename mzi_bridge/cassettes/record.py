"""Record one chain: carry a notification over for real, and keep what went over the wire."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
from vcr.request import Request

from mzi_bridge.cassettes.chain import WEBHOOK_PATH, open_chain
from mzi_bridge.cassettes.scrub import scrub_notification
from mzi_bridge.cassettes.tape import (
    ACCOUNTS_URL,
    BRIDGE_URL,
    MOODLE_URL,
    ZOHO_URL,
    ScrubbingTransport,
    moodle_calls,
    recorder,
)
from mzi_bridge.clock import Clock
from mzi_bridge.errors import OperatorError

ADDRESSES = {
    "ZOHO_ACCOUNTS_URL": ACCOUNTS_URL,
    "ZOHO_API_URL": ZOHO_URL,
    "MOODLE_BASE_URL": MOODLE_URL,
}


async def record(values: Mapping[str, str], notification: bytes, path: Path, clock: Clock) -> int:
    """Writes the cassette `path`; how many calls to Moodle it holds.

    `values` are settings by name that lead to a CRM and to a Moodle on this machine: it gets
    made-up values in place of the CRM's. Raises OperatorError for any other Moodle, and when
    nothing reached it: such a cassette would prove nothing.
    """
    _refuse_real_people(values["MOODLE_BASE_URL"])
    scrubbed = scrub_notification(notification)
    tape = recorder({_origin(values[name]): named for name, named in ADDRESSES.items()})
    transport = ScrubbingTransport(httpx2.AsyncHTTPTransport())
    path.unlink(missing_ok=True)
    async with open_chain(values, scrubbed, clock, transport) as chain:
        await chain.accept(scrubbed)
        with tape.use_cassette(str(path)) as cassette:
            cassette.append(_posted(scrubbed), _accepted())
            await chain.carry()
            calls = len(moodle_calls(cassette))
    if not calls:
        path.unlink(missing_ok=True)
        raise OperatorError(
            "Nothing was sent to Moodle.",
            reason="nothing_recorded",
            fix="Does the record exist, and do the settings lead to the CRM and to Moodle?",
        )
    return calls


def _refuse_real_people(moodle_url: str) -> None:
    if urlsplit(moodle_url).hostname not in ("127.0.0.1", "localhost", "::1"):
        raise OperatorError(
            "Recording would write made-up values over the rows of this Moodle.",
            reason="moodle_not_disposable",
            fix="Record with the sandbox's Moodle, or a disposable one on this machine.",
        )


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _posted(notification: bytes) -> Request:
    headers = {"content-type": "application/json"}
    return Request("POST", BRIDGE_URL + WEBHOOK_PATH, notification, headers)


def _accepted() -> dict[str, object]:
    return {
        "status": {"code": 202, "message": "Accepted"},
        "headers": {"content-type": ["application/json"]},
        "body": {"string": b'{"accepted":1}'},
    }
