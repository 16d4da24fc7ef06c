"""What `mzi doctor` says, as a page: everything that can be wrong, looked at on request."""

from __future__ import annotations

from collections.abc import AsyncIterator

from starlette.responses import Response

from mzi_bridge.admin.asked import links_of
from mzi_bridge.admin.checked import checked
from mzi_bridge.admin.outside import PublicAddress
from mzi_bridge.admin.routing import Acted, act, look
from mzi_bridge.admin.visit import Visit
from mzi_bridge.pipeline.diagnosis import Check
from mzi_bridge.pipeline.doctor import examine
from mzi_bridge.pipeline.doctor_events import event_keys

PAGE = "/admin/diagnostics"


async def show(visit: Visit) -> Response:
    """GET /admin/diagnostics"""
    return visit.page("diagnostics.html", found=None)


async def run(visit: Visit) -> Acted:
    """POST /admin/diagnostics/run: asks both sides; nothing is changed. It answers with the page
    itself: what was found is kept nowhere."""
    found = await checked(_checks(visit))
    return found.acted(visit.page("diagnostics.html", found=found))


async def _checks(visit: Visit) -> AsyncIterator[Check]:
    links, facts = links_of(visit), visit.ports.facts()
    yield event_keys(facts.event_keys)
    probe = PublicAddress(visit.ports).health if facts.public_url else None
    async for check in examine(links, probe):
        yield check


ROUTES = (
    look("/diagnostics", show),
    act("/diagnostics/run", run, "run_diagnostics", back=PAGE),
)
