"""What was counted and read, in Prometheus's text format."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from mzi_bridge.sight import families
from mzi_bridge.sight.families import Family, Kind, Values
from mzi_bridge.sight.lags import BOUNDS, LagsTold

_BOUNDS = (*map(str, BOUNDS), "+Inf")


def exposition(
    counted: Mapping[Family, Values], lags: LagsTold, read: Mapping[Family, Values]
) -> bytes:
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Told([*_valued(counted), _lags(lags), *_valued(read)]))
    return generate_latest(registry)


class _Told(Collector):
    def __init__(self, metrics: list[Metric]) -> None:
        self._metrics = metrics

    def collect(self) -> list[Metric]:
        return self._metrics


def _valued(found: Mapping[Family, Values]) -> Iterator[Metric]:
    for family, values in found.items():
        kind = CounterMetricFamily if family.kind is Kind.COUNTER else GaugeMetricFamily
        metric = kind(family.name, family.help, labels=family.labels)
        for labels, value in values.items():
            metric.add_metric(labels, value)
        yield metric


def _lags(lags: LagsTold) -> Metric:
    metric = HistogramMetricFamily(families.LAG.name, families.LAG.help)
    buckets = list(zip(_BOUNDS, map(float, lags.within), strict=True))
    metric.add_metric([], buckets, lags.seconds)
    return metric
