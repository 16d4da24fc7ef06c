"""What every use case works with: the two sides, the journal between them, and the mapping."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

from mzi_bridge.clock import Clock
from mzi_bridge.journal.journal import Journal
from mzi_bridge.mapping import Preset
from mzi_bridge.moodle.functions import MoodleFunctions
from mzi_bridge.zoho.apis import ZohoApis


@dataclass(frozen=True)
class Links:
    journal: Journal
    zoho: ZohoApis
    moodle: MoodleFunctions
    preset: Preset
    clock: Clock
    batch_size: int = 200

    def in_background(self) -> Self:
        """For backfill, poll and reconcile: calls of the CRM give way to live work."""
        return replace(self, zoho=self.zoho.background)
