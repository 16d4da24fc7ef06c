"""The buttons of the editor that change the form itself: each is one word and its objects."""

from __future__ import annotations

import re
from collections.abc import Callable

from msgspec.structs import replace

from mzi_bridge.admin.mapping_form.module_form import ListForm, ModuleForm, place_of, with_list
from mzi_bridge.admin.mapping_form.rule_form import RuleForm, as_fields, as_text
from mzi_bridge.admin.mapping_form.toml_line import NoToml
from mzi_bridge.mapping.contract import ContractEntity
from mzi_bridge.mapping.rules import COLUMN_NAME

Change = Callable[[RuleForm], RuleForm]


def stepped(form: ModuleForm, step: str, entity: ContractEntity | None) -> ModuleForm:
    """The form after a button; an unknown step changes nothing.

    `clear P`, `more P`, `text P`, `fields P`, `source P N OLD NEW`, `rename P NAME`,
    `closing P VALUE` change the row at place P; `key NAME`, `entity NAME` the module;
    `add-list L`, `drop-list L`, `list-key L NAME`, `subform L NAME` a list; `column NAME` adds a
    row.
    """
    word, _, rest = step.partition(" ")
    place, _, what = rest.partition(" ")
    if word in _ON_ROWS:
        return _with_row(form, place, _ON_ROWS[word](what))
    if word == "key" and rest:
        return replace(form, key=rest)
    if word == "entity" and rest:
        return replace(form, entity=rest)
    if word == "add-list":
        return with_list(form, rest, entity)
    if word == "drop-list":
        return replace(form, lists=tuple(one for one in form.lists if one.name != rest))
    if word in ("list-key", "subform"):
        return replace(form, lists=tuple(_named(o, word, place, what) for o in form.lists))
    return _with_column(form, rest.strip()) if word == "column" else form


def _named(one: ListForm, word: str, name: str, what: str) -> ListForm:
    if one.name != name:
        return one
    return replace(one, key=what) if word == "list-key" else replace(one, subform=what)


def _with_row(form: ModuleForm, place: str, change: Change) -> ModuleForm:
    def rows(old: tuple[RuleForm, ...], list_name: str = "") -> tuple[RuleForm, ...]:
        return tuple(
            change(row) if place_of(row.column, list_name) == place else row for row in old
        )

    lists: tuple[ListForm, ...] = tuple(
        replace(one, rows=rows(one.rows, one.name)) for one in form.lists
    )
    return replace(form, rows=rows(form.rows), lists=lists)


def _with_column(form: ModuleForm, name: str) -> ModuleForm:
    if re.fullmatch(COLUMN_NAME, name) is None or any(row.column == name for row in form.rows):
        return form
    return replace(form, rows=(*form.rows, RuleForm(name, ("id",))))


def _clear(what: str) -> Change:
    return lambda row: RuleForm(row.column)


def _more(what: str) -> Change:
    # A group of no path is left out when the form is read again.
    return lambda row: replace(row, sources=(*row.sources, ""))


def _to_text(what: str) -> Change:
    return as_text


def _to_fields(what: str) -> Change:
    def change(row: RuleForm) -> RuleForm:
        try:
            return as_fields(row)
        except NoToml:
            return row

    return change


def _source(what: str) -> Change:
    number, old, new = [*what.split(" "), "", "", ""][:3]

    def change(row: RuleForm) -> RuleForm:
        groups = list(row.sources)
        if number.isdecimal() and int(number) < len(groups) and new:
            paths = groups[int(number)].split()
            groups[int(number)] = " ".join(new if path == old else path for path in paths)
        return replace(row, sources=tuple(groups))

    return change


def _rename(what: str) -> Change:
    return lambda row: replace(row, column=what) if re.fullmatch(COLUMN_NAME, what) else row


def _closing(what: str) -> Change:
    def change(row: RuleForm) -> RuleForm:
        if row.closing_as_text or not what:
            return row
        return replace(row, closing=f"{row.closing}\n{what}".strip())

    return change


_ON_ROWS: dict[str, Callable[[str], Change]] = {
    "clear": _clear,
    "more": _more,
    "text": _to_text,
    "fields": _to_fields,
    "source": _source,
    "rename": _rename,
    "closing": _closing,
}
