"""What a row of the editor offers: the fields that fit its column, types, transforms, options."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from msgspec import Struct

from mzi_bridge.admin.mapping_form.module_form import ListForm
from mzi_bridge.admin.mapping_form.rule_form import RuleForm
from mzi_bridge.mapping.contract import ContractEntity
from mzi_bridge.mapping.crm_fields import LOOKUPS, ROWS, CrmField
from mzi_bridge.mapping.fitting import feeds_column, options_for, transforms_for
from mzi_bridge.mapping.paths import PARENT
from mzi_bridge.mapping.spread import SPREAD_FIELDS
from mzi_bridge.mapping.transforms import TRANSFORMS

LOOKUP_PARTS = ("id", "name")
KEY_TYPE = "text"
ANY = "any"
COLUMN_KINDS = ("text", "int", "bool", "date", "datetime", "money", "json")


class LabelledField(CrmField, Protocol):
    """A CRM field with the name that the office gave it."""

    @property
    def label(self) -> str: ...


class Ends(Protocol):
    """`pipeline.mapping_desk.ModuleView`, as far as the form needs it."""

    @property
    def fields(self) -> Sequence[LabelledField]: ...
    @property
    def subforms(self) -> Mapping[str, Sequence[LabelledField]]: ...
    @property
    def entity(self) -> ContractEntity | None: ...


class Path(Struct, frozen=True):
    """A source that can be chosen: its path in the record, the field's label and data type."""

    path: str
    label: str
    data_type: str


class Lists(Struct, frozen=True):
    """The lists of paths by the id they have on the page, and the fields of each place by path;
    `known` is empty where the CRM tells of no fields."""

    paths: Mapping[str, tuple[Path, ...]]
    known: Mapping[str, Mapping[str, LabelledField]]


def lists_of(ends: Ends, children: Sequence[ListForm]) -> Lists:
    """One list for each type of column and each place where a rule stands."""
    paths: dict[str, tuple[Path, ...]] = {}
    known: dict[str, Mapping[str, LabelledField]] = {"": _by_name(ends.fields)}
    for kind in (*COLUMN_KINDS, ANY):
        paths[list_id("", kind)] = tuple(_fitting(ends.fields, kind))
    for child in children:
        rows = () if child.spread else ends.subforms.get(child.subform, ())
        known[child.name] = {} if child.spread else _by_name(rows)
        for kind in (*COLUMN_KINDS, ANY):
            own = _spread() if child.spread else tuple(_fitting(rows, kind))
            above = _above(_fitting(ends.fields, kind))
            paths[list_id(child.name, kind)] = (*own, *above)
    return Lists({name: found for name, found in paths.items() if found}, known)


def list_id(list_name: str, kind: str) -> str:
    return f"paths-{list_name}-{kind}" if list_name else f"paths-{kind}"


def subform_fields(ends: Ends) -> tuple[Path, ...]:
    return tuple(
        Path(one.api_name, one.label, one.data_type) for one in ends.fields if one.data_type in ROWS
    )


def datetime_fields(ends: Ends) -> tuple[Path, ...]:
    return tuple(
        Path(one.api_name, one.label, one.data_type)
        for one in ends.fields
        if one.data_type == "datetime"
    )


def transform_choices(
    row: RuleForm, kind: str | None, fields: Mapping[str, LabelledField]
) -> tuple[tuple[str, ...], ...]:
    """For each transform of the row, and for one more, those that may stand there; what stands
    there already is among them."""
    crm_type = source_type(row, fields)
    choices = []
    for place in range(len(row.transforms) + 1):
        offered = transforms_for(crm_type, kind, row.transforms[:place])
        now = row.transforms[place : place + 1]
        choices.append((*offered, *(one for one in now if one not in offered)))
    return tuple(one for one in choices if one)


def source_type(row: RuleForm, fields: Mapping[str, LabelledField]) -> str | None:
    """The data type of the one field that is read whole, else None."""
    if len(row.sources) != 1:
        return None
    field = fields.get(row.sources[0])
    return field.data_type if field is not None else None


def needs_of(transform: str) -> tuple[str, ...]:
    """The options that belong to a transform."""
    known = TRANSFORMS.get(transform)
    return tuple(sorted(known.needs | known.may)) if known is not None else ()


def shown_options(row: RuleForm) -> frozenset[str]:
    return options_for(row.transforms, row.type)


def _by_name(fields: Sequence[LabelledField]) -> dict[str, LabelledField]:
    return {one.api_name: one for one in fields}


def _fitting(fields: Sequence[LabelledField], kind: str) -> Iterator[Path]:
    yield Path("id", "", "id")
    for one in sorted(fields, key=lambda field: field.api_name.casefold()):
        if one.data_type in LOOKUPS and kind in ("text", ANY):
            for part in LOOKUP_PARTS:
                yield Path(f"{one.api_name}.{part}", one.label, one.data_type)
        elif one.data_type in ROWS:
            continue
        elif kind == ANY or feeds_column(one.data_type, kind):
            yield Path(one.api_name, one.label, one.data_type)


def _above(paths: Iterator[Path]) -> tuple[Path, ...]:
    return tuple(
        Path(f"{PARENT}.{one.path}", one.label, one.data_type) for one in paths if one.path != "id"
    )


def _spread() -> tuple[Path, ...]:
    return tuple(Path(one, "", "text") for one in SPREAD_FIELDS)
