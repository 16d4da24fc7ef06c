"""The field mapping as a whole: what counts now, its versions, and the ways back."""

from __future__ import annotations

from starlette.datastructures import UploadFile
from starlette.responses import PlainTextResponse, Response

from mzi_bridge.admin.asked import number_of
from mzi_bridge.admin.routing import Acted, act, look
from mzi_bridge.admin.text import N_, Text
from mzi_bridge.admin.told import told_of
from mzi_bridge.admin.visit import Visit
from mzi_bridge.errors import MziError, OperatorError
from mzi_bridge.mapping import MappingErrors, shipped_presets
from mzi_bridge.mapping.check import Severity
from mzi_bridge.mapping.editing import module_tables
from mzi_bridge.pipeline.mapping_desk import MAPPING_BYTES

PAGE = "/admin/mappings"
LONGEST_NOTE = 500


async def show(visit: Visit) -> Response:
    """GET /admin/mappings?check=1: with `check` each module is compared with both its ends."""
    return await _page(visit)


async def _page(visit: Visit, status: int = 200, refused: MappingErrors | None = None) -> Response:
    desk = visit.ports.mappings
    version, text = await desk.in_force()
    findings, trouble = None, None
    if visit.query.get("check") == "1":
        try:
            findings = await desk.check_all()
        except MziError as error:
            trouble = told_of(error)
    counts: dict[str, dict[str, int]] = {}
    for one in findings or ():
        of_module = counts.setdefault(one.module, dict.fromkeys(Severity, 0))
        of_module[one.severity] += 1
    versions = await desk.versions()
    return visit.page(
        "mappings.html",
        status=status,
        version=version,
        head=next((one for one in versions if one.version == version), None),
        versions=versions,
        modules=module_tables(text),
        presets=shipped_presets(),
        checked=findings is not None,
        counts=counts,
        trouble=trouble,
        faults=refused.faults if refused is not None else (),
        path=PAGE,
    )


async def difference(visit: Visit) -> Response:
    """GET /admin/mappings/versions/difference?one=&other=: version numbers, 0 that of the
    settings."""
    one, other = _version(visit.query.get("one")), _version(visit.query.get("other"))
    version, _ = await visit.ports.mappings.in_force()
    lines = await visit.ports.mappings.difference(one, other)
    return visit.page(
        "mapping_difference.html", one=one, other=other, lines=lines, version=version, preset=""
    )


async def roll_back(visit: Visit) -> Acted:
    """POST /admin/mappings/versions/roll-back {version, base}: versions as in `difference`."""
    version = _version(visit.field("version"))
    await visit.ports.mappings.roll_back(version, base=_version(visit.field("base")))
    told = Text(N_("The mapping that you chose counts again."))
    return Acted(PAGE, told, target=str(version or 0))


async def before_reset(visit: Visit) -> Response:
    """GET /admin/mappings/versions/reset?preset=: what it would change, and the way to do it."""
    preset = visit.query.get("preset", "")[:100]
    lines = await visit.ports.mappings.difference_to_preset(preset)
    version, _ = await visit.ports.mappings.in_force()
    return visit.page(
        "mapping_difference.html",
        one=version,
        other=None,
        lines=lines,
        version=version,
        preset=preset,
    )


async def reset(visit: Visit) -> Acted:
    """POST /admin/mappings/versions/reset {preset, base, note}"""
    preset = visit.field("preset", 100)
    number = await visit.ports.mappings.reset(
        preset,
        base=_version(visit.field("base")),
        author=visit.session.actor,
        note=visit.field("note", LONGEST_NOTE),
    )
    return _saved(number, {"preset": preset})


async def export(visit: Visit) -> Response:
    """GET /admin/mappings/versions/export?version=: a TOML file; without a number what counts."""
    if "version" in visit.query:
        version = _version(visit.query["version"])
        text = await visit.ports.mappings.export(version)
    else:
        version, text = await visit.ports.mappings.in_force()
    name = f"mapping-{version or 'settings'}.toml"
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return PlainTextResponse(text, headers=headers, media_type="application/toml")


async def import_(visit: Visit) -> Acted:
    """POST /admin/mappings/versions/import {file, base, note}"""
    file = visit.form.get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        raise OperatorError("No file was chosen.", reason="nothing_chosen")
    try:
        text = (await file.read(MAPPING_BYTES + 1)).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise OperatorError(
            "The file is no UTF-8 text.", reason="not_utf8", fix="Save it as UTF-8."
        ) from None
    finally:
        await file.close()
    try:
        number = await visit.ports.mappings.import_(
            text,
            base=_version(visit.field("base")),
            author=visit.session.actor,
            note=visit.field("note", LONGEST_NOTE),
        )
    except MappingErrors as error:
        page = await _page(visit, 422, error)
        details = {"faults": len(error.faults)}
        return Acted(PAGE, outcome=error.reason, details=details, response=page)
    return _saved(number, {"bytes": len(text.encode())})


def _saved(number: int, details: dict[str, str | int]) -> Acted:
    told = Text(N_("Version %(version)s of the mapping is saved and counts."), {"version": number})
    return Acted(PAGE, told, target=str(number), details={"version": number, **details})


def _version(text: str | None) -> int | None:
    return number_of(text) or None


ROUTES = (
    look("/mappings", show),
    look("/mappings/versions/difference", difference),
    look("/mappings/versions/reset", before_reset),
    look("/mappings/versions/export", export),
    act("/mappings/versions/roll-back", roll_back, "roll_back_mapping", back=PAGE),
    act("/mappings/versions/reset", reset, "reset_mapping", back=PAGE),
    act("/mappings/versions/import", import_, "import_mapping", back=PAGE),
)
