"""Who watches a bridge at work: metrics always, traces where an endpoint is set."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from msgspec import Struct

from mzi_bridge.app.engine import Engine
from mzi_bridge.app.links import Observers, daily_credits
from mzi_bridge.clock import Clock
from mzi_bridge.journal.journal import Journal
from mzi_bridge.pipeline.trail import Trail
from mzi_bridge.settings import SettingFault, Settings, SettingsError
from mzi_bridge.sight.metrics import Metrics
from mzi_bridge.sight.scrape import Scrape


class Sight(Struct, frozen=True):
    """Lives as long as the process, whatever generations of the bridge it watches."""

    metrics: Metrics
    observers: Observers


@contextmanager
def sight_of(settings: Settings, journal: Journal) -> Iterator[Sight]:
    """Raises SettingsError if traces are wanted and what they need is not installed."""
    metrics = Metrics()
    journal.activity.listen(metrics)
    with _traced(settings) as traced:
        observers = Observers(
            (metrics.zoho_called, *traced.zoho),
            (metrics.moodle_called, *traced.moodle),
            traced.trail,
        )
        yield Sight(metrics, observers)


def scrape_of(sight: Sight, engine: Engine, settings: Settings, clock: Clock) -> Scrape:
    """`settings` count for as long as no bridge is at work."""

    def credits_daily() -> int:
        now = engine.generation.bridge.settings if engine.generation else settings
        return daily_credits(now)

    return Scrape(sight.metrics, engine.journal, clock, credits_daily)


@contextmanager
def _traced(settings: Settings) -> Iterator[Observers]:
    endpoint = settings.trace_endpoint
    if endpoint is None:
        yield Observers()
        return
    try:
        from mzi_bridge.sight.traces import Traces, provider_to
    except ImportError:
        fault = SettingFault(
            "MZI_TRACE_ENDPOINT", "needs what is not installed", "pip install mzi-bridge[traces]"
        )
        raise SettingsError([fault]) from None
    provider = provider_to(endpoint)
    traces = Traces(provider)
    try:
        yield Observers((traces.zoho_called,), (traces.moodle_called,), Trail(traces.span))
    finally:
        provider.shutdown()
