"""One claimed batch, from ids to settled: the way of a change."""

from __future__ import annotations

import logging
import random
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from mzi_bridge.errors import ContractError, MziError, PauseLink, RetryLater
from mzi_bridge.journal.records import Claim, ClaimedRecord, Outcome, OutcomeKind
from mzi_bridge.mapping import ModuleMapping
from mzi_bridge.pipeline import backoff, brake
from mzi_bridge.pipeline.deliver import Delivered, delete, deliver
from mzi_bridge.pipeline.late_deletions import confirm_late
from mzi_bridge.pipeline.links import Links
from mzi_bridge.pipeline.pause import pause_for
from mzi_bridge.pipeline.resolve import Resolution, resolve

log = logging.getLogger(__name__)
LOOKS = 2
"""How often a record is read again because the CRM showed less than Moodle or a notice knew."""


@dataclass(frozen=True)
class Processed:
    """Counts of one batch by outcome, in Moodle's words plus absent, retry, paused."""

    module: str
    counts: Mapping[str, int]


async def process(
    links: Links, claim: Claim, jitter: Callable[[], float] = random.random
) -> Processed:
    """Resolves, projects, delivers and settles `claim`.

    Never raises for a fault of the CRM, of Moodle, of a record or of this program: each item
    is settled as done, held, to be retried, or dead with a reason. A paused link costs no attempt.
    Raises JournalUnavailable; the lease then runs out and the batch is claimed again.
    """
    mapping = links.preset.modules.get(claim.module)
    if mapping is None:
        return await _settle_unmapped(links, claim)
    try:
        outcomes, counts = await _carry_over(links, mapping, claim, jitter)
    except PauseLink as pause:
        await pause_for(links, pause)
        await links.journal.inbox.release(claim)
        return Processed(claim.module, {"paused": len(claim.items)})
    except MziError as error:
        outcomes, counts = _all_failed(links, claim, error, jitter)
    except Exception:
        log.exception("a bug met while processing %s", claim.module)
        bug = ContractError(
            "The bridge itself failed on a record of the batch.",
            reason="bug",
            fix="Report it with the traceback of the log.",
        )
        outcomes, counts = _all_failed(links, claim, bug, jitter)
    settled = await links.journal.inbox.settle(claim, outcomes)
    if settled.held or settled.released:
        await brake.tell(links.journal, claim.module)
    return Processed(claim.module, counts)


async def _carry_over(
    links: Links, mapping: ModuleMapping, claim: Claim, jitter: Callable[[], float]
) -> tuple[list[Outcome], Counter[str]]:
    claim = await brake.with_proofs(links, claim)
    resolution = await resolve(links.zoho, mapping, [item.record_id for item in claim.items])
    lingering = _lingering(claim, resolution)
    found = {i: read for i, read in resolution.found.items() if i not in lingering}
    delivered = await deliver(links, mapping, found)
    delivered |= dict.fromkeys(lingering, Delivered("failed", "still_in_the_crm"))
    deletions = _deletions(claim, resolution)
    deleted = await delete(links, mapping, deletions)
    delivered |= deleted | await confirm_late(links, mapping, deletions, deleted)
    delivered |= {
        record_id: Delivered("rejected", error.reason, error.message)
        for record_id, error in resolution.refused.items()
    }
    now = links.clock.now()
    done = [_settled(item, delivered.get(item.record_id), now, jitter) for item in claim.items]
    counts = Counter(
        delivered[item.record_id].action if item.record_id in delivered else "absent"
        for item in claim.items
    )
    return done, counts


def is_deletion(item: ClaimedRecord) -> bool:
    """Whether the newest notice of the record is the proof of its deletion."""
    return item.deleted_at_ms is not None and item.deleted_at_ms >= (item.changed_at_ms or 0)


def _deletions(claim: Claim, resolution: Resolution) -> list[tuple[str, int]]:
    """Proven deletions: a notice says so, and the CRM has the record no more."""
    return [
        (item.record_id, item.deleted_at_ms // 1000)
        for item in claim.items
        if item.deleted_at_ms is not None and item.record_id in resolution.absent
    ]


def _lingering(claim: Claim, resolution: Resolution) -> set[str]:
    """Records told to be deleted that the CRM still has: it lags behind itself, or the notice
    was wrong. Looked at again a few times; then what the CRM shows counts."""
    return {
        item.record_id
        for item in claim.items
        if is_deletion(item) and item.record_id in resolution.found and item.attempts < LOOKS
    }


def _settled(
    item: ClaimedRecord, delivered: Delivered | None, now: float, jitter: Callable[[], float]
) -> Outcome:
    if delivered is None:
        return Outcome(item.record_id, OutcomeKind.DONE, reason="absent")
    if delivered.action == "rejected":
        return Outcome(item.record_id, OutcomeKind.DEAD, delivered.reason, delivered.message)
    if delivered.action == "held":
        return Outcome(item.record_id, OutcomeKind.HELD, delivered.reason, closes=delivered.closes)
    if delivered.action == "failed":
        fault = RetryLater(delivered.message, reason=delivered.reason)
        return _after_failure(item, fault, now, jitter())
    if delivered.action == "stale" and item.attempts < LOOKS:
        # Read within the second of its deletion, or from a CRM that lagged behind itself.
        retry_at = now + backoff.delay(item.attempts + 1, jitter())
        return Outcome(item.record_id, OutcomeKind.RETRY, "stale", retry_at=retry_at)
    return Outcome(
        item.record_id, OutcomeKind.DONE, reason=delivered.action, closes=delivered.closes
    )


def _all_failed(
    links: Links, claim: Claim, error: MziError, jitter: Callable[[], float]
) -> tuple[list[Outcome], Counter[str]]:
    now = links.clock.now()
    outcomes = [_after_failure(item, error, now, jitter()) for item in claim.items]
    return outcomes, Counter(outcome.kind.value for outcome in outcomes)


def _after_failure(item: ClaimedRecord, error: MziError, now: float, jitter: float) -> Outcome:
    attempts = item.attempts + 1
    if backoff.is_exhausted(attempts, now - item.first_noticed_at):
        return Outcome(item.record_id, OutcomeKind.DEAD, error.reason, error.message)
    retry_after = getattr(error, "retry_after", None)
    retry_at = now + backoff.delay(attempts, jitter, retry_after)
    return Outcome(item.record_id, OutcomeKind.RETRY, error.reason, error.message, retry_at)


async def _settle_unmapped(links: Links, claim: Claim) -> Processed:
    message = f"The mapping has no module {claim.module}."
    outcomes = [
        Outcome(item.record_id, OutcomeKind.DEAD, "module_not_mapped", message)
        for item in claim.items
    ]
    await links.journal.inbox.settle(claim, outcomes)
    return Processed(claim.module, {"rejected": len(outcomes)})
