"""The set-up, step by step: what is connected, and what comes next."""

from __future__ import annotations

from msgspec import Struct
from starlette.responses import Response

from mzi_bridge.admin.ports import SetUpStanding
from mzi_bridge.admin.routing import look
from mzi_bridge.admin.text import N_
from mzi_bridge.admin.visit import Visit
from mzi_bridge.journal.audit import AuditFilter, AuditRow
from mzi_bridge.journal.runs import RunState
from mzi_bridge.pipeline.sync import Mode
from mzi_bridge.pipeline.sync_jobs import KIND
from mzi_bridge.pipeline.sync_standing import job_of

PAGE = "/admin/set-up"


class Step(Struct, frozen=True):
    """`state`: good, warn (begun, or last tried in vain) or note (to come). `tried` is its last
    check that is known."""

    path: str
    title: str
    about: str
    state: str
    tried: AuditRow | None = None


async def show(visit: Visit) -> Response:
    """GET /admin/set-up"""
    steps = await steps_of(visit)
    return visit.page("set_up.html", steps=steps, next=_next(steps))


async def steps_of(visit: Visit) -> tuple[Step, ...]:
    """All steps, in order."""
    standing = await visit.ports.set_up.standing()
    return (
        await _zoho(visit, standing),
        await _moodle(visit, standing),
        await _mapping(visit),
        await _channels(visit, standing),
        await _first_sync(visit),
    )


def _next(steps: tuple[Step, ...]) -> Step | None:
    return next((step for step in steps if step.state != "good"), None)


async def _zoho(visit: Visit, standing: SetUpStanding) -> Step:
    return await _step(
        visit,
        "zoho",
        N_("Connect Zoho CRM"),
        N_("The bridge reads the CRM with a consent that you give there."),
        "check_zoho",
        is_there=standing.has_consent,
    )


async def _moodle(visit: Visit, standing: SetUpStanding) -> Step:
    return await _step(
        visit,
        "moodle",
        N_("Connect Moodle"),
        N_("The bridge writes into Moodle with the token of a user of its own."),
        "check_moodle",
        is_there=standing.has_moodle_token and bool(standing.moodle_url),
    )


async def _mapping(visit: Visit) -> Step:
    return await _step(
        visit,
        "mapping",
        N_("Check the mapping"),
        N_("Which field of the CRM fills which column of Moodle, compared with both."),
        "check_mapping",
        is_there=False,
    )


async def _step(
    visit: Visit, name: str, title: str, about: str, action: str, *, is_there: bool
) -> Step:
    tried = await last_try(visit, action)
    if tried is not None and tried.outcome == "done":
        state = "good"
    else:
        state = "warn" if is_there or tried is not None else "note"
    return Step(f"{PAGE}/{name}", title, about, state, tried)


async def _channels(visit: Visit, standing: SetUpStanding) -> Step:
    links = visit.ports.links()
    there = {row.module for row in await visit.ports.journal.channels.list()}
    wanted = set(links.preset.modules) if links is not None else set()
    is_whole = bool(wanted) and wanted <= there
    state = "good" if is_whole else "warn" if standing.public_url or there else "note"
    about = N_("Zoho tells the bridge of each change as soon as it happens.")
    return Step(f"{PAGE}/channels", N_("Register channels"), about, state)


async def _first_sync(visit: Visit) -> Step:
    jobs = [
        job_of(run, run.position) for run in await visit.ports.journal.runs.recent(50, kind=KIND)
    ]
    full = [job for job in jobs if job.mode is Mode.FULL and not job.dry_run]
    links = visit.ports.links()
    wanted = set(links.preset.modules) if links is not None else set()
    through = {module for job in full for module in job.finished}
    running = any(job.state is RunState.RUNNING for job in full)
    state = "good" if wanted and wanted <= through else "warn" if running or full else "note"
    about = N_("Every record of the CRM is carried to Moodle once.")
    return Step(f"{PAGE}/first-sync", N_("Carry everything over"), about, state)


async def last_try(visit: Visit, action: str) -> AuditRow | None:
    rows = await visit.ports.journal.audit.list(AuditFilter(action=action), limit=1)
    return rows[0] if rows else None


ROUTES = (look("/set-up", show),)
