"""Known wrong rules: with one of them in the product, the simulation must break a promise."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from msgspec import structs

import mzi_bridge.journal.claiming as claiming
import mzi_bridge.journal.settling as settling
import mzi_bridge.moodle.client as moodle_client
import mzi_bridge.pipeline.backoff as backoff
import mzi_bridge.pipeline.confirm as confirm
import mzi_bridge.pipeline.deliver as deliver
import mzi_bridge.pipeline.module_walk as module_walk
import mzi_bridge.pipeline.photo_carry as photo_carry
import mzi_bridge.pipeline.process as process
import mzi_bridge.pipeline.push.process as push_process
import mzi_bridge.pipeline.push.request_files as request_files
import mzi_bridge.pipeline.push.requests as requests
import mzi_bridge.pipeline.take_events as take_events
import mzi_bridge.sandbox.moodle.upsert as upsert
import mzi_bridge.zoho.transport as transport
from mzi_bridge.errors import MziError
from mzi_bridge.journal.inbox import Inbox
from mzi_bridge.journal.photos import Photos
from mzi_bridge.journal.records import Outcome, OutcomeKind
from tests.simulation.simulation import EVENTS_EVERY, is_told_events, simulate


@dataclass(frozen=True)
class Caught:
    """`seed` is the first one that saw the wrong rule, after `tried`; None if none did."""

    name: str
    seed: int | None
    tried: int
    wrong: str

    def told(self) -> str:
        if self.seed is None:
            return f"NOT SEEN after {self.tried} seeds: {self.name}"
        return f"seen by seed {self.seed} ({self.tried} tried): {self.name}: {self.wrong}"


def hunt(name: str, seeds: int) -> Caught:
    """Breaks the rule in this process, for good, and looks for a seed that sees it."""
    MUTANTS[name]()
    of_events = MUTANTS[name] in OF_EVENTS
    lives = [seed for seed in range(seeds * EVENTS_EVERY) if is_told_events(seed)]
    for tried, seed in enumerate(lives if of_events else range(seeds), start=1):
        verdict = simulate(seed)
        if verdict.wrongs:
            return Caught(name, seed, tried, verdict.wrongs[0])
    return Caught(name, None, seeds, "")


def _patched(place: Any, name: str, make: Callable[[Any], Any]) -> None:
    setattr(place, name, make(getattr(place, name)))


def settle_ignores_newer_notices() -> None:
    def make(held: Any) -> Any:
        async def wrong(*given: Any) -> Any:
            same, newer = await held(*given)
            return [*same, *newer], []

        return wrong

    _patched(settling, "_held", make)


def leases_are_ignored() -> None:
    def make(lease: Any) -> Any:
        async def wrong(connection: Any, tenant: str, claim: Any) -> None:
            await lease(connection, tenant, structs.replace(claim, lease_until=0.0))

        return wrong

    _patched(claiming, "_lease", make)


def answered_before_the_commit() -> None:
    def make(mark: Any) -> Any:
        async def wrong(self: Any, notices: Any, *, deliveries: Any = ()) -> int:
            task = asyncio.get_running_loop().create_task(
                mark(self, notices, deliveries=deliveries)
            )
            _kept.add(task)
            task.add_done_callback(lambda done: done.cancelled() or done.exception())
            return len(notices)

        return wrong

    _patched(Inbox, "mark", make)


_kept: set[asyncio.Task[Any]] = set()


def deletions_need_no_absence() -> None:
    def wrong(claim: Any, resolution: Any) -> Any:
        return [
            (item.record_id, item.deleted_at_ms // 1000)
            for item in claim.items
            if item.deleted_at_ms is not None
        ]

    _patched(process, "_lingering", lambda right: lambda claim, resolution: set())
    _patched(process, "_deletions", lambda right: wrong)


def absence_is_a_deletion() -> None:
    def wrong(claim: Any, resolution: Any) -> Any:
        return [
            (item.record_id, (item.deleted_at_ms or item.changed_at_ms or 0) // 1000)
            for item in claim.items
            if item.record_id in resolution.absent
        ]

    _patched(process, "_deletions", lambda right: wrong)


def failures_are_not_tried_again() -> None:
    def make(right: Any) -> Any:
        def wrong(item: Any, *given: Any) -> Outcome:
            return Outcome(item.record_id, OutcomeKind.DONE)

        return wrong

    _patched(process, "_after_failure", make)


def passing_faults_are_dead_at_once() -> None:
    _patched(backoff, "is_exhausted", lambda right: lambda attempts, age: attempts >= 3)


def a_page_that_failed_counts_as_settled() -> None:
    def make(right: Any) -> Any:
        async def wrong(*given: Any, **named: Any) -> Any:
            try:
                return await right(*given, **named)
            except MziError:
                return {}

        return wrong

    _patched(confirm, "write", make)
    _patched(module_walk, "write", make)


def what_differs_counts_as_confirmed() -> None:
    def make(right: Any) -> Any:
        async def wrong(self: Any, rows: Any) -> Any:
            await right(self, rows)
            return frozenset(rows)

        return wrong

    _patched(confirm.Confirming, "_standing", make)


def reads_are_dated_after_the_fetch() -> None:
    _patched(transport, "_read_time", lambda right: lambda sent: right(sent) + 5)


def personal_values_are_logged() -> None:
    def make(right: Any) -> Any:
        def wrong(mapping: Any, record: Any, read_time: int) -> Any:
            logging.getLogger("mzi_bridge").info("projecting %s", record)
            return right(mapping, record, read_time)

        return wrong

    _patched(deliver, "project", make)


def moodle_has_no_gate() -> None:
    def make(right: Any) -> Any:
        def wrong(self: Any, *given: Any, **named: Any) -> None:
            right(self, *given, **{**named, "parallel": 50})

        return wrong

    _patched(moodle_client.MoodleClient, "__init__", make)


def moodle_writes_what_is_stale() -> None:
    def make(right: Any) -> Any:
        def wrong(site: Any, table: Any, row: Any, *given: Any) -> Any:
            stored = table.get(row.zoho_id)
            if stored is not None and not stored.deleted:
                stored.row["modified_time"] = min(stored.row["modified_time"], row.modified_time)
                stored.row["synced_at"] = min(stored.row["synced_at"], row.read_time)
            return right(site, table, row, *given)

        return wrong

    _patched(upsert, "_decide", make)


def moodle_lifts_tombstones_for_any_read() -> None:
    def make(right: Any) -> Any:
        def wrong(site: Any, table: Any, row: Any, *given: Any) -> Any:
            stored = table.get(row.zoho_id)
            if stored is not None and stored.deleted:
                stored.row["deleted_at"] = min(stored.row["deleted_at"], row.read_time - 1)
            return right(site, table, row, *given)

        return wrong

    _patched(upsert, "_decide", make)


def changed_photos_are_not_fetched() -> None:
    def make(right: Any) -> Any:
        async def wrong(self: Any, module: str, record_ids: Any) -> Any:
            return {
                record_id: structs.replace(state, mark=_marks.get(record_id, state.mark))
                for record_id, state in (await right(self, module, record_ids)).items()
            }

        return wrong

    def looking(right: Any) -> Any:
        async def wrong(zoho: Any, mapping: Any, record_id: str) -> Any:
            seen = await right(zoho, mapping, record_id)
            _marks[record_id] = seen.mark
            return seen

        return wrong

    _patched(Photos, "get", make)
    _patched(photo_carry, "look", looking)


_marks: dict[str, str] = {}


def photos_that_are_not_shown_are_gone() -> None:
    async def wrong(*given: Any) -> bool:
        return True

    _patched(photo_carry, "LOOKS", lambda right: 0)
    _patched(photo_carry, "is_gone", lambda right: wrong)


def requests_are_inserted_without_a_look() -> None:
    def make(right: Any) -> Any:
        def wrong(self: Any, item: Any) -> None:
            right(self, replace(item, sent_at=None))

        return wrong

    _patched(requests._Requests, "_read", make)


def files_are_sent_without_a_look() -> None:
    async def wrong(*given: Any) -> list[str]:
        return []

    _patched(request_files, "_names", lambda right: wrong)


def older_facts_replace_newer() -> None:
    def make(right: Any) -> Any:
        def wrong(event: Any, preset: Any, terms: Any, now_ms: int) -> Any:
            return right(replace(event, occurred_ms=now_ms), preset, terms, now_ms)

        return wrong

    _patched(take_events, "_judged", make)


def released_grades_are_reset() -> None:
    def make(right: Any) -> Any:
        def wrong(rule: Any, item: Any) -> Any:
            found = right(rule, item)
            return replace(found, row={**found.row, **found.extra})

        return wrong

    _patched(push_process, "prepare", make)


OF_EVENTS = (
    requests_are_inserted_without_a_look,
    files_are_sent_without_a_look,
    older_facts_replace_newer,
    released_grades_are_reset,
)
"""Wrong only where Moodle tells something."""

MUTANTS: dict[str, Callable[[], None]] = {
    rule.__name__.replace("_", " "): rule
    for rule in (
        settle_ignores_newer_notices,
        leases_are_ignored,
        answered_before_the_commit,
        deletions_need_no_absence,
        absence_is_a_deletion,
        failures_are_not_tried_again,
        passing_faults_are_dead_at_once,
        a_page_that_failed_counts_as_settled,
        what_differs_counts_as_confirmed,
        reads_are_dated_after_the_fetch,
        personal_values_are_logged,
        moodle_has_no_gate,
        moodle_writes_what_is_stale,
        moodle_lifts_tombstones_for_any_read,
        changed_photos_are_not_fetched,
        photos_that_are_not_shown_are_gone,
        *OF_EVENTS,
    )
}
