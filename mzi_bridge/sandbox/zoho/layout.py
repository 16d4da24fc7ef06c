"""The fields every record has beside its layout, and what an unset field holds."""

from __future__ import annotations

from collections.abc import Mapping
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
ID_FIELD: Final[Mapping[str, FieldSpec]] = {"id": FieldSpec("id", "Id", "bigint")}


def unset(field: FieldSpec) -> Any:
    """The value of a field nobody has filled: false, [] or null, by its type."""
    if field.data_type == "boolean":
        return False
    if field.data_type in ("multiselectpicklist", "fileupload"):
        return []
    return None


class Layout:
    """What follows from a module's fields, worked out once.

    `stored` are the fields whose values a record keeps: neither subforms nor system ones;
    `numbered` those that count by themselves; `readable` all that a query may name, `id` and
    system fields included.
    """

    def __init__(self, module: ModuleSpec) -> None:
        self.module = module
        self.stored: Mapping[str, FieldSpec] = {
            field.api_name: field
            for field in module.fields
            if field.subform is None and field.api_name not in SYSTEM_FIELDS
        }
        self.numbered = {
            name: field for name, field in self.stored.items() if field.auto_number is not False
        }
        system = dict(SYSTEM_FIELDS)
        if not module.has_modified_time:
            del system["Modified_Time"]
        self.readable: Mapping[str, FieldSpec] = {**ID_FIELD, **self.stored, **system}
        self.composes_full_name = all(
            name in self.stored for name in ("Full_Name", "First_Name", "Last_Name")
        )


def full_name(values: Mapping[str, Any]) -> str:
    return " ".join(part for name in ("First_Name", "Last_Name") if (part := values.get(name)))


def blank(fields: Mapping[str, FieldSpec]) -> dict[str, Any]:
    return {name: unset(field) for name, field in fields.items()}


def as_module(subform: SubformSpec) -> ModuleSpec:
    """A subform seen as the module its rows can be listed by."""
    return ModuleSpec(
        subform.api_name, subform.api_name, subform.api_name, "custom", subform.fields
    )
