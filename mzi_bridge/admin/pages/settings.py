"""The settings: what counts, where it is from, and changing what may be changed here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from mzi_bridge.admin.routing import Acted, act, look
from mzi_bridge.admin.text import N_, Text
from mzi_bridge.admin.told import told_of
from mzi_bridge.admin.visit import Visit
from mzi_bridge.admin.words.settings import choices_of
from mzi_bridge.errors import OperatorError
from mzi_bridge.settings import SettingsError
from mzi_bridge.settings.desk import SettingView

PAGE = "/admin/settings"
LONGEST = 4000


async def show(visit: Visit) -> Response:
    """GET /admin/settings"""
    return await _page(visit)


async def _page(
    visit: Visit,
    status: int = 200,
    faults: Mapping[str, str] | None = None,
    kept: Mapping[str, str] | None = None,
    trouble: Any = None,
) -> Response:
    """`kept` are the texts that somebody typed, by name; no secret is among them."""
    groups: dict[str, list[SettingView]] = {}
    for one in await visit.ports.settings.list():
        groups.setdefault(one.group, []).append(one)
    return visit.page(
        "settings.html",
        status=status,
        groups=groups,
        faults=faults or {},
        kept=kept or {},
        trouble=trouble,
        choices={one.name: choices_of(one.name) for found in groups.values() for one in found},
        path=PAGE,
    )


async def change(visit: Visit) -> Acted:
    """POST /admin/settings {group, NAME…}: what differs from what counts is stored. A field left
    empty goes back to the default; an empty secret stays as it is, unless NAME.remove is sent."""
    group = visit.field("group", 100)
    known = [one for one in await visit.ports.settings.list() if one.group == group]
    typed = {
        one.name: visit.field(one.name, LONGEST)
        for one in known
        if one.editable and one.name in visit.form
    }
    secrets = {one.name for one in known if one.secret}
    now = {one.name: one.value or "" for one in known}
    values: dict[str, str | None] = {
        name: text or None for name, text in typed.items() if _is_new(name, text, now, secrets)
    }
    values |= {name: None for name in secrets & typed.keys() if visit.field(f"{name}.remove")}
    if not values:
        return Acted(PAGE, Text(N_("Nothing was changed.")), "plain", target=group)
    kept = {name: text for name, text in typed.items() if name not in secrets}
    return await _changed(visit, group, values, kept)


def _is_new(name: str, text: str, now: Mapping[str, str], secrets: set[str]) -> bool:
    return bool(text) if name in secrets else text != now[name]


async def take_back(visit: Visit) -> Acted:
    """POST /admin/settings/take-back {name}: what was stored no longer counts."""
    name = visit.field("name", 100)
    return await _changed(visit, name, {name: None}, {})


async def _changed(
    visit: Visit, target: str, values: Mapping[str, str | None], kept: Mapping[str, str]
) -> Acted:
    """The names go into the audit log, no value ever does."""
    details = {"names": ", ".join(sorted(values))[:500]}
    try:
        await visit.ports.settings.change(values, visit.session.actor)
    except SettingsError as error:
        faults = {fault.name: fault.problem for fault in error.faults}
        page = await _page(visit, 422, faults, kept, told_of(_not_stored(error)))
        return Acted(PAGE, target=target, details=details, outcome=error.reason, response=page)
    told = Text(N_("The settings are stored and count from now on."))
    return Acted(PAGE, told, target=target, details=details)


def _not_stored(error: SettingsError) -> OperatorError:
    said = "; ".join(f"{fault.name} {fault.problem}" for fault in error.faults)
    return OperatorError(f"Nothing was stored: {said}.", reason=error.reason)


ROUTES = (
    look("/settings", show),
    act("/settings", change, "change_settings", back=PAGE),
    act("/settings/take-back", take_back, "take_back_setting", back=PAGE),
)
