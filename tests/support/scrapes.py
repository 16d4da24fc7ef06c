"""A scrape as a monitor reads it."""

from __future__ import annotations

from collections.abc import Mapping

import httpx2
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

METRICS = "/metrics"


class Scraped:
    """`families` holds every metric by its name in a rule, without the endings of a histogram."""

    def __init__(self, text: str) -> None:
        found = list(text_string_to_metric_families(text))
        self.families = {
            f"{one.name}_total" if one.type == "counter" else one.name: one for one in found
        }
        self.samples: list[Sample] = [sample for one in found for sample in one.samples]

    def value(self, name: str, **labels: str) -> float | None:
        """Of the one series with just these labels."""
        found = [s.value for s in self.samples if s.name == name and s.labels == labels]
        assert len(found) <= 1, found
        return found[0] if found else None

    def by(self, name: str, label: str) -> Mapping[str, float]:
        """Sums by the value of one label."""
        sums: dict[str, float] = {}
        for sample in self.samples:
            if sample.name == name:
                word = sample.labels[label]
                sums[word] = sums.get(word, 0.0) + sample.value
        return sums


async def scrape(http: httpx2.AsyncClient, **headers: str) -> Scraped:
    answer = await http.get(METRICS, headers=headers)
    assert answer.status_code == 200, answer.text
    return Scraped(answer.text)
