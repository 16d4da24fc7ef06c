"""A change's way can be followed span by span, and only where somebody asked for it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import anyio
import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode

from mzi_bridge.journal.records import event_id
from mzi_bridge.settings import Settings, SettingsError
from mzi_bridge.sight import traces
from tests.support.world import ADMIN_TOKEN, World, open_world

ADMIN = {"Authorization": f"Bearer {ADMIN_TOKEN}"}
ENDPOINT = "http://127.0.0.1:4318/v1/traces"
STUDENTS = "BTEC_Students"


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with open_world(tmp_path) as world:
        yield world


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> InMemorySpanExporter:
    exporter = InMemorySpanExporter()

    def provider_to(endpoint: str) -> TracerProvider:
        assert endpoint == ENDPOINT
        provider = TracerProvider()
        provider.add_span_processor(SimpleSpanProcessor(exporter))
        return provider

    monkeypatch.setattr(traces, "provider_to", provider_to)
    return exporter


def of_event(exporter: InMemorySpanExporter, event: str) -> list[ReadableSpan]:
    return [
        span
        for span in exporter.get_finished_spans()
        if event in (span.attributes or {}).get(traces.EVENTS, ())  # type: ignore[operator]
    ]


async def test_notice_claim_read_and_write_are_spans_of_one_event(
    world: World, spans: InMemorySpanExporter
) -> None:
    student = world.some(STUDENTS)
    async with world.serving(trace_endpoint=ENDPOINT) as http:
        await http.post("/api/v1/admin/setup-zoho-webhooks", headers=ADMIN)
        world.edit(STUDENTS, student, City="canary")
        event = event_id(STUDENTS, student, int(world.clock.now() * 1000))
        world.tell_channels()
        await world.settled()
        with anyio.fail_after(60):
            while True:
                if "claim" in {span.name for span in of_event(spans, event)}:
                    break
                await anyio.sleep(0.005)
    found = {span.name: span for span in of_event(spans, event)}
    assert found.keys() == {"notice", "claim", "zoho", "moodle"}
    claim = found["claim"].context
    for side in ("zoho", "moodle"):
        parent = found[side].parent
        assert claim is not None and parent is not None and parent.span_id == claim.span_id
    assert (found["zoho"].attributes or {})["mzi.operation"] == "records.by_ids"
    assert (found["moodle"].attributes or {})["mzi.function"] == "local_mzi_upsert_students"
    assert (found["claim"].attributes or {})["mzi.module"] == STUDENTS
    told = "".join(span.to_json() for span in spans.get_finished_spans())
    assert "canary" not in told


def test_a_span_that_fails_tells_the_kind_of_the_exception_only(
    spans: InMemorySpanExporter,
) -> None:
    told = traces.Traces(traces.provider_to(ENDPOINT))
    with pytest.raises(ValueError, match="canary"), told.span("claim", {"event_ids": ["e"]}):
        raise ValueError("canary")
    (span,) = spans.get_finished_spans()
    assert (span.status.status_code, span.status.description) == (StatusCode.ERROR, "ValueError")
    assert "canary" not in span.to_json()


def test_nothing_of_it_is_imported_unless_an_endpoint_is_set() -> None:
    code = (
        "import sys, json, mzi_bridge.cli.serve\n"
        "print(json.dumps([m for m in sys.modules if m.startswith('opentelemetry')]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == []


async def test_an_endpoint_without_the_extra_is_told_at_the_start(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "mzi_bridge.sight.traces", None)
    with pytest.raises(SettingsError, match="MZI_TRACE_ENDPOINT") as refused:
        async with world.serving(trace_endpoint=ENDPOINT):
            pass
    assert "mzi-bridge[traces]" in str(refused.value)


def test_an_endpoint_that_is_no_address_is_refused() -> None:
    with pytest.raises(ValueError, match="MZI_TRACE_ENDPOINT"):
        Settings.model_validate({"MZI_TRACE_ENDPOINT": "collector"})
