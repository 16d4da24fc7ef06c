"""The CRM's side of the doctor: token, scopes, clock, credits, channels."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from functools import partial

from mzi_bridge.errors import MziError
from mzi_bridge.pipeline.channels import ChannelState, list_channels
from mzi_bridge.pipeline.diagnosis import Check, failed, guarded, skew
from mzi_bridge.pipeline.links import Links, ZohoSide
from mzi_bridge.zoho.errors import NoPermission, ScopeMissing
from mzi_bridge.zoho.reserve import CreditReserve

TOKEN = "zoho token"  # noqa: S105
EXPIRY_WARNING_SECONDS = 2 * 3600
SET_UP = "Run mzi channels setup."


async def examine_zoho(links: ZohoSide) -> AsyncIterator[Check]:
    """The token first; with one, what it may do, and what notifications there are."""
    try:
        token = await links.zoho.tokens.current()
    except MziError as error:
        yield failed(TOKEN, error)
        return
    minutes = (token.expires_at - links.clock.now()) / 60
    yield Check(TOKEN, "ok", f"granted, good for {minutes:.0f} more minutes")
    for scope, probe in _probes(links).items():
        yield await guarded(f"scope {scope}", partial(_scope, scope, probe))
    yield await guarded("modules of zoho", lambda: _modules(links))
    yield await guarded("clock of zoho", lambda: _clock(links))
    if (credits := links.zoho.credits) is not None:
        yield await guarded("credits of zoho", partial(_credits, credits))


async def examine_channels(links: Links) -> AsyncIterator[Check]:
    """One line for each mapped module: whether its changes are told, and until when."""
    try:
        states = await list_channels(links)
    except MziError as error:
        yield failed("channels", error)
        return
    for module in links.preset.modules:
        yield _channel(module, [s for s in states if s.module == module], links.clock.now())


def _probes(links: ZohoSide) -> Mapping[str, Callable[[], Awaitable[object]]]:
    """For each scope the cheapest call that needs it."""
    module, zoho = next(iter(links.preset.modules)), links.zoho
    return {
        "ZohoCRM.modules": lambda: zoho.records.page(module, 1, per_page=1),
        "ZohoCRM.settings": lambda: zoho.metadata.modules(),
        "ZohoCRM.notifications": lambda: zoho.channels.list(),
        "ZohoCRM.bulk": lambda: zoho.bulk.knows("1"),
    }


async def _scope(scope: str, probe: Callable[[], Awaitable[object]]) -> Check:
    name = f"scope {scope}"
    try:
        await probe()
    except ScopeMissing as error:
        return Check(name, "failed", "the token lacks it", error.fix)
    except NoPermission:
        return Check(name, "ok", "granted; the user's profile forbids the first module")
    return Check(name, "ok", "granted")


async def _modules(links: ZohoSide) -> Check:
    modules = {info.api_name for info in await links.zoho.metadata.modules()}
    missing = [name for name in links.preset.modules if name not in modules]
    if missing:
        return Check(
            "modules of zoho",
            "failed",
            f"the CRM shows no module {', '.join(missing)}",
            "Give the token's user access to them, or correct the mapping.",
        )
    return Check("modules of zoho", "ok", f"all {len(links.preset.modules)} are there")


async def _clock(links: ZohoSide) -> Check:
    module = next(iter(links.preset.modules))
    page = await links.zoho.records.page(module, 1, per_page=1)
    return skew("clock of zoho", page.read_time - links.clock.now())


async def _credits(credits: CreditReserve) -> Check:
    now = await credits.allowance()
    detail = f"{now.spent} of {now.daily} used by the bridge in 24 h, {now.kept} kept for live work"
    if now.said:
        detail += f"; {now.left} left in the organisation, Zoho says"
    if now.for_background:
        return Check("credits of zoho", "ok", detail)
    return Check(
        "credits of zoho",
        "warning",
        f"{detail}; backfill, poll and reconcile wait",
        "Wait for credits to come free, buy more, or correct MZI_ZOHO_EDITION or "
        "MZI_ZOHO_DAILY_CREDITS.",
    )


def _channel(module: str, states: list[ChannelState], now: float) -> Check:
    name = f"channel of {module}"
    live = [state for state in states if state.at_zoho and state.recorded and state.as_recorded]
    left = max((state.expires_at or 0.0 for state in live), default=0.0) - now
    if left > 0:
        detail = f"ends in {left / 3600:.1f} h"
        if left < EXPIRY_WARNING_SECONDS:
            return Check(name, "warning", detail, "Is mzi serve running? It renews channels.")
        return Check(name, "ok", detail)
    if any(state.recorded for state in states):
        return Check(name, "failed", "Zoho no longer has it as it was registered", SET_UP)
    return Check(name, "failed", "none", SET_UP)
