"""The editor of one module's mapping.

The draft lives in the form alone: each button sends it whole and gets it back, changed, judged,
tried on a record or saved.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct
from starlette.responses import Response

from mzi_bridge.admin.asked import number_of
from mzi_bridge.admin.mapping_form.choices import datetime_fields, needs_of, subform_fields
from mzi_bridge.admin.mapping_form.module_form import (
    Built,
    ModuleForm,
    built,
    module_form,
    with_free_rows,
)
from mzi_bridge.admin.mapping_form.reading import read_form
from mzi_bridge.admin.mapping_form.sheet import sheet_of
from mzi_bridge.admin.mapping_form.steps import stepped
from mzi_bridge.admin.routing import Acted, act, look
from mzi_bridge.admin.text import N_, Text
from mzi_bridge.admin.told import Told, told_of
from mzi_bridge.admin.visit import Visit
from mzi_bridge.errors import MziError, OperatorError
from mzi_bridge.mapping.check import Finding
from mzi_bridge.pipeline.mapping_desk import MappingInvalid, ModuleView
from mzi_bridge.pipeline.preview import Preview
from mzi_bridge.pipeline.sync import Mode

LIST_PAGE = "/admin/mappings"
LONGEST_NOTE = 500


class Draft(Struct, frozen=True):
    """The form as it was sent. `base` is the version it was made of, None for the mapping of
    the settings."""

    module: str
    form: ModuleForm
    base: int | None

    @property
    def page(self) -> str:
        return f"{LIST_PAGE}/{self.module}"


async def show(visit: Visit) -> Response:
    """GET /admin/mappings/{module}?saved=: with the version just saved it offers to carry over."""
    module = _module(visit)
    view = await visit.ports.mappings.view(module)
    draft = Draft(module, module_form(view.table, view.entity), view.version)
    saved = number_of(visit.query.get("saved"))
    fresh = saved is not None and saved == view.version
    return _page(visit, draft, view, view.findings, fresh=fresh)


async def work_on(visit: Visit) -> Acted:
    """POST /admin/mappings/{module}/draft {the form, step}: a step of `mapping_form.steps`, or
    none; then the draft is checked."""
    draft = _draft(visit)
    seen = await visit.ports.mappings.view(draft.module)
    step = visit.field("step")
    if step == "column":
        step = f"column {visit.field('new_column', 63)}"
    form = with_free_rows(stepped(draft.form, step, seen.entity), seen.entity)
    draft = Draft(draft.module, form, draft.base)
    view, findings, made = await _judged(visit, draft, seen)
    page = _page(visit, draft, view, findings, faults=made.faults, checked=not step)
    return Acted(draft.page, target=draft.module, response=page)


async def preview(visit: Visit) -> Acted:
    """POST /admin/mappings/{module}/preview {the form, record}: what the draft would make of one
    record of the CRM; nothing is kept. `record` is an id or a word that stands in the record."""
    draft = _draft(visit)
    seen = await visit.ports.mappings.view(draft.module)
    view, findings, made = await _judged(visit, draft, seen)
    shown: dict[str, Any] = {"faults": made.faults}
    outcome = "done"
    if not made.faults:
        try:
            shown |= await _previewed(visit, draft, made)
        except MziError as error:
            shown["trouble"] = told_of(error)
            outcome = error.reason
    page = _page(visit, draft, view, findings, **shown)
    return Acted(draft.page, target=draft.module, outcome=outcome, response=page)


async def _previewed(visit: Visit, draft: Draft, made: Built) -> dict[str, Any]:
    desk = visit.ports.mappings
    wanted = visit.field("record_id", 30) or visit.field("record", 100)
    found = await desk.find(draft.module, wanted)
    if len(found) != 1:
        return {"candidates": found}
    told: Preview = await desk.preview(draft.module, made.table, found[0].record_id)
    return {"preview": told}


async def save(visit: Visit) -> Acted:
    """POST /admin/mappings/{module}/save {the form, base, note, over}: a new version. `over` is
    the version that counts by now, for who saves on top of somebody else's change."""
    draft = _draft(visit)
    over = visit.field("over", 16)
    base = (number_of(over) or None) if over else draft.base
    made = built(draft.form)
    if made.faults:
        return await _refused(visit, draft, (), _not_toml(), faults=made.faults)
    try:
        view = await visit.ports.mappings.save(
            draft.module,
            made.table,
            base=base,
            author=visit.session.actor,
            note=visit.field("note", LONGEST_NOTE),
        )
    except MappingInvalid as error:
        return await _refused(visit, draft, error.findings, error)
    except MziError as error:
        return await _refused(visit, draft, (), error)
    told = Text(
        N_("Version %(version)s of the mapping is saved and counts."),
        {"version": view.version or 0},
    )
    to = f"{draft.page}?saved={view.version}"
    details = {"version": view.version or 0}
    return Acted(to, told, target=draft.module, details=details)


async def _refused(
    visit: Visit,
    draft: Draft,
    findings: Sequence[Finding],
    error: MziError,
    faults: Mapping[str, str] | None = None,
) -> Acted:
    """The draft again, with what is wrong; nothing of it is lost."""
    view = await visit.ports.mappings.view(draft.module)
    newer = view.version if error.reason == "mapping_changed" else draft.base
    page = _page(
        visit,
        draft,
        view,
        findings,
        status=409 if error.reason == "mapping_changed" else 422,
        faults=faults or {},
        trouble=told_of(error),
        newer=newer,
        changed=error.reason == "mapping_changed",
    )
    return Acted(draft.page, target=draft.module, outcome=error.reason, response=page)


async def carry(visit: Visit) -> Acted:
    """POST /admin/mappings/{module}/carry: the whole module by the mapping that counts."""
    module = _module(visit)
    syncs = visit.ports.syncs()
    if syncs is None:
        raise visit.ports.trouble() or OperatorError(
            "The bridge is not connected yet.", reason="not_connected"
        )
    job = await syncs.start(module, Mode.FULL)
    told = Text(N_("The sync has begun."))
    return Acted("/admin/sync", told, target=module, details={"id": job.id})


async def _judged(
    visit: Visit, draft: Draft, seen: ModuleView
) -> tuple[ModuleView, Sequence[Finding], Built]:
    """The draft as a table, and what a check finds in it; no check while it is no table."""
    made = built(draft.form)
    if made.faults:
        return seen, (), made
    view = await visit.ports.mappings.check(draft.module, made.table)
    return view, view.findings, made


def _page(
    visit: Visit,
    draft: Draft,
    view: ModuleView,
    findings: Sequence[Finding],
    *,
    status: int = 200,
    faults: Mapping[str, str] | None = None,
    trouble: Told | None = None,
    **shown: Any,
) -> Response:
    sheet = sheet_of(draft.form, view, draft.module, findings, faults or {})
    given = {
        "checked": False,
        "fresh": False,
        "changed": False,
        "newer": draft.base,
        "preview": None,
        "candidates": None,
        **shown,
    }
    return visit.page(
        "mapping_editor.html",
        status=status,
        module=draft.module,
        base=draft.base,
        sheet=sheet,
        was=json.dumps(draft.form.was),
        trouble=trouble,
        out_of_reach=told_of(view.trouble) if view.trouble is not None else None,
        subforms=subform_fields(view),
        version_fields=datetime_fields(view),
        note=visit.field("note", LONGEST_NOTE),
        record=visit.field("record", 100),
        path=draft.page,
        options_of=lambda name: " ".join(needs_of(name)),
        **given,
    )


def _draft(visit: Visit) -> Draft:
    form = read_form(visit.form)
    return Draft(_module(visit), form, number_of(visit.field("base")) or None)


def _module(visit: Visit) -> str:
    return str(visit.request.path_params["module"])[:100]


def _not_toml() -> OperatorError:
    return OperatorError(
        "A line of the draft is no TOML.",
        reason="mapping_invalid",
        fix="Correct the lines that are marked.",
    )


ROUTES = (
    look("/mappings/{module}", show),
    act("/mappings/{module}/draft", work_on, "draft_mapping", back=LIST_PAGE),
    act("/mappings/{module}/preview", preview, "preview_mapping", back=LIST_PAGE),
    act("/mappings/{module}/save", save, "save_mapping", back=LIST_PAGE),
    act("/mappings/{module}/carry", carry, "carry_module", back=LIST_PAGE),
)
