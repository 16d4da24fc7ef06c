"""The fields every record has beside its layout, and what an unset field holds."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from mzi_bridge.sandbox.schema import FieldSpec, ModuleSpec, SubformSpec

SYSTEM_FIELDS: Final[Mapping[str, FieldSpec]] = {
    spec.api_name: spec
    for spec in (
        FieldSpec("Owner", "Owner", "ownerlookup", 120),
        FieldSpec("Created_By", "Created By", "ownerlookup", 120, read_only=True),
        FieldSpec("Modified_By", "Modified By", "ownerlookup", 120, read_only=True),
        FieldSpec("Created_Time", "Created Time", "datetime", read_only=True),
        FieldSpec("Modified_Time", "Modified Time", "datetime", read_only=True),
        FieldSpec("Tag", "Tag", "text", 2000, read_only=True),
    )
}
ROW_FIELDS: Final[Mapping[str, FieldSpec]] = {
    spec.api_name: spec
    for spec in (
        FieldSpec("Parent_Id", "Parent Id", "lookup", 120, read_only=True),
        SYSTEM_FIELDS["Created_Time"],
        SYSTEM_FIELDS["Modified_Time"],
    )
}
NAME_PARTS: Final = ("First_Name", "Last_Name")


def unset(field: FieldSpec) -> Any:
    """The value of a field nobody has filled: false, [] or null, by its type."""
    if field.data_type == "boolean":
        return False
    if field.data_type in ("multiselectpicklist", "fileupload"):
        return []
    return None


@lru_cache(maxsize=512)
def layout_fields(module: ModuleSpec) -> Mapping[str, FieldSpec]:
    """The fields whose values a record of this module keeps: neither subforms nor system ones."""
    return {
        field.api_name: field
        for field in module.fields
        if field.subform is None and field.api_name not in SYSTEM_FIELDS
    }


@lru_cache(maxsize=512)
def readable_fields(module: ModuleSpec) -> Mapping[str, FieldSpec]:
    """All fields a query may name: the layout's, the system's and `id`."""
    system = {
        name: spec
        for name, spec in SYSTEM_FIELDS.items()
        if module.has_modified_time or name != "Modified_Time"
    }
    return {"id": FieldSpec("id", "Id", "bigint"), **layout_fields(module), **system}


def composes_full_name(module: ModuleSpec) -> bool:
    """Whether Full_Name is what the CRM makes of First_Name and Last_Name."""
    return "Full_Name" in module.by_name and all(name in module.by_name for name in NAME_PARTS)


def full_name(values: Mapping[str, Any]) -> str:
    return " ".join(part for name in NAME_PARTS if (part := values.get(name)))


def blank(fields: Mapping[str, FieldSpec]) -> dict[str, Any]:
    return {name: unset(field) for name, field in fields.items()}


def as_module(subform: SubformSpec) -> ModuleSpec:
    """A subform seen as the module its rows can be listed by."""
    return ModuleSpec(
        subform.api_name, subform.api_name, subform.api_name, "custom", subform.fields
    )
