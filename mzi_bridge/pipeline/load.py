"""What travels together in a sync: whole pages, made ready while those before them are written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Self

from mzi_bridge.mapping import ModuleMapping
from mzi_bridge.pipeline.deliver import Projected, projected
from mzi_bridge.pipeline.resolve import ReadRecord
from mzi_bridge.pipeline.walk import Step


class Load:
    """Pages that are written together: what was read, then what is to be written of it."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.records: dict[str, ReadRecord] = {}
        self.projected = Projected({}, {}, {})

    def add(self, step: Step, records: Mapping[str, ReadRecord]) -> None:
        self.steps.append(step)
        self.records.update(records)

    def ready(self, mapping: ModuleMapping) -> Self:
        self.projected = projected(mapping, self.records)
        return self
