"""One module, both sides: a first look, a second at what differs, and the repair."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet

from msgspec.structs import replace

from mzi_bridge.mapping import ModuleMapping
from mzi_bridge.mapping.standing import lacks_user
from mzi_bridge.pipeline.deleted_list import OVERLAP_SECONDS, deleted_since, mark_deleted
from mzi_bridge.pipeline.echo import on_their_way
from mzi_bridge.pipeline.links import Links
from mzi_bridge.pipeline.reconcile.crm import FirstLook
from mzi_bridge.pipeline.reconcile.drift import Finding, Kind, ModuleReport
from mzi_bridge.pipeline.reconcile.extras import Extras, explain
from mzi_bridge.pipeline.reconcile.mend import mend
from mzi_bridge.pipeline.reconcile.moodle import Stored, is_living, rows_of, stored_rows
from mzi_bridge.pipeline.reconcile.orphans import Family
from mzi_bridge.pipeline.reconcile.seen import IN_DOUBT, Seen, judge, not_standing, see
from mzi_bridge.pipeline.recycle_bin import mark_to_read
from mzi_bridge.pipeline.resolve import ReadRecord, Resolution, resolve

GROUP = 100
IN_GROUPS = 5000
SINGLY = 200
"""How many records are read again by id where nothing is repaired: it is only a report then."""
REPAIRED_KINDS = (Kind.MISSING, Kind.STALE, Kind.ALTERED)
DELETED = "deleted_in_crm"
DISCARDED = "discarded"
HELD = "held"
UNPROVEN = "not_shown_by_crm"
Told = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and how much there is to do."""


class ModuleComparison:
    """The state of one module's comparison. `look` is what the CRM showed at first."""

    def __init__(
        self,
        links: Links,
        mapping: ModuleMapping,
        look: FirstLook,
        family: Family,
        *,
        repair: bool,
        told: Told,
    ) -> None:
        self._links = links
        self._mapping = mapping
        self._look = look
        self._family = family
        self._repair = repair
        self._told = told
        self._standing = 0
        self._suspects: dict[str, Finding] = {}
        self._extra: dict[str, Stored] = {}
        self._unlinked: list[str] = []
        self._found: list[Finding] = []
        self._repaired: list[Finding] = []
        self._own: frozenset[str] = frozenset()
        self._moving = 0
        self._unchecked = 0

    async def run(self, living: Sequence[str]) -> ModuleReport:
        """`living`: ids that Moodle's manifest showed. Raises what the links raise."""
        await self._first_sight(living)
        extras = await self._explain_extras()
        await self._look_again()
        await self._take_extras(extras)
        await self._match_people()
        return ModuleReport(
            self._mapping.module,
            in_crm=len(self._look.seen),
            in_moodle=self._standing,
            looked_into=sum(seen.row is not None for seen in self._look.seen.values()),
            found=tuple(self._found),
            repaired=tuple(self._repaired),
            moving=self._moving,
            unchecked=self._unchecked,
        )

    async def _first_sight(self, living: Sequence[str]) -> None:
        unmet = dict(self._look.seen)
        async for rows in stored_rows(self._links, self._mapping, living):
            for record_id, stored in rows.items():
                if is_living(stored):
                    self._meet(record_id, stored, unmet.pop(record_id, None))
            self._told("comparing", self._standing, len(living))
        for record_id, seen in unmet.items():
            self._suspects[record_id] = not_standing(record_id, seen)

    def _meet(self, record_id: str, stored: Stored, seen: Seen | None) -> None:
        self._standing += 1
        self._family.note(self._mapping.module, record_id, stored)
        if lacks_user(stored):
            self._unlinked.append(record_id)
        if seen is None:
            self._extra[record_id] = stored
            return
        finding = judge(self._mapping, record_id, seen, stored, self._look.shapes)
        if finding is not None:
            self._suspects[record_id] = finding

    async def _explain_extras(self) -> Extras:
        extras = await explain(self._links, self._mapping, self._extra, self._standing)
        for record_id in extras.hidden:
            self._suspects[record_id] = Finding(Kind.ALTERED, record_id, reason=IN_DOUBT)
        return extras

    async def _look_again(self) -> None:
        done = 0
        for group in self._groups():
            resolution = await resolve(self._links.zoho, self._mapping, group)
            unshown = await self._take_absent(resolution.absent)
            self._own |= await on_their_way(self._links, self._mapping.module, group)
            stored = await rows_of(self._links, self._mapping, group)
            confirmed = [
                finding
                for record_id in group
                if record_id not in unshown
                and (finding := self._verdict(record_id, resolution, stored.get(record_id)))
            ]
            if self._repair:
                confirmed = await self._mended(confirmed, resolution)
            self._found += confirmed
            done += len(group)
            self._told("looking again", done, len(self._suspects))

    def _groups(self) -> Iterator[list[str]]:
        """The suspects to read again; what is left out stands as first seen."""
        ids = sorted(self._suspects, key=lambda i: self._suspects[i].reason == IN_DOUBT)
        most = SINGLY if self._mapping.needs_subform else IN_GROUPS
        again = ids if self._repair else ids[:most]
        for start in range(0, len(again), GROUP):
            yield again[start : start + GROUP]
        self._leave_as_seen(ids[len(again) :])

    def _leave_as_seen(self, ids: Iterable[str]) -> None:
        for record_id in ids:
            if self._suspects[record_id].reason == IN_DOUBT:
                self._unchecked += 1
            else:
                self._found.append(self._suspects[record_id])

    async def _take_absent(self, absent: AbstractSet[str]) -> set[str]:
        """Those that were seen a moment ago and now are neither shown nor listed as deleted:
        they stand as first seen, and in a repair the worker reads them again."""
        if not absent:
            return set()
        module, started = self._mapping.module, self._look.started
        since = None if started is None else started - OVERLAP_SECONDS
        listed = await deleted_since(self._links, module, since)
        unshown = sorted(absent - listed.deleted_at.keys())
        self._leave_as_seen(unshown)
        if self._repair:
            await mark_to_read(self._links, module, unshown, listed.read_time)
        return set(unshown)

    def _verdict(
        self, record_id: str, resolution: Resolution, stored: Stored | None
    ) -> Finding | None:
        """What both sides say now; None where they agree, or where the record is moving."""
        if record_id in resolution.refused:
            reason = resolution.refused[record_id].reason
            return Finding(Kind.UNREADABLE, record_id, reason=reason)
        read = resolution.found.get(record_id)
        if read is None:
            # Seen a moment ago, deleted now: its notice is on the way.
            self._moving += is_living(stored)
            return None
        seen = see(self._mapping, read, whole=True)
        finding = judge(self._mapping, record_id, seen, stored)
        if finding is not None and self._is_moving(record_id, seen, read, stored):
            self._moving += 1
            return None
        return finding

    def _is_moving(
        self, record_id: str, seen: Seen, read: ReadRecord, stored: Stored | None
    ) -> bool:
        """Whether either side changed after the run began to look, or a write of ours is on its
        way back to Moodle."""
        if record_id in self._own:
            return True
        if stored is not None and int(stored.get("synced_at") or 0) > read.read_time:
            return True
        if seen.version is None:
            return False
        first = self._look.seen.get(record_id)
        if first is not None and first.version is not None and first.version != seen.version:
            return True
        started = self._look.started
        # A read is dated a second before its answer: what it shows may be that much younger.
        return started is not None and seen.version > started + 1

    async def _mended(self, findings: list[Finding], resolution: Resolution) -> list[Finding]:
        """Writes what can be written and looks again; what is left."""
        wanted = {f.record_id: f for f in findings if f.kind in REPAIRED_KINDS}
        reads = {i: resolution.found[i] for i in wanted}
        failed = await mend(self._links, self._mapping, reads)
        rows = await rows_of(self._links, self._mapping, list(wanted))
        left = [finding for finding in findings if finding.record_id not in wanted]
        for record_id, finding in wanted.items():
            seen = see(self._mapping, reads[record_id], whole=True)
            still = judge(self._mapping, record_id, seen, rows.get(record_id))
            if still is None:
                self._repaired.append(finding)
            else:
                left.append(replace(still, reason=failed.get(record_id, "")))
        return left

    async def _take_extras(self, extras: Extras) -> None:
        started = self._look.started or 0
        proven = {i: at for i, at in extras.deleted.items() if at <= started + 1}
        self._moving += len(extras.deleted) - len(proven)
        if self._repair:
            # To the worker: it reads each again, and the brake is its.
            await mark_deleted(self._links, self._mapping.module, proven.items())
        self._found += [Finding(Kind.EXTRA, i, reason=DELETED) for i in sorted(proven)]
        self._found += [Finding(Kind.EXTRA, i, reason=DISCARDED) for i in sorted(extras.discarded)]
        self._found += [Finding(Kind.EXTRA, i, reason=UNPROVEN) for i in extras.unproven]

    async def _match_people(self) -> None:
        """Sends people without a Moodle user again, so that the plugin looks for one."""
        for start in range(0, len(self._unlinked), GROUP):
            group = self._unlinked[start : start + GROUP]
            if self._repair:
                resolution = await resolve(self._links.zoho, self._mapping, group)
                await mend(self._links, self._mapping, resolution.found, rewrite=False)
            rows = await rows_of(self._links, self._mapping, group)
            for record_id in group:
                row = rows.get(record_id)
                finding = Finding(Kind.UNLINKED, record_id)
                if row is not None and is_living(row):
                    (self._found if lacks_user(row) else self._repaired).append(finding)
