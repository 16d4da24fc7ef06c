"""One record: all that is known of it, what would change now, and carrying it over at once."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from mzi_bridge.admin.asked import links_of, plain_name
from mzi_bridge.admin.live import stream
from mzi_bridge.admin.record_path import record_path
from mzi_bridge.admin.routing import Acted, Kind, act, look
from mzi_bridge.admin.text import N_, Text, counted
from mzi_bridge.admin.visit import Visit
from mzi_bridge.errors import OperatorError
from mzi_bridge.journal.audit import Detail
from mzi_bridge.journal.records import Notice, Operation, Source
from mzi_bridge.mapping import ModuleMapping
from mzi_bridge.pipeline.links import Links
from mzi_bridge.pipeline.preview import preview
from mzi_bridge.pipeline.record_story import story_of
from mzi_bridge.pipeline.resync_student import resync_student
from mzi_bridge.pipeline.students import STUDENTS

BACK = "/admin/records/{module}/{id}"


async def show(visit: Visit) -> Response:
    """GET /admin/records/{module}/{id}"""
    return await _page(visit)


async def live(visit: Visit) -> Response:
    """GET /admin/records/{module}/{id}/live: the story as server-sent events."""
    return await stream(visit, _part)


async def _part(visit: Visit) -> str:
    return visit.fragment("record_now.html", **await _now(visit))


async def _now(visit: Visit) -> dict[str, Any]:
    links = links_of(visit)
    module, record_id = _named(visit)
    story = await story_of(links, record_id, module)
    return {"module": module, "record_id": record_id, "story": story, "known": story.now}


async def _page(visit: Visit, **context: Any) -> Response:
    links = links_of(visit)
    module, record_id = _named(visit)
    mapping = links.preset.modules.get(module)
    given: dict[str, Any] = {
        "path": record_path(module, record_id),
        "entity": "" if mapping is None else mapping.entity,
        "is_student": mapping is not None and mapping.entity == STUDENTS,
        "preview": None,
        **await _now(visit),
        **context,
    }
    return visit.page("record.html", **given)


async def look_ahead(visit: Visit) -> Acted:
    """POST /admin/records/{module}/{id}/preview: what carrying it over now would change. Its
    values are on this one answer and nowhere else."""
    links = links_of(visit)
    mapping, record_id = _mapped(visit, links)
    seen = await preview(links, mapping, record_id)
    page = await _page(visit, preview=seen)
    details = {"id": record_id, "would_be": seen.action}
    return Acted(response=page, target=mapping.module, details=details)


async def carry(visit: Visit) -> Acted:
    """POST /admin/records/{module}/{id}/carry: it is read anew within seconds."""
    links = links_of(visit)
    mapping, record_id = _mapped(visit, links)
    at_ms = int(links.clock.now() * 1000)
    notice = Notice(mapping.module, record_id, Operation.UPDATE, at_ms, Source.OPERATOR)
    await links.journal.inbox.mark([notice])
    told = Text(N_("The record is read from the CRM and carried over within seconds."))
    to = record_path(mapping.module, record_id)
    return Acted(to, told, target=mapping.module, details={"id": record_id})


async def resync(visit: Visit) -> Acted:
    """POST /admin/records/{module}/{id}/resync: the student with all records that name them."""
    links = links_of(visit)
    mapping, record_id = _mapped(visit, links)
    if mapping.entity != STUDENTS:
        raise OperatorError("This module is not that of the students.", reason="not_a_student")
    done = await resync_student(links, record_id)
    told = counted(
        "%(number)s record is read anew and carried over within a minute.",
        "%(number)s records are read anew and carried over within a minute.",
        done.total,
    )
    if done.not_asked:
        names = ", ".join(sorted(done.not_asked))
        told = Text(
            N_("%(marked)s records are read anew. The CRM did not answer for: %(modules)s."),
            {"marked": done.total, "modules": names},
        )
    details: dict[str, Detail] = {
        "id": record_id,
        "records": done.total,
        "not_asked": len(done.not_asked),
    }
    to = record_path(mapping.module, record_id)
    kind: Kind = "plain" if done.not_asked else "good"
    return Acted(to, told, kind, target=mapping.module, details=details)


def _named(visit: Visit) -> tuple[str, str]:
    """Raises OperatorError bad_record_id for an address that can be no record's."""
    named = visit.request.path_params
    module, record_id = plain_name(named["module"]), plain_name(named["id"])
    if module is None or record_id is None:
        raise OperatorError("No record has such an id.", reason="bad_record_id")
    return module, record_id


def _mapped(visit: Visit, links: Links) -> tuple[ModuleMapping, str]:
    module, record_id = _named(visit)
    mapping = links.preset.modules.get(module)
    if mapping is None:
        raise OperatorError(f"{module} is not mapped.", reason="module_not_mapped")
    return mapping, record_id


ROUTES = (
    look("/records/{module}/{id}", show),
    look("/records/{module}/{id}/live", live),
    act("/records/{module}/{id}/preview", look_ahead, "preview_record", back=BACK),
    act("/records/{module}/{id}/carry", carry, "carry_record", back=BACK),
    act("/records/{module}/{id}/resync", resync, "resync_student", back=BACK),
)
