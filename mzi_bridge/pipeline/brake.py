"""The brake: no fault of the CRM takes something away from many students at once.

Moodle's plugin counts what is taken away: tombstones on living rows, and changes of a status to
one that closes (`closing` in the mapping). Past max(10, 2 %) of an entity within an hour it
applies none and answers `held`. Such a change leaves the inbox for the journal's held changes.
While a module has any, nothing of it that takes away is applied, however much time passes: the
operator looks at the list and confirms it, or the CRM takes it back, which clears it by itself.
What is confirmed travels in calls of its own, past the brake; so does what the operator has
discarded, and is held whoever brings it, until the CRM tells of a newer one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from mzi_bridge.journal.held import HeldNow
from mzi_bridge.journal.journal import Journal
from mzi_bridge.journal.records import Claim, HeldKind
from mzi_bridge.mapping import ModuleMapping
from mzi_bridge.moodle.functions import WriteOptions
from mzi_bridge.pipeline.links import Links

ALARM = "brake"
OVER_THE_CAP = "over_the_cap"
BRAKE_ON = "brake_on"


class Brake(Struct, frozen=True):
    """The brake of one module as it is now, for one kind of change of the records asked for.

    `confirmed`: those with the operator's word. `discarded`: those whose change the operator
    has decided against, and that the CRM has told nothing newer of.
    """

    holding: bool
    confirmed: frozenset[str]
    discarded: frozenset[str]
    closing: Mapping[str, tuple[str, ...]]

    @property
    def reason(self) -> str:
        """Why a change that is held now is held."""
        return BRAKE_ON if self.holding else OVER_THE_CAP

    def calls(self, record_ids: Iterable[str]) -> Iterator[tuple[WriteOptions, list[str]]]:
        """The records of each kind of call, in their order: those that the operator has decided
        on apart from the others."""
        ids = list(record_ids)
        usual = WriteOptions(brake="hold" if self.holding else "on", closing=self.closing)
        decided = self.confirmed | self.discarded
        yield usual, [i for i in ids if i not in decided]
        yield replace(usual, brake="confirmed"), [i for i in ids if i in self.confirmed]
        yield replace(usual, brake="hold"), [i for i in ids if i in self.discarded]


async def brake_of(
    links: Links, mapping: ModuleMapping, kind: HeldKind, versions: Mapping[str, int]
) -> Brake:
    """`versions` (epoch s, by id): of a deletion its proof's, of a row see `versions_of`."""
    now = await links.journal.held.now(mapping.module, list(versions))
    confirmed = frozenset(i for i, one in now.live.items() if one.confirmed and one.kind is kind)
    discarded = frozenset(
        i
        for i, version in versions.items()
        if i not in confirmed and is_discarded(now, i, kind, version)
    )
    return Brake(now.waiting, confirmed, discarded, mapping.closing)


def is_discarded(now: HeldNow, record_id: str, kind: HeldKind, version: int) -> bool:
    """Whether the operator has decided against this change. `version` (epoch s) as for
    `brake_of`."""
    at_ms = now.discarded.get((record_id, kind))
    return at_ms is not None and version <= at_ms // 1000


async def split_discarded(
    links: Links, module: str, deletions: Mapping[str, int]
) -> tuple[dict[str, int], list[str]]:
    """Proven deletions (epoch s, by id) without those that the operator has decided against,
    and the ids of these."""
    now = await links.journal.held.now(module, list(deletions))
    against = [i for i, at in deletions.items() if is_discarded(now, i, HeldKind.DELETE, at)]
    return {i: at for i, at in deletions.items() if i not in set(against)}, against


def versions_of(mapping: ModuleMapping, rows: Mapping[str, Mapping[str, Any]]) -> dict[str, int]:
    """The rows' own versions; 0 where the module has none: nothing of it is told to be newer."""
    versioned = mapping.modified_time_field is not None
    return {i: int(row["modified_time"]) if versioned else 0 for i, row in rows.items()}


def closes(mapping: ModuleMapping, row: Mapping[str, Any]) -> HeldKind | None:
    """What a row leaves taken away once it stands in Moodle."""
    closed = any(row.get(column) in values for column, values in mapping.closing.items())
    return HeldKind.CLOSING if closed else None


async def with_proofs(links: Links, claim: Claim) -> Claim:
    """The claim with the proofs of deletions that are held: the notice at hand, an update told
    late, may know nothing of them."""
    live = (await links.journal.held.now(claim.module, [i.record_id for i in claim.items])).live
    if not live:
        return claim
    items = []
    for item in claim.items:
        held = live.get(item.record_id)
        proofs = (item.deleted_at_ms, held.deleted_at_ms if held else None)
        newest = max((at for at in proofs if at is not None), default=None)
        items.append(replace(item, deleted_at_ms=newest))
    return replace(claim, items=tuple(items))


async def hold(
    links: Links,
    module: str,
    changes: Mapping[str, HeldKind],
    *,
    reason: str,
    at: Mapping[str, int],
) -> None:
    """Holds changes that Moodle did not apply outside a claim, as in a sync. The worker then
    looks at each record itself, unless it is held for the same already. `at`: epoch seconds by id,
    when the CRM showed it so."""
    live = (await links.journal.held.now(module, list(changes))).live
    new = {i: kind for i, kind in changes.items() if i not in live or live[i].kind is not kind}
    if new:
        at_ms = {record_id: at[record_id] * 1000 for record_id in new}
        await links.journal.held.hold(module, new, reason=reason, at_ms=at_ms)
        await tell(links.journal, module)


async def overtaken(links: Links, module: str, record_ids: Sequence[str]) -> list[str]:
    """Those of the records, none of them held now, that have a held change all the same: the
    worker is to look at them, and closes what has become of it."""
    live = (await links.journal.held.now(module, record_ids)).live
    return [record_id for record_id in record_ids if record_id in live]


async def tell(journal: Journal, module: str) -> None:
    """Raises or ends the alarm of the module, by what is held now."""
    number = (await journal.held.counts()).get(module, 0)
    if number:
        await journal.alarms.raise_alarm(ALARM, module, _message(module, number))
    else:
        await journal.alarms.clear(ALARM, module)


async def remind(journal: Journal) -> None:
    """The alarms of all modules anew: what a crash kept from being told, and what still waits."""
    counts = await journal.held.counts()
    await journal.alarms.clear_all_but(ALARM, counts)
    for module, number in counts.items():
        await journal.alarms.raise_alarm(ALARM, module, _message(module, number))


def _message(module: str, number: int) -> str:
    return (
        f"{number} held back that would take something away from students; until this is decided"
        f" nothing of the kind is applied. Look: mzi held list --module {module}. If it is right:"
        f" mzi held confirm --module {module} --confirm-deletes {number}. If not, mend it in the"
        " CRM: it then clears by itself; or mzi held discard."
    )
