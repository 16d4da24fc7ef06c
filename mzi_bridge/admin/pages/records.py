"""Records looked up by the CRM's id or by a student's number.

A number is sent by a form and kept nowhere: neither in an address nor in the audit log.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from starlette.responses import Response

from mzi_bridge.admin.asked import links_of, plain_name
from mzi_bridge.admin.record_path import record_path
from mzi_bridge.admin.routing import Acted, act, look
from mzi_bridge.admin.told import told_of
from mzi_bridge.admin.visit import Visit
from mzi_bridge.errors import MziError, OperatorError
from mzi_bridge.journal.sessions import Role
from mzi_bridge.pipeline.links import Links
from mzi_bridge.pipeline.record_search import (
    FoundRecord,
    find_by_id,
    find_by_student_number,
    students_of,
)

PAGE = "/admin/records"
SHORTEST_ID = 8
LONGEST_ID = 30
"""The CRM's ids have 15 to 19 digits; students' numbers may be digits, too."""
NOT_FOUND = "not_found"


@dataclass(frozen=True)
class Hit:
    """`known` is where the bridge knows it from; None if the CRM alone was asked."""

    module: str
    record_id: str
    known: FoundRecord | None = None

    @property
    def path(self) -> str:
        return record_path(self.module, self.record_id)


@dataclass(frozen=True)
class Search:
    """`troubles`: what could not be asked, so that more may be there."""

    hits: tuple[Hit, ...] = ()
    troubles: tuple[MziError, ...] = ()

    @property
    def only(self) -> Hit | None:
        return self.hits[0] if len(self.hits) == 1 and not self.troubles else None


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
    found = await _searched(links, wanted)
    if found.only is not None:
        return Acted(found.only.path, target=found.only.record_id)
    page = _page(
        visit,
        search=found,
        wanted=wanted,
        # An id that nobody knows yet may still be read from the CRM, from the module named.
        modules=tuple(links.preset.modules) if _may_be_id(wanted) and not found.hits else (),
        troubles=[told_of(error) for error in found.troubles],
    )
    outcome = found.troubles[0].reason if found.troubles else "done" if found.hits else NOT_FOUND
    return Acted(response=page, outcome=outcome, details={"found": len(found.hits)})


async def _searched(links: Links, wanted: str) -> Search:
    """By id where it may be one, else by number; a number alone costs a credit."""
    found = await _by_id(links, wanted) if _may_be_id(wanted) else Search()
    if found.hits:
        return found
    try:
        ids = await find_by_student_number(links, wanted)
    except MziError as error:
        return replace(found, troubles=(*found.troubles, error))
    module = students_of(links).module
    return replace(found, hits=tuple(Hit(module, record_id) for record_id in ids))


async def _by_id(links: Links, record_id: str) -> Search:
    known = await find_by_id(links, record_id)
    hits = tuple(Hit(one.module, record_id, one) for one in known.found)
    return Search(hits, () if known.trouble is None else (known.trouble,))


def _may_be_id(wanted: str) -> bool:
    return wanted.isascii() and wanted.isdigit() and SHORTEST_ID <= len(wanted) <= LONGEST_ID


ROUTES = (
    look("/records", show),
    act("/records/search", search, "search_record", back=PAGE, role=Role.VIEWER),
)
