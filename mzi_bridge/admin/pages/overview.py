"""Is it healthy? All that an office looks at first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from starlette.responses import Response

from mzi_bridge.admin.chart import Line, Mark, chart, top_of
from mzi_bridge.admin.live import stream
from mzi_bridge.admin.routing import look
from mzi_bridge.admin.standing import standing_of
from mzi_bridge.admin.told import told_of
from mzi_bridge.admin.visit import Visit
from mzi_bridge.journal.activity_points import ActivityPoint

SPANS = {"day": 24, "week": 168}
MARKS = 6


async def show(visit: Visit) -> Response:
    """GET /admin/?span=day|week"""
    span = "week" if visit.query.get("span") == "week" else "day"
    found = await visit.ports.journal.activity.series(SPANS[span])
    return visit.page(
        "overview.html", span=span, activity=found, charts=charts(visit, found), **await _now(visit)
    )


async def live(visit: Visit) -> Response:
    """GET /admin/live: the overview's state as server-sent events."""
    return await stream(visit, _part)


async def _part(visit: Visit) -> str:
    return visit.fragment("overview_now.html", **await _now(visit))


async def _now(visit: Visit) -> dict[str, Any]:
    standing = await standing_of(visit.ports)
    trouble = standing.trouble
    return {
        "standing": standing,
        "concerns": standing.concerns(),
        "trouble": trouble and told_of(trouble),
    }


def charts(visit: Visit, found: Sequence[ActivityPoint]) -> list[Any]:
    """Numbers of records, then latencies (seconds)."""
    say, language = visit.language.gettext, visit.language
    numbers = [
        Line(say("Accepted"), [one.accepted for one in found]),
        Line(say("Delivered"), [one.delivered for one in found]),
        Line(say("Refused"), [one.rejected for one in found]),
    ]
    latencies = [
        Line(say("Half of them within"), [one.p50 for one in found]),
        Line(say("95 of 100 within"), [one.p95 for one in found]),
    ]
    heights = [language.span(top_of(latencies) * step / 4) for step in range(5)]
    marks = _marks(visit, found)
    return [
        (say("Records"), numbers, chart(say("Records over time"), numbers, marks)),
        (
            say("From the notice to Moodle"),
            latencies,
            chart(say("Latency over time"), latencies, marks, heights),
        ),
    ]


def _marks(visit: Visit, found: Sequence[ActivityPoint]) -> list[Mark]:
    last = max(1, len(found) - 1)
    is_long = found[-1].at - found[0].at > 48 * 3600
    words = visit.language.day if is_long else visit.language.hour
    places = sorted({round(step * last / MARKS) for step in range(MARKS + 1)})
    return [Mark(place / last, words(found[place].at)) for place in places if place < len(found)]


ROUTES = (look("/", show), look("/live", live))
