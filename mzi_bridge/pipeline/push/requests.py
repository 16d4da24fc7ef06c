"""Requests of students into the CRM: inserted once, told to Moodle, their files behind them.

An insert cannot be sent twice: that it is about to be sent is kept first, and after that without
an answer the CRM is looked through for the mark of the request before it is sent again.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from msgspec import structs

from mzi_bridge.errors import MziError, RetryLater
from mzi_bridge.journal.push_records import (
    ClaimedPush,
    PushClaim,
    PushOutcome,
    PushOutcomeKind,
    PushStep,
)
from mzi_bridge.mapping import JsonValue, WriteRule, project_write
from mzi_bridge.pipeline.facts import RequestFile
from mzi_bridge.pipeline.isolate import isolate
from mzi_bridge.pipeline.links import Links
from mzi_bridge.pipeline.push.ending import Pushed, carry_out
from mzi_bridge.pipeline.push.find_request import Sought, find_requests
from mzi_bridge.pipeline.push.hold import PushHold
from mzi_bridge.pipeline.push.quiet import QUIET_SECONDS, Quiet
from mzi_bridge.pipeline.push.request_files import Files, attach_files
from mzi_bridge.pipeline.push.rows import REFUSALS, refusal_of
from mzi_bridge.pipeline.push.twice import tell_twice
from mzi_bridge.zoho.records import ROW_LIMIT
from mzi_bridge.zoho.rows import RowResult

log = logging.getLogger(__name__)
INSERTED = "inserted"
CONFIRMED = "confirmed"
WINDOW_SECONDS = 300.0
"""So far Moodle's clock may be off from ours when an event is taken in."""
DAY_SECONDS = 86_400.0
FILE_REFUSED = "file_refused"


@dataclass(frozen=True)
class _Request:
    """`crm_id`: its record, once it is known. `asked_at`: when it was made in Moodle (epoch s);
    `sent_at`: an insert may have been carried out."""

    key: str
    student_id: str
    row: Mapping[str, JsonValue] = field(repr=False)
    files: Files
    crm_id: str | None
    asked_at: float
    sent_at: float | None
    step: str


async def push_requests(
    links: Links,
    rule: WriteRule,
    claim: PushClaim,
    jitter: Callable[[], float],
    hold: PushHold,
    quiet: Quiet,
) -> Pushed:
    """As `process.push`, for a kind that is known by a mark."""
    work = _Requests(links, rule, claim, hold, quiet)
    return await carry_out(links, claim, rule.module, work.work, lambda _: work.ended, jitter)


class _Requests:
    def __init__(
        self, links: Links, rule: WriteRule, claim: PushClaim, hold: PushHold, quiet: Quiet
    ) -> None:
        self.ended: dict[str, PushOutcome] = {}
        self._links = links
        self._rule = rule
        self._claim = claim
        self._hold = hold
        self._quiet = quiet
        self._open: dict[str, _Request] = {}

    async def work(self) -> None:
        """Each step is kept as soon as it is done: whoever comes next goes on behind it."""
        now = self._links.clock.now()
        for item in self._claim.items:
            if left := self._quiet.left(item.record_key):
                self._put_off(item.record_key, now + left)
            else:
                self._read(item)
        await self._insert([one for one in self._waiting() if one.sent_at is None])
        await self._look([one for one in self._waiting() if one.sent_at is not None])
        await self._insert(self._waiting())
        await self._confirm([one for one in self._open.values() if one.step != CONFIRMED])
        for one in [*self._open.values()]:
            await self._attach(one)

    def _waiting(self) -> list[_Request]:
        return [one for one in self._open.values() if one.crm_id is None]

    def _read(self, item: ClaimedPush) -> None:
        key = item.record_key
        if item.facts is None:
            self._die(key, "sealed_lost", "No key of MZI_SECRET_KEY opens what was to be written.")
            return
        facts = json.loads(item.facts)
        row, faults = project_write(self._rule, facts, new=True)
        for fault in faults:
            log.warning("field left out: %s %s: %s", self._rule.kind, fault.column, fault.code)
        needed = [name for name in (self._rule.mark, *self._rule.writes("student_id")) if name]
        if any(not row.get(name) for name in needed):
            self._die(key, "projection", f"One of {', '.join(needed)} cannot be filled.")
        elif not str(facts.get("reason") or "").endswith(_mark(key)):
            self._die(key, "mark_missing", "Its text does not end with its number.")
        else:
            told = [RequestFile.model_validate(file) for file in facts.get("files") or ()]
            files = Files(key, facts["requestid"], item.crm_id or "", told)
            self._open[key] = _Request(
                key,
                facts["student_id"],
                row,
                files,
                item.crm_id,
                item.occurred_ms / 1000,
                item.sent_at,
                item.step,
            )

    async def _insert(self, requests: Sequence[_Request]) -> None:
        for start in range(0, len(requests), ROW_LIMIT):
            part = requests[start : start + ROW_LIMIT]
            results = await isolate(part, self._send, REFUSALS)
            for one, result in zip(part, results, strict=True):
                if isinstance(result, MziError):
                    self._die(one.key, result.reason, result.message)
                elif not result.ok:
                    self._die(one.key, *refusal_of(result))

    async def _send(self, part: Sequence[_Request]) -> Sequence[RowResult]:
        keys = [one.key for one in part]
        _all_held(await self._links.journal.pushes.sending(self._claim, keys), keys)
        rows = [one.row for one in part]
        with self._quiet_after(keys):
            results = await self._links.zoho.records.insert(self._rule.module, rows)
        made = [
            PushStep(one.key, INSERTED, result.id, _ms(result.modified_time))
            for one, result in zip(part, results, strict=True)
            if result.ok and result.id is not None
        ]
        await self._note(made)
        return results

    async def _look(self, requests: Sequence[_Request]) -> None:
        """What was sent and not answered: found, to be sent again, or not yet to be told."""
        now = self._links.clock.now()
        sought: list[Sought] = []
        for one in requests:
            at = (one.sent_at or 0.0) + QUIET_SECONDS
            if at > now:
                self._put_off(one.key, at)
            else:
                sought.append(Sought(one.key, _mark(one.key), one.student_id, _earliest(one)))
        found = await find_requests(self._links, self._rule, sought) if sought else {}
        await self._note([PushStep(key, INSERTED, ids[0]) for key, ids in found.items()])
        for key, ids in found.items():
            if len(ids) > 1:
                await tell_twice(self._links, key, ids)

    async def _confirm(self, requests: Sequence[_Request]) -> None:
        pairs = [(one.key, one.student_id, one.crm_id or "") for one in requests]
        if not pairs:
            return
        keys = [one.key for one in requests]
        _all_held(await self._hold.held(), keys)
        answers = await self._links.moodle.confirm_requests(pairs)
        for key, answer in zip(keys, answers, strict=True):
            if answer.action == "rejected":
                reason = answer.errors[0].code if answer.errors else "rejected"
                self._die(key, reason, "Moodle does not take the id of the request's record.")
        await self._note([PushStep(key, CONFIRMED) for key in keys if key in self._open])

    async def _attach(self, one: _Request) -> None:
        async def still_held() -> None:
            _all_held(await self._hold.held(), [one.key])

        with self._quiet_after([one.key]):
            refused = await attach_files(self._links, self._rule.module, one.files, still_held)
        if refused:
            self._die(one.key, FILE_REFUSED, f"A file is not in the CRM: {', '.join(refused)}.")
        else:
            self._end(PushOutcome(one.key, PushOutcomeKind.DONE, crm_id=one.crm_id))

    async def _note(self, steps: Sequence[PushStep]) -> None:
        if not steps:
            return
        for step in steps:
            before = self._open[step.record_key]
            crm_id = step.crm_id or before.crm_id
            self._open[step.record_key] = replace(
                before,
                crm_id=crm_id,
                step=step.step,
                files=structs.replace(before.files, crm_id=crm_id or ""),
            )
        await self._links.journal.pushes.step(self._claim, steps)

    @contextmanager
    def _quiet_after(self, keys: Sequence[str]) -> Iterator[None]:
        """What raises within may have had an effect that is still to come."""
        try:
            yield
        except MziError as error:
            if getattr(error, "effect_unknown", False):
                self._quiet.begin(keys)
            raise

    def _put_off(self, key: str, at: float) -> None:
        self._end(PushOutcome(key, PushOutcomeKind.RETRY, "looked_for", retry_at=at))

    def _die(self, key: str, reason: str, message: str) -> None:
        self._end(PushOutcome(key, PushOutcomeKind.DEAD, reason, message))

    def _end(self, outcome: PushOutcome) -> None:
        self.ended[outcome.record_key] = outcome
        self._open.pop(outcome.record_key, None)


def _mark(number: str) -> str:
    return f"[{number}]"


def _earliest(one: _Request) -> float:
    """When its insert was carried out at the earliest (epoch s): not before it was made in Moodle,
    whatever the hour here was when it was sent. Of what waited for days, a day is enough."""
    sent_at = one.sent_at or 0.0
    return min(sent_at, max(one.asked_at - WINDOW_SECONDS, sent_at - DAY_SECONDS))


def _ms(seconds: int | None) -> int | None:
    return None if seconds is None else seconds * 1000


def _all_held(held: frozenset[str], keys: Sequence[str]) -> None:
    """Raises RetryLater if some passed to another pusher: what was begun is told by the steps."""
    if not held.issuperset(keys):
        raise RetryLater("Some writes passed to another pusher.", reason="lease_lost")
