"""Moodle's side of the doctor: reachable, token, capability, functions, limits, clock."""

from __future__ import annotations

from collections.abc import AsyncIterator

from mzi_bridge.errors import MziError
from mzi_bridge.moodle.errors import MoodleRefused
from mzi_bridge.moodle.functions import PluginStatus
from mzi_bridge.pipeline.diagnosis import Check, failed, guarded, skew
from mzi_bridge.pipeline.links import MoodleSide

REACHED = "moodle"
TOKEN = "moodle token"  # noqa: S105
CAPABILITY = "capability local/mzi:sync"
CONTRACT_VERSION = 1
LEAST_POST_BYTES = 2 * 1024 * 1024
LEAST_INPUT_VARS = 5000
"""What Moodle's own environment check asks for; the bridge's calls need fewer than ten."""

CORE_FUNCTIONS = (
    *("get_status", "get_contract", "get_manifest", "get_rows", "delete_records"),
    *("confirm_rows", "get_student_dashboard"),
)
ADDRESS_REASONS = ("wrong_address", "redirected", "web_services_off")
CAPABILITY_REASON = "nopermissions"


async def examine_moodle(links: MoodleSide) -> AsyncIterator[Check]:
    """Stops at the first line that makes the later ones impossible."""
    try:
        status = await links.moodle.status()
    except MziError as error:
        for check in _blame(error):
            yield check
        return
    yield Check(REACHED, "ok", f"Moodle {status.moodle_version}, local_mzi {status.release}")
    yield Check(TOKEN, "ok", "accepted")
    yield Check(CAPABILITY, "ok", "granted")
    yield _contract_version(status)
    yield await guarded("functions", lambda: _functions(links))
    yield _post_size(status)
    yield _input_vars(status)
    yield _batch_size(links, status)
    yield skew("clock of moodle", status.server_time - links.clock.now())


def _blame(error: MziError) -> list[Check]:
    """Which line a failed call of the plugin belongs to; those before it stand."""
    reached = Check(REACHED, "ok", "answers")
    if not isinstance(error, MoodleRefused) or error.reason in ADDRESS_REASONS:
        return [failed(REACHED, error)]
    if error.reason != CAPABILITY_REASON:
        return [reached, failed(TOKEN, error)]
    accepted = Check(TOKEN, "ok", "accepted")
    return [reached, accepted, failed(CAPABILITY, error)]


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


async def _functions(links: MoodleSide) -> Check:
    wanted = {f"local_mzi_{name}" for name in CORE_FUNCTIONS}
    wanted |= {f"local_mzi_upsert_{m.entity}" for m in links.preset.modules.values()}
    if any(mapping.photo is not None for mapping in links.preset.modules.values()):
        wanted.add("local_mzi_set_photo")
    if "request" in links.preset.writes:
        wanted |= {"local_mzi_confirm_requests", "local_mzi_get_request_file"}
    served = {str(one.get("name")) for one in (await links.moodle.site_info()).functions}
    missing = sorted(wanted - served)
    if missing:
        return Check(
            "functions",
            "failed",
            f"the service lacks {', '.join(missing)}",
            "Upgrade the plugin, then press Check and mend on its page Access of the bridge.",
        )
    return Check("functions", "ok", f"{len(wanted)} present")


def _post_size(status: PluginStatus) -> Check:
    name, bytes_ = "post_max_size", status.post_max_bytes
    if 0 < bytes_ < LEAST_POST_BYTES:
        return Check(
            name,
            "warning",
            f"{bytes_} bytes",
            "Raise PHP's post_max_size to 8M or more, or lower MZI_BATCH_SIZE.",
        )
    return Check(name, "ok", f"{bytes_} bytes" if bytes_ else "unlimited")


def _input_vars(status: PluginStatus) -> Check:
    name, variables = "max_input_vars", status.max_input_vars
    if variables < LEAST_INPUT_VARS:
        return Check(
            name,
            "warning",
            f"{variables}, enough for the bridge, too few for Moodle's own forms",
            f"Set PHP's max_input_vars to {LEAST_INPUT_VARS}, as Moodle asks.",
        )
    return Check(name, "ok", str(variables))


def _batch_size(links: MoodleSide, status: PluginStatus) -> Check:
    name = "batch size"
    if links.batches.most > status.max_records:
        return Check(
            name,
            "failed",
            f"{links.batches.most} records, the plugin takes {status.max_records} a call",
            f"Set MZI_BATCH_SIZE to {status.max_records} or less.",
        )
    return Check(name, "ok", f"{links.batches.most} of {status.max_records} records a call")
