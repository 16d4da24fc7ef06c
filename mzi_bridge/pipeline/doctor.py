"""Is everything in order? One line per thing that can be wrong, each with its mending."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

from mzi_bridge.errors import MziError
from mzi_bridge.moodle.functions import PluginStatus
from mzi_bridge.pipeline.check_mappings import check_mappings
from mzi_bridge.pipeline.links import Links

State = Literal["ok", "warning", "failed"]
CONTRACT_VERSION = 1
SKEW_SECONDS = 60
EXPIRY_WARNING_SECONDS = 2 * 3600
LEAST_POST_BYTES = 2 * 1024 * 1024
CORE_FUNCTIONS = ("get_status", "get_contract", "get_manifest", "get_rows", "delete_records")


@dataclass(frozen=True)
class Check:
    """What was looked at, how it stands, and what to do if it does not stand well."""

    name: str
    state: State
    detail: str
    fix: str = ""


PublicProbe = Callable[[], Awaitable[int]]


async def examine(links: Links, public_url: PublicProbe | None = None) -> AsyncIterator[Check]:
    """Checks database, CRM, Moodle, mapping, clocks, public address and channels, in order.

    `public_url` asks the bridge's own public health address and answers the HTTP status.
    Never raises for what it finds: an error becomes a failed check with its fix.
    """
    yield await _guarded("database", lambda: _database(links))
    zoho = await _guarded("zoho token", lambda: _zoho_token(links))
    yield zoho
    status, moodle = await _plugin_status(links)
    yield moodle
    if status is not None:
        yield _contract_version(status)
        yield _functions(links, status)
        yield _limits(status)
        yield _skew("clock of moodle", status.server_time - links.clock.now())
    if zoho.state != "failed":
        yield await _guarded("clock of zoho", lambda: _zoho_clock(links))
    if zoho.state != "failed" and status is not None:
        async for check in _mapping(links):
            yield check
    if public_url is not None:
        yield await _guarded("public address", lambda: _public(public_url))
    async for check in _channels(links):
        yield check


async def _guarded(name: str, look: Callable[[], Awaitable[Check]]) -> Check:
    try:
        return await look()
    except MziError as error:
        return Check(name, "failed", f"{error.reason}: {error.message}", error.fix)


async def _database(links: Links) -> Check:
    await links.journal.ping()
    counts = await links.journal.inbox.counts()
    return Check("database", "ok", f"reachable, {counts.dirty} records waiting")


async def _zoho_token(links: Links) -> Check:
    modules = {info.api_name for info in await links.zoho.metadata.modules()}
    missing = [name for name in links.preset.modules if name not in modules]
    if missing:
        return Check(
            "zoho token",
            "warning",
            f"accepted, but the CRM shows no module {', '.join(missing)}",
            "Give the token's user access to them, or correct the mapping.",
        )
    return Check("zoho token", "ok", f"accepted, {len(modules)} modules visible")


async def _zoho_clock(links: Links) -> Check:
    module = next(iter(links.preset.modules))
    page = await links.zoho.records.page(module, 1, per_page=1)
    return _skew("clock of zoho", page.read_time - links.clock.now())


async def _plugin_status(links: Links) -> tuple[PluginStatus | None, Check]:
    try:
        status = await links.moodle.status()
    except MziError as error:
        return None, Check("moodle", "failed", f"{error.reason}: {error.message}", error.fix)
    detail = f"Moodle {status.moodle_version}, local_mzi {status.release}"
    return status, Check("moodle", "ok", detail)


def _contract_version(status: PluginStatus) -> Check:
    name = "plugin contract"
    if status.contract_version == CONTRACT_VERSION:
        return Check(name, "ok", f"version {CONTRACT_VERSION}")
    return Check(
        name,
        "failed",
        f"the plugin speaks version {status.contract_version}, the bridge {CONTRACT_VERSION}",
        "Install bridge and plugin of the same release.",
    )


def _functions(links: Links, status: PluginStatus) -> Check:
    wanted = {f"local_mzi_{name}" for name in CORE_FUNCTIONS}
    wanted |= {f"local_mzi_upsert_{m.entity}" for m in links.preset.modules.values()}
    missing = sorted(wanted - set(status.functions))
    if missing:
        return Check(
            "functions",
            "failed",
            f"the service lacks {', '.join(missing)}",
            "Upgrade the plugin, then run local/mzi/cli/setup_bridge.php again.",
        )
    return Check("functions", "ok", f"{len(wanted)} present")


def _limits(status: PluginStatus) -> Check:
    if 0 < status.post_max_bytes < LEAST_POST_BYTES:
        return Check(
            "limits",
            "warning",
            f"post_max_size is {status.post_max_bytes} bytes",
            "Raise PHP's post_max_size to 8M or more, or lower MZI_BATCH_SIZE.",
        )
    detail = f"{status.max_records} rows a call, max_input_vars {status.max_input_vars}"
    return Check("limits", "ok", detail)


def _skew(name: str, seconds: float) -> Check:
    detail = f"{seconds:+.0f} s against this machine"
    if abs(seconds) <= SKEW_SECONDS:
        return Check(name, "ok", detail)
    return Check(name, "warning", detail, "Set the clocks by NTP.")


async def _mapping(links: Links) -> AsyncIterator[Check]:
    try:
        findings = await check_mappings(links)
    except MziError as error:
        yield Check("mapping", "failed", f"{error.reason}: {error.message}", error.fix)
        return
    for module in links.preset.modules:
        faults = [f for f in findings if f.module == module and f.severity != "info"]
        if not faults:
            yield Check(f"mapping of {module}", "ok", "every field and column exists")
        for fault in faults:
            state: State = "failed" if fault.severity == "error" else "warning"
            meant = f"Did you mean {', '.join(fault.suggestions)}?" if fault.suggestions else ""
            yield Check(f"mapping of {module}", state, f"{fault.key}: {fault.message}", meant)


async def _public(public_url: PublicProbe) -> Check:
    status = await public_url()
    if status == 200:
        return Check("public address", "ok", "answers")
    return Check(
        "public address",
        "failed",
        f"answered HTTP {status}",
        "Zoho must reach WEBHOOK_BASE_URL: check DNS, proxy and certificate.",
    )


async def _channels(links: Links) -> AsyncIterator[Check]:
    try:
        rows = await links.journal.channels.list()
    except MziError as error:
        yield Check("channels", "failed", f"{error.reason}: {error.message}", error.fix)
        return
    now = links.clock.now()
    for module in links.preset.modules:
        ends = [row.expires_at for row in rows if row.module == module]
        yield _channel(module, max(ends, default=0.0) - now)


def _channel(module: str, seconds_left: float) -> Check:
    name = f"channel of {module}"
    if seconds_left <= 0:
        return Check(name, "failed", "none", "Run mzi channels setup.")
    hours = seconds_left / 3600
    if seconds_left < EXPIRY_WARNING_SECONDS:
        return Check(name, "warning", f"ends in {hours:.1f} h", "Is mzi serve running?")
    return Check(name, "ok", f"ends in {hours:.1f} h")
