"""How many records a module has, by few calls."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from mzi_bridge.pipeline.links import Links
from mzi_bridge.pipeline.module_size import module_size


class Pages:
    def __init__(self, records: int) -> None:
        self._records = records
        self.calls = 0

    async def page(self, module: str, number: int, *, fields: list[str]) -> Any:
        assert fields == ["id"], "an id is all that is read"
        self.calls += 1
        left = self._records - (number - 1) * 200
        rows = [{"id": "1"}] * max(0, min(200, left))
        return SimpleNamespace(records=rows, more=left > 200)


@pytest.mark.parametrize("records", [0, 1, 199, 200, 201, 500, 5_000, 100_000, 1_000_000])
async def test_the_size_is_near_the_truth_and_costs_few_calls(records: int) -> None:
    pages = Pages(records)
    links = cast(Links, SimpleNamespace(zoho=SimpleNamespace(records=pages)))
    size = await module_size(links, "BTEC_Students")
    assert abs(size - records) <= max(0 if records <= 200 else 200, records / 8)
    assert pages.calls <= 18
