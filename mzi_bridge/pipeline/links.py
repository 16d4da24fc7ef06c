"""What every use case works with: the two sides, the journal between them, and the mapping."""

from __future__ import annotations

from dataclasses import dataclass

from mzi_bridge.clock import Clock
from mzi_bridge.journal.journal import Journal
from mzi_bridge.mapping import Preset
from mzi_bridge.moodle.functions import MoodleFunctions
from mzi_bridge.zoho.client import ZohoClient


@dataclass(frozen=True)
class Links:
    journal: Journal
    zoho: ZohoClient
    moodle: MoodleFunctions
    preset: Preset
    clock: Clock
    batch_size: int = 200
