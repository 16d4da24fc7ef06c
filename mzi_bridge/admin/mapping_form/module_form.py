"""The table of one CRM module as a form."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from mzi_bridge.admin.mapping_form.rule_form import RuleForm, form_of, rule_of
from mzi_bridge.admin.mapping_form.toml_line import NoToml, line_of, value_of
from mzi_bridge.mapping.contract import ContractColumn, ContractEntity

VERSION_FIELD = "Modified_Time"
COLUMNS = "c"
LIST = "l"


class ListForm(Struct, frozen=True):
    """A list of rows under a record; `spread` is TOML, empty for rows of a subform."""

    name: str
    key: str = ""
    subform: str = ""
    spread: str = ""
    rows: tuple[RuleForm, ...] = ()


class ModuleForm(Struct, frozen=True):
    """`was` is the table that the form was made of."""

    entity: str
    key: str
    modified_time: str
    rows: tuple[RuleForm, ...]
    lists: tuple[ListForm, ...]
    attachment: str
    record_image: bool
    was: Mapping[str, Any]


class Built(Struct, frozen=True):
    """`faults` by place (`c:phone`, `c:status:closing`, `l:criteria`) of what is no TOML."""

    table: Mapping[str, Any]
    faults: Mapping[str, str]


def place_of(row: str, list_name: str = "") -> str:
    """The name of a row in forms."""
    return f"{LIST}:{list_name}:{row}" if list_name else f"{COLUMNS}:{row}"


def module_form(table: Mapping[str, Any], entity: ContractEntity | None) -> ModuleForm:
    """The form of a table: a row for each of its columns and for each of the plugin's."""
    photo = table.get("photo") or {}
    known = entity.columns if entity is not None else {}
    key = str(table.get("key", ""))
    closing = table.get("closing") or {}
    rows = _rows(table.get("columns") or {}, known, key)
    return ModuleForm(
        entity=str(table.get("entity", "")),
        key=key,
        modified_time=str(table.get("modified_time", VERSION_FIELD)),
        rows=tuple(_with_closing(row, closing.get(row.column)) for row in rows),
        lists=tuple(
            _list_form(name, child, entity) for name, child in (table.get("children") or {}).items()
        ),
        attachment=str(photo.get("attachment") or ""),
        record_image=photo.get("record_image") is True,
        was=table,
    )


def built(form: ModuleForm) -> Built:
    """The form as a table. What the form leaves as it was stays letter by letter."""
    faults: dict[str, str] = {}
    was = form.was
    table: dict[str, Any] = {"entity": form.entity, "key": form.key}
    if form.modified_time != VERSION_FIELD or "modified_time" in was:
        table["modified_time"] = form.modified_time
    table["columns"] = _columns(form.rows, was.get("columns") or {}, "", faults)
    children = {one.name: _child(one, was, faults) for one in form.lists}
    _put(table, "children", children, was)
    _put(table, "closing", _closing(form.rows, was.get("closing") or {}, faults), was)
    photo = _photo(form, was.get("photo"))
    if photo is not None:
        table["photo"] = photo
    return Built({name: table[name] for name in _in_order(table, was)}, faults)


def with_list(form: ModuleForm, name: str, entity: ContractEntity | None) -> ModuleForm:
    """With one of the plugin's lists, still empty."""
    if any(one.name == name for one in form.lists):
        return form
    known = entity.children.get(name) if entity is not None else None
    child = {"key": known.key if known is not None else "", "columns": {}}
    return replace(form, lists=(*form.lists, _list_form(name, child, entity)))


def with_free_rows(form: ModuleForm, entity: ContractEntity | None) -> ModuleForm:
    """With a row for each column of the plugin that has none yet."""
    if entity is None:
        return form
    there = {row.column for row in form.rows}
    free = tuple(RuleForm(name) for name in entity.columns if name not in there)
    return replace(form, rows=(*form.rows, *free))


def _list_form(name: str, child: Any, entity: ContractEntity | None) -> ListForm:
    table = child if isinstance(child, Mapping) else {}
    known = entity.children.get(name) if entity is not None else None
    key = str(table.get("key", ""))
    columns = known.columns if known is not None else {}
    return ListForm(
        name,
        key,
        str(table.get("subform") or ""),
        line_of(table["spread"]) if table.get("spread") else "",
        _rows(table.get("columns") or {}, columns, key),
    )


def _rows(
    rules: Mapping[str, Any], known: Mapping[str, ContractColumn], key: str
) -> tuple[RuleForm, ...]:
    names = dict.fromkeys([*([key] if key else []), *rules, *known])
    return tuple(form_of(name, rules.get(name)) for name in names)


def _with_closing(row: RuleForm, values: Any) -> RuleForm:
    if values is None:
        return row
    if _are_lines(values):
        return replace(row, closing="\n".join(values))
    return replace(row, closing=line_of(values), closing_as_text=True)


def _are_lines(values: Any) -> bool:
    return isinstance(values, list) and all(
        isinstance(one, str) and one and one == one.strip() and "\n" not in one and "\r" not in one
        for one in values
    )


def _columns(
    rows: Sequence[RuleForm], was: Mapping[str, Any], list_name: str, faults: dict[str, str]
) -> dict[str, Any]:
    rules: dict[str, Any] = {}
    for row in rows:
        try:
            rule = rule_of(row, was.get(row.column))
        except NoToml as fault:
            faults[place_of(row.column, list_name)] = str(fault)
            continue
        if rule is not None:
            rules[row.column] = rule
    return {name: rules[name] for name in _in_order(rules, was)}


def _child(one: ListForm, was: Mapping[str, Any], faults: dict[str, str]) -> dict[str, Any]:
    before = (was.get("children") or {}).get(one.name) or {}
    table: dict[str, Any] = {}
    if one.subform:
        table["subform"] = one.subform
    table["key"] = one.key
    if one.spread.strip():
        try:
            table["spread"] = value_of(one.spread)
        except NoToml as fault:
            faults[f"{LIST}:{one.name}"] = str(fault)
    columns = _columns(one.rows, before.get("columns") or {}, one.name, faults)
    _put(table, "columns", columns, before)
    return {name: table[name] for name in _in_order(table, before)}


def _closing(
    rows: Sequence[RuleForm], was: Mapping[str, Any], faults: dict[str, str]
) -> dict[str, Any]:
    closing: dict[str, Any] = {}
    for row in rows:
        try:
            values = _closing_of(row)
        except NoToml as fault:
            faults[f"{place_of(row.column)}:closing"] = str(fault)
            continue
        if values or (values is not None and row.column in was):
            closing[row.column] = values
    return {name: closing[name] for name in _in_order(closing, was)}


def _closing_of(row: RuleForm) -> Any:
    if row.closing_as_text:
        return value_of(row.closing) if row.closing.strip() else None
    lines = [line.strip() for line in row.closing.splitlines()]
    return [line for line in lines if line] or None


def _photo(form: ModuleForm, was: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    before = was or {}
    told = (str(before.get("attachment") or ""), before.get("record_image") is True)
    if (form.attachment, form.record_image) == told:
        return was
    photo: dict[str, Any] = {"attachment": form.attachment} if form.attachment else {}
    if form.record_image:
        photo["record_image"] = True
    return photo or None


def _put(table: dict[str, Any], name: str, part: Any, was: Mapping[str, Any]) -> None:
    if part or name in was:
        table[name] = part


def _in_order(table: Mapping[str, Any], was: Mapping[str, Any]) -> Iterable[str]:
    """As they stood, what is new behind."""
    return [*(name for name in was if name in table), *(n for n in table if n not in was)]
