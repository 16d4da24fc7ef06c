"""Where deleted records go: 60 days in the bin, then 120 days as a bare trace."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Literal

from mzi_bridge.sandbox.zoho.record import Deleted

DAY: Final = 86_400
BIN_DAYS: Final = 60
TRACE_DAYS: Final = 120

Kind = Literal["all", "recycle", "permanent"]


class RecycleBin:
    """The deleted records of one module. Hours are epoch seconds of the CRM's clock."""

    def __init__(self) -> None:
        self._entries: dict[str, Deleted] = {}

    def put(self, entry: Deleted) -> None:
        self._entries[entry.record.id] = entry

    def take(self, record_id: str, now: int) -> Deleted | None:
        """Take a record out again; None where it is not in the bin, or no longer."""
        self._age(now)
        entry = self._entries.get(record_id)
        if entry is None or entry.purged is not None:
            return None
        return self._entries.pop(record_id)

    def purge(self, record_id: str, now: int) -> bool:
        """Remove for good, as a person emptying the bin does; False where it is not there."""
        self._age(now)
        entry = self._entries.get(record_id)
        if entry is None or entry.purged is not None:
            return False
        entry.purged = now
        return True

    def listed(self, kind: Kind, since: int | None, now: int) -> list[Deleted]:
        """Newest deletion first; `since` is inclusive."""
        self._age(now)
        return sorted(self._matching(kind, since), key=_newest_first)

    def _matching(self, kind: Kind, since: int | None) -> Iterator[Deleted]:
        for entry in self._entries.values():
            gone = "recycle" if entry.purged is None else "permanent"
            if kind in ("all", gone) and (since is None or entry.deleted >= since):
                yield entry

    def _age(self, now: int) -> None:
        for record_id, entry in list(self._entries.items()):
            if entry.purged is None and now - entry.deleted > BIN_DAYS * DAY:
                entry.purged = entry.deleted + BIN_DAYS * DAY
            if entry.purged is not None and now - entry.purged > TRACE_DAYS * DAY:
                del self._entries[record_id]


def _newest_first(entry: Deleted) -> tuple[int, int]:
    return -entry.deleted, -int(entry.record.id)
