"""One claimed batch of photos: looked at in the CRM, fetched if changed, handed to Moodle."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Mapping, Sequence
from typing import TypeVar

from mzi_bridge.errors import MziError, OperatorError, RejectRecord, RetryLater
from mzi_bridge.journal.photos import PhotoState
from mzi_bridge.journal.records import Claim
from mzi_bridge.mapping import ModuleMapping
from mzi_bridge.moodle.functions import PhotoRow, RowAnswer
from mzi_bridge.pipeline.backoff import LOOKS
from mzi_bridge.pipeline.deliver import REFUSALS, STUBBORN, Delivered, failed
from mzi_bridge.pipeline.few_at_once import few_at_once
from mzi_bridge.pipeline.hold import Hold
from mzi_bridge.pipeline.isolate import isolate
from mzi_bridge.pipeline.links import Links
from mzi_bridge.pipeline.photo_gone import is_gone
from mzi_bridge.pipeline.photo_look import Seen, fetch, look
from mzi_bridge.pipeline.suspects import Suspects
from mzi_bridge.zoho.errors import (
    BadAnswer,
    RecordRefused,
    ServerFault,
    UnexpectedAnswer,
    Unreachable,
)

AT_ONCE = 4
BATCH = 8
"""Photos in one claim: a worker is back at live rows within seconds."""

CRM_SUSPECTS = (ServerFault, BadAnswer, Unreachable, UnexpectedAnswer, OperatorError)
ABSENT = Delivered("absent")
MOVED = Delivered("failed", "photo_moved", "The attachment is gone since it was listed.")
"""Another look shows what there is now."""

HIDDEN = Delivered("failed", "photo_hidden", "The CRM shows no photo, nor that it was deleted.")
NO_TIME = 0
"""Dated so, a row without a photo takes none away: `stale` then tells that Moodle has one."""

AnswerT = TypeVar("AnswerT")


async def carry_photos(
    mapping: ModuleMapping, links: Links, claim: Claim, hold: Hold, known: dict[str, Delivered]
) -> None:
    """Fills `known` with what became of each photo.

    In Moodle's words; `absent` where the CRM has no such record, or shows no photo where Moodle
    has one: that is looked at again, and counts only with the CRM's own word for it (`is_gone`).
    Calls of the CRM give way to live work.
    Raises RetryLater, PauseLink, OperatorError or ContractError that speak of a whole side; what
    is in `known` by then stands.
    """
    await _Carrier(links.in_background(), mapping, claim, hold, known).run()


class _Carrier:
    def __init__(
        self,
        links: Links,
        mapping: ModuleMapping,
        claim: Claim,
        hold: Hold,
        known: dict[str, Delivered],
    ) -> None:
        self._links = links
        self._mapping = mapping
        self._attempts = {item.record_id: item.attempts for item in claim.items}
        self._hold = hold
        self._known = known
        self._crm = Suspects()
        self._moodle = Suspects()
        self._seen: dict[str, Seen] = {}
        self._remembered: Mapping[str, PhotoState] = {}
        self._vanished: list[Seen] = []
        self._gone: list[PhotoRow] = []
        self._states: dict[str, PhotoState] = {}

    async def run(self) -> None:
        try:
            await few_at_once(AT_ONCE, self._attempts, self._look)
            plain, changed = await self._sorted()
            changed += await self._tell(plain)
            await few_at_once(AT_ONCE, changed, self._bring)
            await few_at_once(AT_ONCE, self._vanished, self._doubt)
            await self._tell(self._gone)
            for suspects in (self._crm, self._moodle):
                blamed = suspects.blamed()
                self._known |= {i: _of_error(error) for i, error in blamed.items()}
        finally:
            await self._links.journal.photos.seen(self._mapping.module, self._states)

    async def _look(self, record_id: str) -> None:
        seen = await self._asked(record_id, look(self._links.zoho, self._mapping, record_id))
        if seen is not None:
            self._seen[record_id] = seen

    async def _asked(
        self, record_id: str, answer: Awaitable[AnswerT], refused: Delivered = ABSENT
    ) -> AnswerT | None:
        """What the CRM answers; None where this photo has failed. `refused`: what it means that
        the CRM refuses the record or file."""
        given: AnswerT | None = None
        try:
            given = await answer
        except CRM_SUSPECTS as error:
            self._crm.add(record_id, error)
            return None
        except RecordRefused:
            self._known[record_id] = refused
        except RejectRecord as refusal:
            self._known[record_id] = _of_error(refusal)
        self._crm.cleared()
        return given

    async def _sorted(self) -> tuple[list[PhotoRow], list[Seen]]:
        """What needs no picture to be told, and what has changed."""
        self._remembered = await self._links.journal.photos.get(
            self._mapping.module, list(self._seen)
        )
        plain: list[PhotoRow] = []
        changed: list[Seen] = []
        for record_id, seen in self._seen.items():
            state = self._remembered.get(record_id)
            content_hash = state.content_hash if state is not None else None
            if seen.exists and state is not None and content_hash and state.mark == seen.mark:
                plain.append(PhotoRow(record_id, seen.read_time, content_hash))
            elif seen.exists:
                changed.append(seen)
            elif content_hash:
                self._vanished.append(seen)
            else:
                plain.append(PhotoRow(record_id, NO_TIME, None))
        return plain, changed

    async def _tell(self, rows: Sequence[PhotoRow]) -> list[Seen]:
        """Says which photos still count and which are gone; those that Moodle lacks."""
        held = await self._hold.held()
        rows = [row for row in rows if row.zoho_student_id in held]
        answers = await isolate(rows, self._links.moodle.set_photos, REFUSALS)
        lacking: list[Seen] = []
        for row, answer in zip(rows, answers, strict=True):
            record_id = row.zoho_student_id
            if isinstance(answer, MziError):
                self._known[record_id] = _of_error(answer)
            elif _code(answer) == "image_needed":
                lacking.append(self._seen[record_id])
            else:
                self._take(record_id, row, answer)
        return lacking

    async def _bring(self, seen: Seen) -> None:
        image = fetch(self._links.zoho, self._mapping.module, seen)
        fetched = await self._asked(seen.record_id, image, MOVED)
        if fetched is not None:
            await self._hand_over(seen, fetched)

    async def _doubt(self, seen: Seen) -> None:
        """Moodle has a photo, and the CRM shows none."""
        record_id = seen.record_id
        if self._attempts[record_id] < LOOKS:
            self._known[record_id] = ABSENT
            return
        state = self._remembered.get(record_id)
        attachment_id = state.attachment_id if state is not None else None
        proof = is_gone(self._links.zoho, self._mapping, seen, attachment_id)
        gone = await self._asked(record_id, proof)
        if gone:
            self._gone.append(PhotoRow(record_id, seen.read_time, None))
        elif gone is not None:
            self._known[record_id] = HIDDEN

    async def _hand_over(self, seen: Seen, image: bytes) -> None:
        if seen.record_id not in await self._hold.held():
            return
        digest = hashlib.sha256(image).hexdigest()
        row = PhotoRow(seen.record_id, seen.read_time, digest, image)
        try:
            [answer] = await self._links.moodle.set_photos([row])
        except STUBBORN as error:
            self._moodle.add(seen.record_id, error)
        else:
            self._moodle.cleared()
            self._take(seen.record_id, row, answer)

    def _take(self, record_id: str, row: PhotoRow, answer: RowAnswer) -> None:
        code = _code(answer)
        if code == "unknown_student":
            what = "The student's row has not reached Moodle yet."
            self._known[record_id] = Delivered("failed", "photo_unknown_student", what)
        elif code == "deleted_student":
            self._known[record_id] = Delivered("deleted")
        elif code:
            named = "; ".join(f"{error.field}: {error.code}" for error in answer.errors)
            self._known[record_id] = Delivered("rejected", f"photo_{code}", named)
        elif answer.action == "stale" and row.read_time == NO_TIME:
            self._vanished.append(self._seen[record_id])
        else:
            self._known[record_id] = Delivered(answer.action)
            if answer.action != "stale":
                self._states[record_id] = _state(self._seen[record_id], row)


def _state(seen: Seen, row: PhotoRow) -> PhotoState:
    source = seen.attachment.id if seen.attachment is not None else None
    return PhotoState(seen.mark, row.content_hash, attachment_id=source)


def _code(answer: RowAnswer) -> str:
    """Why it was rejected, in the plugin's word; empty if it was not."""
    if answer.action != "rejected":
        return ""
    return answer.errors[0].code if answer.errors else "rejected"


def _of_error(error: MziError) -> Delivered:
    if isinstance(error, RetryLater):
        return failed(error)
    return Delivered("rejected", error.reason, error.message)
