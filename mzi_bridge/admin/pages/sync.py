"""Carrying modules over on request: the job that runs, and those that ran."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from mzi_bridge.admin.asked import number_asked, plain_name
from mzi_bridge.admin.live import stream
from mzi_bridge.admin.ports import Syncs
from mzi_bridge.admin.routing import Acted, act, look
from mzi_bridge.admin.text import N_, Text
from mzi_bridge.admin.visit import Visit
from mzi_bridge.errors import OperatorError
from mzi_bridge.journal.runs import RunState
from mzi_bridge.pipeline.sync import Mode
from mzi_bridge.pipeline.sync_jobs import KIND
from mzi_bridge.pipeline.sync_standing import Job, job_of

PAGE = "/admin/sync"
ROWS = 20
GOING = (RunState.RUNNING, RunState.PAUSED)


async def show(visit: Visit) -> Response:
    """GET /admin/sync"""
    links = visit.ports.links()
    modules = dict(links.preset.modules) if links is not None else {}
    return visit.page("sync.html", modules=modules, **await _now(visit))


async def live(visit: Visit) -> Response:
    """GET /admin/sync/live: the jobs as server-sent events."""
    return await stream(visit, _part)


async def _part(visit: Visit) -> str:
    return visit.fragment("sync_now.html", **await _now(visit))


async def _now(visit: Visit) -> dict[str, Any]:
    runs = await visit.ports.journal.runs.recent(ROWS, kind=KIND)
    jobs = [job_of(run, run.position) for run in runs]
    going = [job for job in jobs if job.state in GOING][:1]
    return {"going": going, "jobs": [job for job in jobs if job not in going], "totals": _totals}


def _totals(job: Job) -> dict[str, int]:
    totals: dict[str, int] = {}
    for counts in job.modules.values():
        for word, number in counts.items():
            totals[word] = totals.get(word, 0) + number
    return totals


async def start(visit: Visit) -> Acted:
    """POST /admin/sync/start {module?, mode, dry_run?}"""
    module = plain_name(visit.field("module"))
    mode = Mode.FULL if visit.field("mode") == "full" else Mode.DELTA
    dry_run = visit.field("dry_run") == "1"
    job = await _syncs(visit).start(module, mode, dry_run=dry_run)
    details = {"id": job.id, "mode": mode.value, "dry_run": dry_run}
    return Acted(PAGE, Text(N_("The sync has begun.")), target=module or "", details=details)


async def pause(visit: Visit) -> Acted:
    """POST /admin/sync/pause {id}"""
    job = await _syncs(visit).pause(number_asked(visit, "id"))
    return _told(job, N_("The sync is paused; it goes on where it stopped."))


async def resume(visit: Visit) -> Acted:
    """POST /admin/sync/resume {id}"""
    job = await _syncs(visit).resume(number_asked(visit, "id"))
    return _told(job, N_("The sync goes on."))


async def cancel(visit: Visit) -> Acted:
    """POST /admin/sync/cancel {id}"""
    job = await _syncs(visit).cancel(number_asked(visit, "id"))
    return _told(job, N_("The sync is cancelled; what it carried over stays."))


def _told(job: Job, text: str) -> Acted:
    return Acted(PAGE, Text(text), details={"id": job.id, "state": job.state.value})


def _syncs(visit: Visit) -> Syncs:
    syncs = visit.ports.syncs()
    if syncs is None:
        raise visit.ports.trouble() or OperatorError(
            "The bridge is not connected yet.", reason="not_connected"
        )
    return syncs


ROUTES = (
    look("/sync", show),
    look("/sync/live", live),
    act("/sync/start", start, "start_sync", back=PAGE),
    act("/sync/pause", pause, "pause_sync", back=PAGE),
    act("/sync/resume", resume, "resume_sync", back=PAGE),
    act("/sync/cancel", cancel, "cancel_sync", back=PAGE),
)
