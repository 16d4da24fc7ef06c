"""The later steps of the set-up: mapping, channels, and the first sync."""

from __future__ import annotations

from starlette.responses import Response

from mzi_bridge.admin.asked import links_of
from mzi_bridge.admin.caller import own_origin
from mzi_bridge.admin.checked import FAILED
from mzi_bridge.admin.outside import PublicAddress
from mzi_bridge.admin.routing import Acted, act, look
from mzi_bridge.admin.text import N_, Text, counted
from mzi_bridge.admin.visit import Visit
from mzi_bridge.errors import OperatorError
from mzi_bridge.journal.audit import DONE
from mzi_bridge.mapping.check import Finding, Severity
from mzi_bridge.pipeline.channels import setup
from mzi_bridge.pipeline.check_mappings import check_mappings
from mzi_bridge.pipeline.sync_jobs import KIND
from mzi_bridge.pipeline.sync_standing import job_of

MAPPING = "/admin/set-up/mapping"
CHANNELS = "/admin/set-up/channels"
OK = 200


async def mapping(visit: Visit) -> Response:
    """GET /admin/set-up/mapping"""
    return visit.page("set_up_mapping.html", findings=None)


async def check_mapping(visit: Visit) -> Acted:
    """POST /admin/set-up/mapping/check: the mapping against both ends as they are now."""
    links = links_of(visit)
    found = [f for f in await check_mappings(links) if f.severity is not Severity.INFO]
    errors = sum(finding.severity is Severity.ERROR for finding in found)
    by_module: dict[str, list[Finding]] = {module: [] for module in links.preset.modules}
    for finding in found:
        by_module.setdefault(finding.module, []).append(finding)
    return Acted(
        response=visit.page("set_up_mapping.html", findings=by_module, errors=errors),
        outcome=FAILED if errors else DONE,
        details={"errors": errors, "warnings": len(found) - errors},
    )


async def channels(visit: Visit) -> Response:
    """GET /admin/set-up/channels"""
    standing = await visit.ports.set_up.standing()
    links = visit.ports.links()
    return visit.page(
        "set_up_channels.html",
        standing=standing,
        address=standing.public_url or own_origin(visit.request, visit.ports.terms),
        recorded={row.module: row for row in await visit.ports.journal.channels.list()},
        modules=list(links.preset.modules) if links is not None else [],
    )


async def register(visit: Visit) -> Acted:
    """POST /admin/set-up/channels/register {address}: asks the address from outside, keeps it, and
    has Zoho tell it of changes."""
    links = links_of(visit)
    standing = await visit.ports.set_up.standing()
    address = visit.field("address").rstrip("/") or standing.public_url
    status = await PublicAddress(visit.ports, address).health()
    if status != OK:
        raise OperatorError(
            f"The public address answers HTTP {status} instead of this bridge.",
            reason="public_address_wrong",
            fix="Let it lead to this bridge: check DNS, proxy and certificate.",
        )
    if address != standing.public_url:
        await visit.ports.set_up.keep_public_address(address, visit.session.actor)
    outcomes = await setup(links, address, int(visit.ports.facts().channel_hours))
    failed = next((outcome for outcome in outcomes if outcome.done == "failed"), None)
    if failed is not None:
        raise OperatorError(
            f"{failed.module}: Zoho registered no channel ({failed.reason}).",
            reason=failed.reason or "channel_failed",
            fix=failed.fix,
        )
    told = counted(
        "%(number)s channel is registered.",
        "%(number)s channels are registered.",
        len(outcomes),
    )
    return Acted(CHANNELS, told, target=address, details={"channels": len(outcomes)})


async def first_sync(visit: Visit) -> Response:
    """GET /admin/set-up/first-sync"""
    runs = await visit.ports.journal.runs.recent(1, kind=KIND)
    latest = job_of(runs[0], runs[0].position) if runs else None
    return visit.page("set_up_first_sync.html", latest=latest, begun=Text(N_("Begun")))


ROUTES = (
    look("/set-up/mapping", mapping),
    act("/set-up/mapping/check", check_mapping, "check_mapping", back=MAPPING),
    look("/set-up/channels", channels),
    act("/set-up/channels/register", register, "set_up_channels", back=CHANNELS),
    look("/set-up/first-sync", first_sync),
)
