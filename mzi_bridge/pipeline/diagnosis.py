"""What one look of the doctor ends in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Literal

from msgspec import Struct

from mzi_bridge.errors import MziError

State = Literal["ok", "warning", "failed"]
SKEW_SECONDS = 60


class Check(Struct, frozen=True):
    """What was looked at, how it stands, and what to do if it does not stand well."""

    name: str
    state: State
    detail: str
    fix: str = ""


def failed(name: str, error: MziError) -> Check:
    return Check(name, "failed", f"{error.reason}: {error.message}", error.fix)


async def guarded(name: str, look: Callable[[], Awaitable[Check]]) -> Check:
    """The check, or the named error it met as a failed one."""
    try:
        return await look()
    except MziError as error:
        return failed(name, error)


def skew(name: str, seconds: float) -> Check:
    """A clock against this machine's; records are versioned by the CRM's, so it only warns."""
    detail = f"{seconds:+.0f} s against this machine"
    if abs(seconds) <= SKEW_SECONDS:
        return Check(name, "ok", detail)
    return Check(name, "warning", detail, "Set the clocks by NTP.")
