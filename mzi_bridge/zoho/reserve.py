"""The day's API credits: what was spent, what is left, and a part of it kept for live work.

Only work that can wait is ever refused here, before it is sent. Live calls go out whatever the
ledger says; it is Zoho that refuses those (CreditsUsedUp).
"""

from __future__ import annotations

from typing import Protocol

from msgspec import Struct

from mzi_bridge.zoho.errors import CreditsReserved

LONGEST_WAIT = 3600.0
"""Seconds: by then other apps, more licences or a new setting may have changed the matter."""

_SHORTEST_WAIT = 60.0
_UNBILLED = (401, 429)


class Standing(Protocol):
    """What a ledger knows. `said` is Zoho's own word on the credits left, by now, None where it
    has said nothing lately; it counts for `said_for` more seconds."""

    @property
    def spent(self) -> int: ...

    @property
    def said(self) -> int | None: ...

    @property
    def said_for(self) -> float: ...

    def seconds_until(self, amount: int) -> float:
        """Until so many of the credits spent are free again."""
        ...


class Ledger(Protocol):
    """Where spent credits are kept, for all processes of one bridge."""

    def note(self, cost: int, left: int | None = None) -> None: ...

    async def standing(self) -> Standing: ...


class Allowance(Struct, frozen=True):
    """`daily` credits in a rolling 24 hours, `kept` of them for live work. `left` is Zoho's
    word where `said` is true, else what the bridge's own ledger leaves: `daily` - `spent`."""

    daily: int
    kept: int
    spent: int
    left: int
    said: bool

    @property
    def for_background(self) -> int:
        return max(0, self.left - self.kept)


class CreditReserve:
    """`daily` is the organisation's total; `percent` of it is kept for live work.

    Other apps of the organisation spend of the same credits: the ledger alone would not know,
    so Zoho's word, which it gives once half are used, beats the ledger while it is fresh.
    """

    def __init__(self, ledger: Ledger, *, daily: int, percent: int) -> None:
        self._ledger = ledger
        self._daily = daily
        self._kept = daily * percent // 100

    def note(self, cost: int, status: int, left: int | None) -> None:
        """A call came back with this HTTP status, 0 for none. Zoho is taken not to bill what
        it turns away at the door (401, 429), and to bill what it may have carried out."""
        self._ledger.note(0 if status in _UNBILLED else cost, left)

    async def admit(self, cost: int) -> None:
        """For work that can wait. Raises CreditsReserved, and what the ledger raises.

        Calls under way are not counted yet, nor the last seconds of other processes: the
        reserve can be touched by as many.
        """
        standing = await self._ledger.standing()
        short = cost - self._allowance(standing).for_background
        if short > 0:
            raise CreditsReserved(
                "What is left of the day's API credits is kept for live work.",
                retry_after=_wait(standing, short),
            )

    async def allowance(self) -> Allowance:
        """As things stand now. Raises what the ledger raises."""
        return self._allowance(await self._ledger.standing())

    def _allowance(self, standing: Standing) -> Allowance:
        by_ledger = max(0, self._daily - standing.spent)
        said = standing.said
        left = by_ledger if said is None else said
        return Allowance(self._daily, self._kept, standing.spent, left, said is not None)


def _wait(standing: Standing, short: int) -> float:
    """Until our own credits are free or Zoho's word is too old to hold anybody up."""
    wait = standing.seconds_until(short)
    if standing.said is not None:
        wait = min(wait, standing.said_for)
    return min(max(wait, _SHORTEST_WAIT), LONGEST_WAIT)
