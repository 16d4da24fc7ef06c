"""What is kept of the work: how records and writes ended, and how long changes took."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from mzi_bridge.journal.activity_points import DELIVERED, Word
from mzi_bridge.journal.history import Turn
from mzi_bridge.journal.records import Claim, Outcome, OutcomeKind, Source
from mzi_bridge.pipeline.deliver import Delivered
from mzi_bridge.pipeline.links import Links
from mzi_bridge.pipeline.photos import is_photo_key

log = logging.getLogger(__name__)
LIVE = (Source.NOTIFICATION, Source.WORKFLOW)
"""What Zoho told at once: only of these it is told how long they took."""

_KINDS = {
    OutcomeKind.RETRY: Word.RETRIED,
    OutcomeKind.HELD: Word.HELD,
    OutcomeKind.DEAD: Word.REJECTED,
}
_ACTIONS: Mapping[str, Word] = {
    "inserted": Word.INSERTED,
    "updated": Word.UPDATED,
    "deleted": Word.DELETED,
    "unchanged": Word.UNCHANGED,
    "echo": Word.UNCHANGED,
    "stale": Word.STALE,
}
_PUSHES: Mapping[str, Word] = {"written": Word.PUSHED, "refused": Word.PUSHES_REFUSED}


def note_settled(links: Links, claim: Claim, outcomes: Sequence[Outcome]) -> None:
    """After the settlement: a batch that could not be settled comes again."""
    events = claim.events
    ends = {events[outcome.record_id]: outcome.reason for outcome in outcomes}
    log.info("settled", extra={"outcomes": ends})
    note, now = links.journal.activity.note, links.clock.now()
    words = {outcome.record_id: _word(outcome) for outcome in outcomes}
    for word, number in Counter(words.values()).items():
        if word is not None:
            note(word, number, _entity(links, claim.module))
    if is_photo_key(claim.module):
        return
    for item in claim.items:
        if item.source in LIVE and words.get(item.record_id) in DELIVERED:
            links.journal.activity.note_lag(now - item.first_noticed_at)


def note_actions(links: Links, entity: str, actions: Iterable[str]) -> None:
    """Rows of an entity that a sync or a repair has handed to Moodle, in its words."""
    for action, number in Counter(actions).items():
        if action in _ACTIONS:
            links.journal.activity.note(_ACTIONS[action], number, entity)


async def keep_changes(
    links: Links, module: str, delivered: Mapping[str, Delivered], source: str
) -> None:
    """Writes into the history what changed in Moodle without having been dirty. Raises
    JournalUnavailable."""
    changed = {i: one for i, one in delivered.items() if _ACTIONS.get(one.action) in DELIVERED}
    await links.journal.history.add(
        [
            Turn(
                module,
                record_id,
                source,
                one.action,
                changed_at_ms=None if one.version is None else one.version * 1000,
            )
            for record_id, one in changed.items()
        ]
    )


def note_pushes(links: Links, counts: Mapping[str, int]) -> None:
    """Writes into the CRM, by what became of them."""
    for word, number in counts.items():
        if word in _PUSHES:
            links.journal.activity.note(_PUSHES[word], number)


def _entity(links: Links, module: str) -> str:
    if is_photo_key(module):
        return "photos"
    mapping = links.preset.modules.get(module)
    return mapping.entity if mapping is not None else "not_mapped"


def _word(outcome: Outcome) -> Word | None:
    if outcome.kind is OutcomeKind.DONE:
        return _ACTIONS.get(outcome.reason)
    return _KINDS[outcome.kind]
