"""Records that were given up: why, and the way back."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from starlette.responses import Response

from mzi_bridge.admin.asked import name_asked, number_asked, number_of, plain_name
from mzi_bridge.admin.routing import Acted, act, look
from mzi_bridge.admin.text import counted
from mzi_bridge.admin.visit import Visit
from mzi_bridge.journal.audit import Detail
from mzi_bridge.journal.dead import Choice, DeadGroup

PAGE = "/admin/dead"
ROWS = 50
NOTE = 500


async def show(visit: Visit) -> Response:
    """GET /admin/dead?module=&reason=&after=ID"""
    module, reason = name_asked(visit, "module"), name_asked(visit, "reason")
    dead = visit.ports.journal.dead
    after = number_of(visit.query.get("after")) or 0
    rows = await dead.list(Choice(module=module, reason=reason), limit=ROWS + 1, after=after)
    groups = await dead.groups()
    chosen = _chosen(groups, module, reason)
    page = {"module": module or "", "reason": reason or ""}
    more = rows[ROWS - 1].id if len(rows) > ROWS else None
    return visit.page(
        "dead.html",
        rows=rows[:ROWS],
        groups=groups,
        modules=sorted({group.module for group in groups}),
        reasons=sorted({group.reason for group in groups}),
        module=module,
        reason=reason,
        number=sum(group.number for group in chosen),
        last=max((group.last for group in chosen), default=0),
        more=more and f"{PAGE}?{urlencode({**page, 'after': more})}",
        first=f"{PAGE}?{urlencode(page)}" if after else None,
    )


async def retry(visit: Visit) -> Acted:
    """POST /admin/dead/retry {id} or {module, reason, up_to}"""
    choice = _choice(visit)
    count = await visit.ports.journal.dead.retry(choice)
    told = counted(
        "%(number)s record is tried again.", "%(number)s records are tried again.", count
    )
    return Acted(
        _back(choice), told, "good" if count else "plain", _target(choice), _details(choice, count)
    )


async def discard(visit: Visit) -> Acted:
    """POST /admin/dead/discard {id, note} or {module, reason, up_to, note}"""
    choice, note = _choice(visit), visit.field("note", NOTE)
    count = await visit.ports.journal.dead.discard(choice, note=note)
    told = counted("%(number)s record is discarded.", "%(number)s records are discarded.", count)
    return Acted(
        _back(choice), told, "good" if count else "plain", _target(choice), _details(choice, count)
    )


def _chosen(groups: Sequence[DeadGroup], module: str | None, reason: str | None) -> list[DeadGroup]:
    return [
        group
        for group in groups
        if module in (None, group.module) and reason in (None, group.reason)
    ]


def _choice(visit: Visit) -> Choice:
    """One letter, or those of a filter up to the last one that the visitor's page knew of."""
    if visit.field("id"):
        return Choice(ids=[number_asked(visit, "id")])
    return Choice(
        module=plain_name(visit.field("module")),
        reason=plain_name(visit.field("reason")),
        up_to=number_asked(visit, "up_to"),
    )


def _back(choice: Choice) -> str:
    kept = {"module": choice.module, "reason": choice.reason}
    query = urlencode({name: value for name, value in kept.items() if value})
    return f"{PAGE}?{query}" if query else PAGE


def _target(choice: Choice) -> str:
    return choice.module or ""


def _details(choice: Choice, count: int) -> dict[str, Detail]:
    details: dict[str, Detail] = {"letters": count}
    if choice.reason:
        details["reason"] = choice.reason
    if choice.ids:
        details["id"] = choice.ids[0]
    return details


ROUTES = (
    look("/dead", show),
    act("/dead/retry", retry, "retry_dead", back=PAGE),
    act("/dead/discard", discard, "discard_dead", back=PAGE),
)
