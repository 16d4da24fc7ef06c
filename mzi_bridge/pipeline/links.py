"""What every use case works with: the two sides, the journal between them, and the mapping."""

from __future__ import annotations

from typing import Protocol, Self

from msgspec import Struct, field
from msgspec.structs import replace

from mzi_bridge.clock import Clock
from mzi_bridge.journal.journal import Journal
from mzi_bridge.mapping import Preset
from mzi_bridge.moodle.functions import MoodleFunctions
from mzi_bridge.pipeline.batch_size import BatchSize
from mzi_bridge.pipeline.trail import Trail
from mzi_bridge.zoho.apis import ZohoApis


class Links(Struct, frozen=True):
    journal: Journal
    zoho: ZohoApis
    moodle: MoodleFunctions
    preset: Preset
    clock: Clock
    batches: BatchSize = field(default_factory=lambda: BatchSize(200))
    trail: Trail = field(default_factory=Trail)

    def in_background(self) -> Self:
        """For backfill, poll and reconcile: calls of the CRM give way to live work."""
        return replace(self, zoho=self.zoho.background)


class ZohoSide(Protocol):
    """The CRM and what is to be read of it: all of Links that needs no Moodle."""

    @property
    def zoho(self) -> ZohoApis: ...
    @property
    def preset(self) -> Preset: ...
    @property
    def clock(self) -> Clock: ...


class MoodleSide(Protocol):
    """Moodle and what is to be written there: all of Links that needs no CRM."""

    @property
    def moodle(self) -> MoodleFunctions: ...
    @property
    def preset(self) -> Preset: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def batches(self) -> BatchSize: ...
