"""The words of a reconciliation: what may be wrong with a record, and what became of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct, field

from mzi_bridge.errors import MziError


class Kind(StrEnum):
    """What is wrong with one record.

    missing: in the CRM, no living row in Moodle. extra: a living row, not in the CRM. stale:
    Moodle's version is older. altered: the same version, other content. orphan: the row names a
    parent that is not in Moodle. unreadable: the mapping rejects the record, so that Moodle
    cannot hold it. unlinked: a student or teacher without a Moodle user, of whom nobody
    in Moodle has decided that it be so; nothing of the CRM's is wrong or lacking there, so it is
    no drift, but told.
    """

    MISSING = "missing"
    EXTRA = "extra"
    STALE = "stale"
    ALTERED = "altered"
    ORPHAN = "orphan"
    UNREADABLE = "unreadable"
    UNLINKED = "unlinked"

    @property
    def is_drift(self) -> bool:
        return self is not Kind.UNLINKED


OF_THE_RECORD = (Kind.MISSING, Kind.STALE, Kind.ALTERED, Kind.UNREADABLE)
"""Kinds that are about a record of the CRM, each record having one of them at most."""


class Finding(Struct, frozen=True):
    """One record and what is wrong with it: ids and column names, never a value.

    `columns` differ (altered), or name the parent (orphan). `reason` is one word more: why a
    record is unreadable, why a repair failed, or of an extra row `deleted_in_crm` (the CRM lists
    the deletion), `held` (the brake waits for a person) or `not_shown_by_crm` (the CRM does not
    list it: no proof, so nothing is deleted).
    """

    kind: Kind
    record_id: str
    columns: tuple[str, ...] = ()
    reason: str = ""


class ModuleReport(Struct, frozen=True):
    """One module compared. `in_crm` and `in_moodle` (living) count records.

    `found` is what stands now, after a repair what is left; `repaired` what was mended.
    `moving` records changed while the run looked: they are on their way and no drift.
    `unchecked` rows raise doubts whose records the run's credits did not suffice to read, or
    that the CRM did not show when asked again.
    `looked_into` counts records whose content was compared with the CRM's.
    """

    module: str
    in_crm: int = 0
    in_moodle: int = 0
    looked_into: int = 0
    found: tuple[Finding, ...] = ()
    repaired: tuple[Finding, ...] = ()
    moving: int = 0
    unchecked: int = 0
    error: MziError | None = None

    @property
    def agrees(self) -> bool:
        """Zero drift, and nothing that was not seen."""
        return not (any(f.kind.is_drift for f in self.found) or self.unchecked or self.error)

    @property
    def rows_agree(self) -> bool:
        """As `agrees`, whatever may be lacking of the parents that the rows name."""
        wrong = any(f.kind in OF_THE_RECORD or f.kind is Kind.EXTRA for f in self.found)
        return not (wrong or self.unchecked or self.error)

    @property
    def agreed(self) -> int:
        """Records that stand in Moodle as the CRM has them, those just repaired among them."""
        wrong = sum(finding.kind in OF_THE_RECORD for finding in self.found)
        return self.in_crm - wrong - self.unchecked - self.moving

    def ids(self, kind: Kind) -> tuple[str, ...]:
        return tuple(sorted(f.record_id for f in self.found if f.kind is kind))

    def counts(self) -> Counter[str]:
        """By kind, with `repaired`, `moving` and `unchecked`."""
        counts = Counter(finding.kind.value for finding in self.found)
        counts.update(repaired=len(self.repaired), moving=self.moving, unchecked=self.unchecked)
        return +counts


class Reconciliation(Struct, frozen=True):
    """A whole run; `credits` of the CRM's API that it took."""

    modules: Mapping[str, ModuleReport] = field(default_factory=dict)
    credits: int = 0

    @property
    def agrees(self) -> bool:
        return all(report.agrees for report in self.modules.values())

    def counts(self) -> Counter[str]:
        total: Counter[str] = Counter()
        for report in self.modules.values():
            total.update(report.counts())
        return total
