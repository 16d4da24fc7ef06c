"""How a claim of owed writes ends, whatever was met on the way."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence

from msgspec import Struct

from mzi_bridge.errors import ContractError, MziError, OperatorError, PauseLink
from mzi_bridge.journal.push_records import ClaimedPush, PushClaim, PushOutcome, PushOutcomeKind
from mzi_bridge.pipeline import backoff
from mzi_bridge.pipeline.echo import mark_own
from mzi_bridge.pipeline.links import Links
from mzi_bridge.pipeline.pause import pause_after
from mzi_bridge.pipeline.record_keeping import note_pushes

log = logging.getLogger(__name__)
UNCHANGED = "unchanged"
"""The reason of a write that needed no call."""

Ended = Callable[[float], Mapping[str, PushOutcome]]
"""At this time (epoch s), what is known to have become of each write, by record key."""


class Pushed(Struct, frozen=True):
    """Counts of one claim by what became of its writes: written, unchanged, refused, retry,
    paused."""

    kind: str
    counts: Mapping[str, int]


def pause_name(module: str) -> str:
    """Under which writing into a module is paused, apart from reading it."""
    return f"{module}:push"


async def carry_out(
    links: Links,
    claim: PushClaim,
    module: str,
    work: Callable[[], Awaitable[None]],
    ended: Ended,
    jitter: Callable[[], float],
) -> Pushed:
    """Works, and settles `claim` by what `ended` says then.

    What the work raises is the end of all that has not ended: a pause hands it back, no try
    counted. Raises JournalUnavailable only.
    """
    failure: MziError | None = None
    try:
        await work()
    except (PauseLink, OperatorError) as error:
        await pause_after(links, pause_name(module), error)
    except MziError as error:
        failure = error
    except Exception:
        log.exception("a bug met while writing %s", claim.kind)
        failure = _bug()
    return await _settle(links, claim, module, ended, failure, jitter)


async def bury_all(links: Links, claim: PushClaim, reason: str, message: str) -> Pushed:
    """None of them can be written."""
    outcomes: Sequence[PushOutcome] = [
        PushOutcome(item.record_key, PushOutcomeKind.DEAD, reason, message) for item in claim.items
    ]
    await links.journal.pushes.settle(claim, outcomes)
    counts = {"refused": len(outcomes)}
    note_pushes(links, counts)
    return Pushed(claim.kind, counts)


async def _settle(
    links: Links,
    claim: PushClaim,
    module: str,
    ended: Ended,
    failure: MziError | None,
    jitter: Callable[[], float],
) -> Pushed:
    """What has ended stands; `failure` is the end of all else. Without one the rest is handed
    back."""
    now = links.clock.now()
    outcomes = dict(ended(now))
    if failure is not None:
        for item in claim.items:
            if item.record_key not in outcomes:
                outcomes[item.record_key] = _after_failure(item, failure, now, jitter())
    own = [one for one in outcomes.values() if one.reason != UNCHANGED]
    await mark_own(links, module, own)
    counts = Counter(_word(outcome) for outcome in outcomes.values())
    settled = await links.journal.pushes.settle(claim, list(outcomes.values()))
    if settled.lost:
        log.warning("%s: %d outcomes came too late to count", claim.kind, settled.lost)
    note_pushes(links, counts)
    rest = len(claim.items) - len(outcomes)
    if rest:
        await links.journal.pushes.release(claim)
        counts["paused"] += rest
    return Pushed(claim.kind, counts)


def _word(outcome: PushOutcome) -> str:
    if outcome.kind is PushOutcomeKind.DONE:
        return "unchanged" if outcome.reason == UNCHANGED else "written"
    return "retry" if outcome.kind is PushOutcomeKind.RETRY else "refused"


def _after_failure(item: ClaimedPush, error: MziError, now: float, jitter: float) -> PushOutcome:
    attempts = item.attempts + 1
    if backoff.is_exhausted(attempts, now - item.first_at):
        return PushOutcome(item.record_key, PushOutcomeKind.DEAD, error.reason, error.message)
    retry_after = getattr(error, "retry_after", None)
    retry_at = now + backoff.delay(attempts, jitter, retry_after)
    return PushOutcome(
        item.record_key, PushOutcomeKind.RETRY, error.reason, error.message, retry_at
    )


def _bug() -> ContractError:
    return ContractError(
        "The bridge itself failed on a write of the batch.",
        reason="bug",
        fix="Report it with the traceback of the log.",
    )
