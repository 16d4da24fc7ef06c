"""Spans of a change's way, for OpenTelemetry. Imported only where an endpoint is set: what it needs
comes with `pip install mzi-bridge[traces]`.

A span holds machine words and event ids, and nothing of an exception but its kind: the text of one
may quote a value.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import SpanKind, Status, StatusCode

from mzi_bridge.bound import bound
from mzi_bridge.zoho.transport import CallReport

EVENTS = "mzi.event_ids"
_NANOSECONDS = 1e9


def provider_to(endpoint: str) -> TracerProvider:
    """Sends to an OTLP collector over HTTP, from a thread of its own. Shut it down at the end."""
    provider = TracerProvider(resource=Resource.create({SERVICE_NAME: "mzi-bridge"}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=endpoint)))
    return provider


class Traces:
    """Told of the pieces of the way as they begin and end, and of calls when they are over."""

    def __init__(self, provider: TracerProvider) -> None:
        self._tracer = provider.get_tracer("mzi_bridge")

    @contextmanager
    def span(self, name: str, known: Mapping[str, Any]) -> Iterator[None]:
        """As `pipeline.trail.Span`."""
        with self._tracer.start_as_current_span(
            name,
            attributes={f"mzi.{key}": value for key, value in known.items()},
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            try:
                yield
            except BaseException as error:
                span.set_status(Status(StatusCode.ERROR, type(error).__name__))
                raise

    def zoho_called(self, report: CallReport) -> None:
        """The CRM client's observer."""
        known = {"mzi.operation": report.operation, "mzi.status": report.status}
        self._over("zoho", report.seconds, known, well=200 <= report.status < 400)

    def moodle_called(self, function: str, outcome: str, seconds: float) -> None:
        """The Moodle client's observer."""
        known = {"mzi.function": function, "mzi.outcome": outcome}
        self._over("moodle", seconds, known, well=outcome == "ok")

    def _over(self, side: str, seconds: float, known: dict[str, Any], *, well: bool) -> None:
        events = bound().get("event_ids", [])
        end = time.time_ns()
        span = self._tracer.start_span(
            side,
            kind=SpanKind.CLIENT,
            start_time=end - int(seconds * _NANOSECONDS),
            attributes={EVENTS: events, **known},
        )
        if not well:
            span.set_status(Status(StatusCode.ERROR))
        span.end(end)
