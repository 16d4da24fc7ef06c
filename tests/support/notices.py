"""Notices and outcomes in few words."""

from __future__ import annotations

from mzi_bridge.journal import Claim, Journal, Notice, Operation, Outcome, OutcomeKind, Source


def changed(record_id: str, module: str = "Students", at_ms: int = 1000) -> Notice:
    return Notice(module, record_id, Operation.UPDATE, at_ms, Source.NOTIFICATION)


def deleted(record_id: str, module: str = "Students", at_ms: int = 1000) -> Notice:
    return Notice(module, record_id, Operation.DELETE, at_ms, Source.NOTIFICATION)


def backfilled(record_id: str, module: str = "Students", at_ms: int = 1000) -> Notice:
    return Notice(module, record_id, Operation.UPDATE, at_ms, Source.BACKFILL)


def done(record_id: str) -> Outcome:
    return Outcome(record_id, OutcomeKind.DONE)


def retry(record_id: str, at: float | None = None, reason: str = "moodle_down") -> Outcome:
    return Outcome(record_id, OutcomeKind.RETRY, reason, "the call timed out", at)


def dead(
    record_id: str, reason: str = "required", message: str = "first_name: required"
) -> Outcome:
    return Outcome(record_id, OutcomeKind.DEAD, reason, message)


async def claim_one(journal: Journal, *, lease: float = 60.0, owner: str = "worker") -> Claim:
    """The next claim, which must be there."""
    claim = await journal.inbox.claim(owner=owner, limit=100, lease_seconds=lease)
    assert claim is not None
    return claim


async def nothing_due(journal: Journal) -> bool:
    return await journal.inbox.claim(owner="asker", limit=1, lease_seconds=60.0) is None


def ids(claim: Claim) -> list[str]:
    return [item.record_id for item in claim.items]
