"""Records looked up by the CRM's id or by a student's number.

A number is sent by a form and kept nowhere: neither in an address nor in the audit log.
"""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from mzi_bridge.admin.asked import links_of, plain_name
from mzi_bridge.admin.record_path import record_path
from mzi_bridge.admin.routing import Acted, act, look
from mzi_bridge.admin.told import told_of
from mzi_bridge.admin.visit import Visit
from mzi_bridge.errors import OperatorError
from mzi_bridge.journal.sessions import Role
from mzi_bridge.pipeline.find_records import find_records, may_be_id

PAGE = "/admin/records"
NOT_FOUND = "not_found"


async def show(visit: Visit) -> Response:
    """GET /admin/records"""
    return _page(visit)


def _page(visit: Visit, **context: Any) -> Response:
    return visit.page(
        "records.html", **{"search": None, "wanted": "", "modules": (), "troubles": (), **context}
    )


async def search(visit: Visit) -> Acted:
    """POST /admin/records/search {wanted}: leads to the one record found, or lists them."""
    wanted = plain_name(visit.field("wanted"))
    if wanted is None:
        raise OperatorError("Nothing was written.", reason="nothing_chosen")
    links = links_of(visit)
    found = await find_records(links, wanted)
    if found.only is not None:
        only = found.only
        return Acted(record_path(only.module, only.record_id), target=only.record_id)
    page = _page(
        visit,
        search=found,
        wanted=wanted,
        # An id that nobody knows yet may still be read from the CRM, from the module named.
        modules=tuple(links.preset.modules) if may_be_id(wanted) and not found.hits else (),
        troubles=[told_of(error) for error in found.troubles],
    )
    outcome = found.troubles[0].reason if found.troubles else "done" if found.hits else NOT_FOUND
    return Acted(response=page, outcome=outcome, details={"found": len(found.hits)})


ROUTES = (
    look("/records", show),
    act("/records/search", search, "search_record", back=PAGE, role=Role.VIEWER),
)
