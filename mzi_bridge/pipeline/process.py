"""One claimed batch, from ids to settled: the way of a change."""

from __future__ import annotations

import logging
import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import partial
from typing import Protocol

from msgspec import Struct

from mzi_bridge.errors import ContractError, MziError, OperatorError, PauseLink, RetryLater
from mzi_bridge.journal.records import Claim, ClaimedRecord, Outcome, OutcomeKind
from mzi_bridge.mapping import ModuleMapping, Preset
from mzi_bridge.pipeline import backoff, brake
from mzi_bridge.pipeline.backoff import LOOKS
from mzi_bridge.pipeline.deliver import REFUSALS, STUBBORN, Delivered, delete, deliver, failed
from mzi_bridge.pipeline.echo import with_echoes
from mzi_bridge.pipeline.hold import Hold
from mzi_bridge.pipeline.isolate import Refusals
from mzi_bridge.pipeline.late_deletions import confirm_late
from mzi_bridge.pipeline.links import Links
from mzi_bridge.pipeline.pause import pause_after
from mzi_bridge.pipeline.photo_carry import carry_photos
from mzi_bridge.pipeline.photos import is_photo_key, leave_photos, photographed, want_photos
from mzi_bridge.pipeline.probe import module_answers
from mzi_bridge.pipeline.record_keeping import note_settled
from mzi_bridge.pipeline.resolve import STUBBORN as STUBBORN_READS
from mzi_bridge.pipeline.resolve import Resolution, resolve
from mzi_bridge.zoho.errors import CreditsReserved

log = logging.getLogger(__name__)

LOOKED_AT_AGAIN = ("stale", "absent")
ABSENT = Delivered("absent")

STUBBORN_ATTEMPTS = 3
"""After so many failed tries a batch is searched for a record that fails all the others."""

MOST_CRASHES = 5
"""Leases in a row that ran out; from the fourth on the record was in hand alone."""


class Processed(Struct, frozen=True):
    """Counts of one batch by outcome, in Moodle's words plus absent, retry, paused.

    `failure` is the reason of the fault that ended the batch before each record had its answer,
    empty where none did.
    """

    module: str
    counts: Mapping[str, int]
    failure: str = ""


async def process(
    links: Links,
    claim: Claim,
    jitter: Callable[[], float] = random.random,
    hold: Hold | None = None,
) -> Processed:
    """Resolves, projects, delivers and settles `claim`; what `hold` has lost is left alone.

    Never raises for a fault of the CRM, of Moodle, of a record or of this program: each item
    is settled as done, held, to be retried, or dead with a reason. A pause, of a link or of the
    module, costs no attempt. Raises JournalUnavailable; the lease then runs out and the batch
    is claimed again.
    """
    carry_over = way_of(links.preset, claim.module)
    if carry_over is None:
        what = f"The mapping has no module {claim.module}."
        return await _bury_all(links, claim, "module_not_mapped", what)
    if claim.items[0].crashes >= MOST_CRASHES:
        what = f"Its process died or hung {MOST_CRASHES} times in a row."
        return await _bury_all(links, claim, "poison", what)
    known: dict[str, Delivered] = {}
    failure: MziError | None = None
    try:
        await carry_over(links, claim, hold or Hold(links, claim), known)
    except (PauseLink, OperatorError, CreditsReserved) as error:
        await pause_after(links, claim.module, error)
        return await _hand_back(links, claim, known, jitter)
    except MziError as error:
        failure = error
    except Exception:
        log.exception("a bug met while processing %s", claim.module)
        failure = _bug()
    return await _settle(links, claim, known, failure, jitter)


class Way(Protocol):
    async def __call__(
        self, links: Links, claim: Claim, hold: Hold, known: dict[str, Delivered]
    ) -> None: ...


def way_of(preset: Preset, module: str) -> Way | None:
    """How the records that are dirty under `module` are carried over; None if it is not mapped."""
    mapping = preset.modules.get(module)
    if mapping is not None:
        return partial(_carry_rows, mapping)
    if not is_photo_key(module):
        return None
    mapping = photographed(preset, module)
    return leave_photos if mapping is None else partial(carry_photos, mapping)


async def _carry_rows(
    mapping: ModuleMapping,
    links: Links,
    claim: Claim,
    hold: Hold,
    known: dict[str, Delivered],
) -> None:
    """Fills `known` step by step with what became of each record; `absent` is an action, too."""
    claim = await brake.with_proofs(links, claim)
    stubborn = any(item.attempts >= STUBBORN_ATTEMPTS for item in claim.items)
    refusals = STUBBORN if stubborn else REFUSALS
    resolution = await _read(links, mapping, claim, stubborn)
    known |= {record_id: _refused(error) for record_id, error in resolution.refused.items()}
    lingering = _lingering(claim, resolution)
    known |= dict.fromkeys(lingering, Delivered("failed", "still_in_the_crm"))
    deletions = _deletions(claim, resolution)
    told_deleted = {record_id for record_id, _ in deletions}
    known |= dict.fromkeys(resolution.absent - told_deleted, ABSENT)
    held = await hold.held()
    found = {i: read for i, read in resolution.found.items() if i in held and i not in lingering}
    delivered = await deliver(links, mapping, found, refusals)
    # Before the rows count as done: what a fault keeps from being marked comes with their next try.
    await want_photos(links, mapping, delivered, noticed=True)
    known |= delivered
    held = await hold.held()
    deletions = [(i, at) for i, at in deletions if i in held]
    await _take_away(links, mapping, deletions, _doubted(claim), refusals, known)


async def _take_away(
    links: Links,
    mapping: ModuleMapping,
    deletions: Sequence[tuple[str, int]],
    doubted: AbstractSet[str],
    refusals: Refusals,
    known: dict[str, Delivered],
) -> None:
    """Sets tombstones; where a proof may be out of date, only by the CRM's word of this hour."""
    certain = [(i, at) for i, at in deletions if i not in doubted]
    answers = await delete(links, mapping, certain, refusals)
    known |= {i: answer for i, answer in answers.items() if answer.action != "stale"}
    late = {i: at for i, at in deletions if i not in known}
    # Last, for it may raise: what is known by then is settled all the same.
    confirmed = await confirm_late(links, mapping, late, refusals)
    known |= {i: confirmed.get(i) or answers.get(i, ABSENT) for i in late}


async def _read(links: Links, mapping: ModuleMapping, claim: Claim, stubborn: bool) -> Resolution:
    """Raises OperatorError if the CRM refuses the module as a whole. A refusal of all these
    records, while the module can be read, is theirs: RetryLater."""
    ids = [item.record_id for item in claim.items]
    perhaps = STUBBORN_READS if stubborn else ()
    try:
        return await resolve(links.zoho, mapping, ids, perhaps=perhaps)
    except OperatorError:
        if not await module_answers(links, mapping):
            raise
    try:
        return await resolve(links.zoho, mapping, ids, perhaps=(*perhaps, OperatorError))
    except OperatorError as refusal:
        raise RetryLater(refusal.message, reason=refusal.reason, fix=refusal.fix) from None


def _refused(error: MziError) -> Delivered:
    if isinstance(error, RetryLater):
        return failed(error)
    return Delivered("rejected", error.reason, error.message)


async def _settle(
    links: Links,
    claim: Claim,
    known: Mapping[str, Delivered],
    failure: MziError | None,
    jitter: Callable[[], float],
) -> Processed:
    """What is known stands; `failure` is the end of all else. Without one, what is not known
    was lost to another worker."""
    known = await with_echoes(links, claim.module, known)
    now = links.clock.now()
    outcomes: list[Outcome] = []
    counts: Counter[str] = Counter()
    for item in claim.items:
        delivered = known.get(item.record_id)
        if delivered is not None:
            outcomes.append(_settled(item, delivered, now, jitter))
            counts[delivered.action] += 1
        elif failure is not None:
            outcomes.append(_after_failure(item, failure, now, jitter()))
            counts[outcomes[-1].kind.value] += 1
    await _write_down(links, claim, outcomes)
    note_settled(links, claim, outcomes)
    return Processed(claim.module, counts, failure.reason if failure is not None else "")


async def _write_down(links: Links, claim: Claim, outcomes: Sequence[Outcome]) -> None:
    settled = await links.journal.inbox.settle(claim, outcomes)
    if settled.lost:
        log.warning("%s: %d outcomes came too late to count", claim.module, settled.lost)
    if settled.held or settled.released:
        await brake.tell(links.journal, claim.module)


async def _hand_back(
    links: Links, claim: Claim, known: Mapping[str, Delivered], jitter: Callable[[], float]
) -> Processed:
    """After a pause: what is known is settled, the rest is due as before, no try counted."""
    processed = await _settle(links, claim, known, None, jitter)
    await links.journal.inbox.release(claim)
    rest = len(claim.items) - sum(processed.counts.values())
    return Processed(claim.module, {**processed.counts, "paused": rest})


def _bug() -> ContractError:
    return ContractError(
        "The bridge itself failed on a record of the batch.",
        reason="bug",
        fix="Report it with the traceback of the log.",
    )


def is_deletion(item: ClaimedRecord) -> bool:
    """Whether the newest notice of the record is the proof of its deletion."""
    return item.deleted_at_ms is not None and item.deleted_at_ms >= (item.changed_at_ms or 0)


def _doubted(claim: Claim) -> set[str]:
    """Records told to be deleted of which a later notice speaks: of a restore, or it was late."""
    return {
        item.record_id
        for item in claim.items
        if item.deleted_at_ms is not None and not is_deletion(item)
    }


def _deletions(claim: Claim, resolution: Resolution) -> list[tuple[str, int]]:
    """Deletions with proof: a notice says so, and the CRM has the record no more."""
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
    item: ClaimedRecord, delivered: Delivered, now: float, jitter: Callable[[], float]
) -> Outcome:
    if delivered.action == "rejected":
        return Outcome(item.record_id, OutcomeKind.DEAD, delivered.reason, delivered.message)
    if delivered.action == "held":
        return Outcome(
            item.record_id,
            OutcomeKind.HELD,
            delivered.reason,
            closes=delivered.closes,
            version=delivered.version,
        )
    if delivered.action == "failed":
        fault = RetryLater(
            delivered.message, reason=delivered.reason, retry_after=delivered.retry_after
        )
        return _after_failure(item, fault, now, jitter())
    if delivered.action in LOOKED_AT_AGAIN and item.attempts < LOOKS:
        # Read within the second of its deletion, or from a CRM that lagged behind itself.
        retry_at = now + backoff.delay(item.attempts + 1, jitter())
        return Outcome(item.record_id, OutcomeKind.RETRY, delivered.action, retry_at=retry_at)
    return Outcome(
        item.record_id, OutcomeKind.DONE, reason=delivered.action, closes=delivered.closes
    )


def _after_failure(item: ClaimedRecord, error: MziError, now: float, jitter: float) -> Outcome:
    attempts = item.attempts + 1
    if backoff.is_exhausted(attempts, now - item.first_noticed_at):
        return Outcome(item.record_id, OutcomeKind.DEAD, error.reason, error.message)
    retry_after = getattr(error, "retry_after", None)
    retry_at = now + backoff.delay(attempts, jitter, retry_after)
    return Outcome(item.record_id, OutcomeKind.RETRY, error.reason, error.message, retry_at)


async def _bury_all(links: Links, claim: Claim, reason: str, message: str) -> Processed:
    outcomes = [Outcome(item.record_id, OutcomeKind.DEAD, reason, message) for item in claim.items]
    await _write_down(links, claim, outcomes)
    note_settled(links, claim, outcomes)
    return Processed(claim.module, {"rejected": len(outcomes)})
