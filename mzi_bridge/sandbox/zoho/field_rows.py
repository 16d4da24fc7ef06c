"""One field as `/settings/fields` describes it."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping
from typing import Any, Final

from mzi_bridge.sandbox.schema import FieldSpec
from mzi_bridge.sandbox.zoho.render import module_id
from mzi_bridge.sandbox.zoho.state import Crm

JSON_TYPES: Final[Mapping[str, str]] = {
    "boolean": "boolean",
    "integer": "integer",
    "double": "double",
    "currency": "double",
    "percent": "double",
    "multiselectpicklist": "jsonarray",
    "fileupload": "jsonarray",
    "subform": "jsonarray",
    "lookup": "jsonobject",
    "ownerlookup": "jsonobject",
}
LENGTHS: Final[Mapping[str, int]] = {
    "boolean": 5,
    "date": 20,
    "datetime": 20,
    "integer": 9,
    "bigint": 18,
    "double": 16,
    "currency": 16,
    "percent": 5,
    "textarea": 32000,
}


def field_rows(
    crm: Crm, module: str, fields: Iterable[FieldSpec], *, custom: bool
) -> list[dict[str, Any]]:
    """Rows of `fields`, in order; `custom` says whether the module itself is one."""
    return [_row(crm, module, field, custom) for field in fields]


def _row(crm: Crm, module: str, field: FieldSpec, custom: bool) -> dict[str, Any]:
    read_only = field.read_only or field.auto_number is not False
    return {
        "id": _field_id(module, field.api_name),
        "api_name": field.api_name,
        "field_label": field.label,
        "display_label": field.label,
        "data_type": field.data_type,
        "json_type": JSON_TYPES.get(field.data_type, "string"),
        "length": field.length or LENGTHS.get(field.data_type, 255),
        "decimal_place": 2 if JSON_TYPES.get(field.data_type) == "double" else None,
        "system_mandatory": field.mandatory,
        "mandatory": field.mandatory,
        "read_only": read_only,
        "field_read_only": read_only,
        "custom_field": custom and field.data_type != "ownerlookup",
        "visible": True,
        "created_source": "default",
        "pick_list_values": _options(field),
        "lookup": _lookup(crm, field),
        "subform": _subform(field),
        "multiselectlookup": {},
        "related_details": None,
        "association_details": None,
        "unique": {"casesensitive": "false"} if field.unique else {},
        "auto_number": _auto_number(field),
        "formula": {},
        "currency": {"rounding_option": "normal", "precision": 2}
        if field.data_type == "currency"
        else {},
        "view_type": {
            "view": True,
            "edit": not read_only,
            "create": not read_only,
            "quick_create": False,
        },
        "history_tracking": False,
        "businesscard_supported": field.data_type != "subform",
        "blueprint_supported": True,
        "mass_update": not read_only,
        "webhook": True,
        "crypt": None,
        "tooltip": None,
        "private": None,
        "criteria": None,
        "validation_rule": None,
        "convert_mapping": {},
        "default_value": None,
        "layouts": None,
        "multi_module_lookup": {},
        "personality_name": None,
        "quick_sequence_number": None,
        "section_id": 1,
        "transition_sequence": None,
        "column_name": None,
        "content": None,
        "message": None,
        "type": "used",
    }


def _field_id(module: str, field: str) -> str:
    """Steady from run to run: made from the names."""
    return str(7_300_000_000_500_000_000 + zlib.crc32(f"{module}.{field}".encode()) % 100_000_000)


def _options(field: FieldSpec) -> list[dict[str, Any]]:
    return [
        {
            "display_value": value,
            "actual_value": value,
            "sequence_number": position,
            "maps": [],
            "type": "used",
        }
        for position, value in enumerate(field.picklist, start=1)
    ]


def _lookup(crm: Crm, field: FieldSpec) -> dict[str, Any]:
    if field.lookup is None:
        return {}
    return {
        "display_label": crm.schema.modules[field.lookup].plural,
        "api_name": field.api_name,
        "module": field.lookup,
        "id": module_id(crm, field.lookup),
    }


def _subform(field: FieldSpec) -> dict[str, Any] | None:
    if field.subform is None:
        return None
    return {
        "module": field.subform,
        "id": _field_id(field.subform, ""),
        "layout": None,
        "display_label": field.label,
        "api_name": field.api_name,
    }


def _auto_number(field: FieldSpec) -> dict[str, Any]:
    if field.auto_number is False:
        return {}
    return {"prefix": field.auto_number, "start_number": 1, "suffix": None}
