"""The form as the page shows it: rows with what fits them and what was found about them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from msgspec import Struct, field

from mzi_bridge.admin.mapping_form.choices import (
    Ends,
    LabelledField,
    Lists,
    list_id,
    lists_of,
    shown_options,
    transform_choices,
)
from mzi_bridge.admin.mapping_form.module_form import ListForm, ModuleForm, place_of
from mzi_bridge.admin.mapping_form.rule_form import RuleForm, has_fields, rule_of
from mzi_bridge.admin.mapping_form.toml_line import NoToml
from mzi_bridge.mapping.check import Finding, Severity
from mzi_bridge.mapping.contract import ContractColumn
from mzi_bridge.mapping.fitting import types_for
from mzi_bridge.mapping.paths import PARENT

UNFILLED = "no rule fills it"
UNREAD = "no rule reads this CRM field"


class Take(Struct, frozen=True):
    """A suggestion and the step that takes it (see `steps`)."""

    name: str
    step: str


class Said(Struct, frozen=True):
    finding: Finding
    takes: tuple[Take, ...] = ()


class Row(Struct, frozen=True):
    """`kind` is the type of the plugin's column, empty where the plugin is out of reach or has
    no such column, which `unknown` says."""

    form: RuleForm
    place: str
    kind: str
    length: int
    required: bool
    is_key: bool
    unknown: bool
    changed: bool
    paths: str
    types: tuple[str, ...]
    transforms: tuple[tuple[str, ...], ...]
    options: frozenset[str]
    found: tuple[Said, ...]
    fault: str
    closing_fault: str
    fits_fields: bool
    label: str

    @property
    def worst(self) -> str:
        """`error`, `warning` or nothing."""
        if self.fault or self.closing_fault:
            return "error"
        severities = {said.finding.severity for said in self.found}
        if Severity.ERROR in severities:
            return "error"
        return "warning" if Severity.WARNING in severities else ""


class ListSheet(Struct, frozen=True):
    form: ListForm
    rows: tuple[Row, ...]
    free: tuple[Row, ...]
    found: tuple[Said, ...]
    fault: str


class Sheet(Struct, frozen=True):
    """`rows` are filled, `free` are not; `general` speaks of no row, `unread` are CRM fields
    that nothing reads; `more_lists` are lists of the plugin that nothing fills."""

    form: ModuleForm
    rows: tuple[Row, ...]
    free: tuple[Row, ...]
    lists: tuple[ListSheet, ...]
    more_lists: tuple[str, ...]
    general: tuple[Said, ...]
    unread: tuple[str, ...]
    choices: Lists
    counts: Mapping[str, int] = field(default_factory=dict)


def sheet_of(
    form: ModuleForm,
    ends: Ends,
    module: str,
    findings: Sequence[Finding],
    faults: Mapping[str, str],
) -> Sheet:
    """`findings` are of the form as it is, `faults` what of it is no TOML."""
    maker = _Maker(form, ends, module, findings, faults)
    lists = tuple(maker.list_sheet(one) for one in form.lists)
    rows = maker.rows(form.rows, "", form.key, ends.entity.columns if ends.entity else None)
    known = ends.entity.children if ends.entity is not None else {}
    there = {one.name for one in form.lists}
    counted = [one for one in findings if one.message not in (UNFILLED, UNREAD)]
    return Sheet(
        form=form,
        rows=tuple(row for row in rows if not row.form.free or row.is_key),
        free=tuple(row for row in rows if row.form.free and not row.is_key),
        lists=lists,
        more_lists=tuple(name for name in known if name not in there),
        general=maker.rest(),
        unread=tuple(one.key for one in findings if one.message == UNREAD),
        choices=maker.choices,
        counts={word: sum(one.severity == word for one in counted) for word in Severity},
    )


class _Maker:
    def __init__(
        self,
        form: ModuleForm,
        ends: Ends,
        module: str,
        findings: Sequence[Finding],
        faults: Mapping[str, str],
    ) -> None:
        self._form, self._ends, self._faults = form, ends, faults
        self._left = [one for one in findings if one.message not in (UNFILLED, UNREAD)]
        self._module = module
        self.choices = lists_of(ends, form.lists)

    def rows(
        self,
        forms: Iterable[RuleForm],
        list_name: str,
        key: str,
        known: Mapping[str, ContractColumn] | None,
    ) -> tuple[Row, ...]:
        return tuple(self._row(form, list_name, key, known) for form in forms)

    def list_sheet(self, one: ListForm) -> ListSheet:
        entity = self._ends.entity
        child = entity.children.get(one.name) if entity is not None else None
        known = child.columns if child is not None else ({} if entity is not None else None)
        rows = self.rows(one.rows, one.name, one.key, known)
        found = self._taken(lambda key: key.split(".")[:2] == ["children", one.name])
        found += self._taken(lambda key: bool(one.subform) and key == one.subform)
        return ListSheet(
            one,
            tuple(row for row in rows if not row.form.free or row.is_key),
            tuple(row for row in rows if row.form.free and not row.is_key),
            tuple(Said(f, self._list_takes(f, one)) for f in found),
            self._faults.get(f"l:{one.name}", ""),
        )

    def rest(self) -> tuple[Said, ...]:
        return tuple(Said(one, _own_takes(one)) for one in self._left)

    def _row(
        self,
        form: RuleForm,
        list_name: str,
        key: str,
        known: Mapping[str, ContractColumn] | None,
    ) -> Row:
        is_key = form.column == key
        column = known.get(form.column) if known is not None else None
        kind = column.type if column is not None else ("text" if is_key else "")
        place = place_of(form.column, list_name)
        fields = self.choices.known.get(list_name, {})
        paths = list_id(list_name, kind or "any")
        found = self._about(form.column, list_name)
        unknown = known is not None and column is None and not is_key
        return Row(
            form=form,
            place=place,
            kind="id" if is_key else kind,
            length=column.length if column is not None else 0,
            required=column.required if column is not None else False,
            is_key=is_key,
            unknown=unknown,
            changed=self._changed(form, list_name),
            paths=paths if paths in self.choices.paths else "",
            types=types_for(kind or None),
            transforms=transform_choices(form, kind or None, fields),
            options=shown_options(form),
            found=tuple(Said(f, _row_takes(f, form, place, fields, unknown)) for f in found),
            fault=self._faults.get(place, ""),
            closing_fault=self._faults.get(f"{place}:closing", ""),
            fits_fields=form.as_text and _fits(form),
            label=_label(form, fields),
        )

    def _about(self, column: str, list_name: str) -> list[Finding]:
        start = f"children.{list_name}.columns.{column}" if list_name else f"columns.{column}"
        starts = (start,) if list_name else (start, f"closing.{column}")
        return self._taken(lambda key: any(key == s or key.startswith(f"{s}.") for s in starts))

    def _taken(self, fits: Callable[[str], bool]) -> list[Finding]:
        found = [f for f in self._left if f.module in ("", self._module) and fits(f.key)]
        self._left = [f for f in self._left if f not in found]
        return found

    def _changed(self, form: RuleForm, list_name: str) -> bool:
        was = self._form.was
        if list_name:
            was = (was.get("children") or {}).get(list_name) or {}
        before = (was.get("columns") or {}).get(form.column)
        try:
            return bool(rule_of(form, before) != before)
        except NoToml:
            return True

    def _list_takes(self, found: Finding, one: ListForm) -> tuple[Take, ...]:
        if found.key.endswith(".key"):
            return tuple(Take(name, f"list-key {one.name} {name}") for name in found.suggestions)
        if found.key == one.subform:
            return tuple(Take(name, f"subform {one.name} {name}") for name in found.suggestions)
        return ()


def _own_takes(found: Finding) -> tuple[Take, ...]:
    if found.key in ("key", "entity"):
        return tuple(Take(name, f"{found.key} {name}") for name in found.suggestions)
    return ()


def _row_takes(
    found: Finding,
    form: RuleForm,
    place: str,
    fields: Mapping[str, LabelledField],
    unknown: bool,
) -> tuple[Take, ...]:
    """A name that is near takes the place of the one that is not there."""
    if found.key.startswith("closing."):
        return tuple(Take(name, f"closing {place} {name}") for name in found.suggestions)
    if unknown and found.message == "the plugin has no such column":
        return tuple(Take(name, f"rename {place} {name}") for name in found.suggestions)
    if form.as_text:
        return ()
    for number, group in enumerate(form.sources):
        for path in group.split():
            first, dot, rest = path.partition(".")
            if first == PARENT or first == "id" or first in fields:
                continue
            if f'"{first}"' in found.message:
                return tuple(
                    Take(name, f"source {place} {number} {path} {name}{dot}{rest}")
                    for name in found.suggestions
                )
    return ()


def _label(form: RuleForm, fields: Mapping[str, LabelledField]) -> str:
    """What the CRM's own people call the field."""
    if form.as_text or len(form.sources) != 1:
        return ""
    found = fields.get(form.sources[0].partition(".")[0])
    if found is None or found.label == form.sources[0]:
        return ""
    return found.label


def _fits(form: RuleForm) -> bool:
    try:
        return has_fields(form)
    except NoToml:
        return False
