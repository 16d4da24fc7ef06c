"""The shape of an emulated CRM organisation: its modules, their fields and subforms.

Data only. The emulator reads it to validate writes, answer metadata calls and lay out
records; the sample organisation builds one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

GeneratedType = Literal["default", "custom", "linking"]


@dataclass(frozen=True)
class FieldSpec:
    """One layout field.

    `data_type` is Zoho's own word: text, textarea, email, phone, website, picklist,
    multiselectpicklist, boolean, integer, bigint, double, currency, percent, date, datetime,
    lookup, ownerlookup, autonumber, profileimage, fileupload, subform.
    `lookup` names the module a lookup points at; `subform` the SubformSpec of a subform field;
    `auto_number` is False or the prefix that the running number follows (`"STU-"`).
    """

    api_name: str
    label: str
    data_type: str
    length: int | None = None
    mandatory: bool = False
    read_only: bool = False
    picklist: tuple[str, ...] = ()
    lookup: str | None = None
    subform: str | None = None
    unique: bool = False
    auto_number: str | Literal[False] = False


@dataclass(frozen=True)
class SubformSpec:
    """The rows of a subform; `api_name` is also the module name its rows can be listed by."""

    api_name: str
    fields: tuple[FieldSpec, ...]

    @cached_property
    def by_name(self) -> Mapping[str, FieldSpec]:
        return {field.api_name: field for field in self.fields}


@dataclass(frozen=True)
class ModuleSpec:
    """A module. A record's display name is its `Name` field, else what `name_field` says.

    `has_modified_time` is False for linking modules that carry no Modified_Time.
    """

    api_name: str
    singular: str
    plural: str
    generated_type: GeneratedType
    fields: tuple[FieldSpec, ...]
    subforms: tuple[SubformSpec, ...] = ()
    has_modified_time: bool = True
    name_field: str = ""

    @cached_property
    def by_name(self) -> Mapping[str, FieldSpec]:
        return {field.api_name: field for field in self.fields}

    @cached_property
    def subform_by_name(self) -> Mapping[str, SubformSpec]:
        return {subform.api_name: subform for subform in self.subforms}

    @cached_property
    def subform_fields(self) -> tuple[tuple[FieldSpec, SubformSpec], ...]:
        """Each subform field with the subform it holds."""
        return tuple(
            (field, self.subform_by_name[field.subform])
            for field in self.fields
            if field.subform is not None
        )

    @cached_property
    def display_field(self) -> str:
        """The field a lookup to this module shows: `name_field`, `Name`, else the first one."""
        if self.name_field:
            return self.name_field
        return "Name" if "Name" in self.by_name else self.fields[0].api_name


@dataclass(frozen=True)
class CrmSchema:
    """All modules of an organisation, keyed by API name."""

    modules: Mapping[str, ModuleSpec]

    def __post_init__(self) -> None:
        faults = list(self._faults())
        if faults:
            raise ValueError("this schema contradicts itself: " + "; ".join(faults))

    def _faults(self) -> Iterator[str]:
        for key, module in self.modules.items():
            if key != module.api_name:
                yield f"{key} is filed under another name than its own, {module.api_name}"
            names = [field.api_name for field in module.fields]
            for name in sorted({name for name in names if names.count(name) > 1}):
                yield f"{key}.{name} is there twice"
            for field in module.fields:
                if field.subform is not None and field.subform not in module.subform_by_name:
                    yield f"{key}.{field.api_name} names an unknown subform, {field.subform}"
            for field in (*module.fields, *(f for s in module.subforms for f in s.fields)):
                if field.lookup is not None and field.lookup not in self.modules:
                    yield f"{key}.{field.api_name} looks up an unknown module, {field.lookup}"
