"""The notification channels at Zoho: by them it tells of changes."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.responses import Response

from mzi_bridge.admin.asked import links_of, plain_name
from mzi_bridge.admin.outside import PublicAddress
from mzi_bridge.admin.routing import Acted, act, look
from mzi_bridge.admin.text import N_, Text, counted
from mzi_bridge.admin.told import told_of
from mzi_bridge.admin.visit import Visit
from mzi_bridge.errors import MziError, OperatorError
from mzi_bridge.pipeline.channel_terms import ChannelOutcome
from mzi_bridge.pipeline.channel_test import send_own_notice
from mzi_bridge.pipeline.channels import (
    ChannelState,
    delete_channels,
    list_channels,
    renew_due,
    setup,
)

PAGE = "/admin/channels"


async def show(visit: Visit) -> Response:
    """GET /admin/channels: what is recorded, and what Zoho says, if it can be asked."""
    recorded = await visit.ports.journal.channels.list()
    states: Sequence[ChannelState] = ()
    trouble = None
    try:
        states = await list_channels(links_of(visit))
    except MziError as error:
        trouble = told_of(error)
    return visit.page(
        "channels.html",
        states=states,
        recorded={row.channel_id: row for row in recorded},
        trouble=trouble,
        url=visit.ports.facts().public_url,
    )


async def set_up(visit: Visit) -> Acted:
    """POST /admin/channels/set-up: one channel for each module; what is amiss is replaced."""
    outcomes = await setup(links_of(visit), _url(visit), visit.ports.facts().channel_hours)
    return _acted(outcomes)


async def renew(visit: Visit) -> Acted:
    """POST /admin/channels/renew: all of them, due or not."""
    hours = visit.ports.facts().channel_hours
    return _acted(await renew_due(links_of(visit), hours, force=True))


async def delete(visit: Visit) -> Acted:
    """POST /admin/channels/delete {module}"""
    module = plain_name(visit.field("module"))
    if module is None:
        raise OperatorError("No module is named.", reason="nothing_chosen")
    return _acted(await delete_channels(links_of(visit), [module]), module)


async def test(visit: Visit) -> Acted:
    """POST /admin/channels/test: a notice of our own through the public address."""
    ports = visit.ports
    took = await send_own_notice(
        ports.journal, ports.clock.now(), _url(visit), PublicAddress(ports).post
    )
    told = Text(
        N_("The public address leads to this bridge and its door for notices (%(ms)s ms)."),
        {"ms": round(1000 * took)},
    )
    return Acted(PAGE, told, details={"ms": round(1000 * took)})


def _url(visit: Visit) -> str:
    url = visit.ports.facts().public_url
    if url is None:
        raise OperatorError(
            "WEBHOOK_BASE_URL is not set.",
            reason="public_url_missing",
            fix="Set it to the address at which Zoho reaches the bridge.",
        )
    return url


def _acted(outcomes: Sequence[ChannelOutcome], target: str = "") -> Acted:
    failed = [outcome for outcome in outcomes if outcome.done == "failed"]
    details = {outcome.module: outcome.reason or outcome.done for outcome in outcomes}
    if failed:
        told = Text(
            N_("%(module)s failed: %(reason)s. %(fix)s"),
            {"module": failed[0].module, "reason": failed[0].reason, "fix": failed[0].fix},
        )
        return Acted(PAGE, told, "bad", target, details, outcome=failed[0].reason)
    told = counted(
        "%(number)s channel is in order now.",
        "%(number)s channels are in order now.",
        len(outcomes),
    )
    return Acted(PAGE, told, target=target, details=details)


ROUTES = (
    look("/channels", show),
    act("/channels/set-up", set_up, "set_up_channels", back=PAGE),
    act("/channels/renew", renew, "renew_channels", back=PAGE),
    act("/channels/delete", delete, "delete_channel", back=PAGE),
    act("/channels/test", test, "test_channel", back=PAGE),
)
