"""Changes that a delta poll finds and of which a notice ought to have told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from mzi_bridge.mapping import ModuleMapping, project
from mzi_bridge.pipeline.links import Links
from mzi_bridge.pipeline.resolve import ReadRecord

LATE_SECONDS = 300
"""A notice may take so long; a younger change may yet be told."""


class Untold:
    """Counts, page by page, what Moodle did not have though it changed some time ago.

    Only changes from `since` (epoch s, the CRM's clock: the last poll) count, and none of a
    record that is dirty: its notice came, and the work is under way.
    """

    def __init__(self, links: Links, mapping: ModuleMapping, since: int) -> None:
        self._links = links
        self._mapping = mapping
        self._since = since
        self._dirty: frozenset[str] = frozenset()
        self.count = 0

    async def before(self, records: Mapping[str, ReadRecord]) -> None:
        """Looks, before the page is delivered, which of its records are dirty."""
        self._dirty = await self._links.journal.inbox.dirty_among(
            self._mapping.module, list(records)
        )

    def after(self, records: Mapping[str, ReadRecord], changed: Iterable[str]) -> None:
        """`changed`: those that Moodle inserted or updated."""
        self.count += sum(
            self._is_late(records[record_id])
            for record_id in changed
            if record_id not in self._dirty
        )

    def _is_late(self, read: ReadRecord) -> bool:
        row = project(self._mapping, read.record, read.read_time).row
        if row is None:
            return False
        modified = row["modified_time"]
        return isinstance(modified, int) and self._since <= modified < read.read_time - LATE_SECONDS
