"""Modules and fields as the settings endpoints describe them, and the organisation's people.

Keys as in the v2 model of Zoho's SDK (json_details.json: modules.Module, fields.Field).
"""

from __future__ import annotations

from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from mzi_bridge.sandbox.schema import ModuleSpec
from mzi_bridge.sandbox.zoho.answers import answer, nothing
from mzi_bridge.sandbox.zoho.emulator import Emulator, emulator
from mzi_bridge.sandbox.zoho.field_rows import field_rows
from mzi_bridge.sandbox.zoho.layout import ROW_FIELDS, SYSTEM_FIELDS
from mzi_bridge.sandbox.zoho.records import modified_since
from mzi_bridge.sandbox.zoho.refusals import missing_param, unknown_module
from mzi_bridge.sandbox.zoho.render import module_id

_ABILITIES: Final = (
    "api_supported",
    "creatable",
    "deletable",
    "editable",
    "feeds_required",
    "filter_supported",
    "global_search_supported",
    "inventory_template_supported",
    "kanban_view_supported",
    "presence_sub_menu",
    "quick_create",
    "show_as_tab",
    "triggers_supported",
    "viewable",
    "webform_supported",
)


async def list_modules(request: Request) -> Response:
    """`GET /settings/modules`; 304 where none changed since."""
    parts = emulator(request)
    since = modified_since(request, parts.crm)
    if since is not None and since > parts.crm.started:
        return nothing(304)
    modules = parts.crm.schema.modules.values()
    return answer({"modules": [_module(parts, module) for module in modules]})


async def get_module(request: Request) -> Response:
    """`GET /settings/modules/{api_name}`."""
    parts = emulator(request)
    module = parts.crm.module(request.path_params["name"])
    return answer({"modules": [_module(parts, module)]})


async def list_fields(request: Request) -> Response:
    """`GET /settings/fields?module=`: of a module, or of a subform by its API name."""
    rows = _fields_of(emulator(request), request)
    return answer({"fields": rows})


async def get_field(request: Request) -> Response:
    """`GET /settings/fields/{id}?module=`; 204 for an unknown id."""
    rows = _fields_of(emulator(request), request)
    found = [row for row in rows if row["id"] == request.path_params["field_id"]]
    return answer({"fields": found}) if found else nothing()


def _fields_of(parts: Emulator, request: Request) -> list[dict[str, Any]]:
    name = request.query_params.get("module")
    if not name:
        raise missing_param("module")
    module = parts.crm.schema.modules.get(name)
    if module is not None:
        system = [
            field
            for field in SYSTEM_FIELDS.values()
            if module.has_modified_time or field.api_name != "Modified_Time"
        ]
        own = [field for field in module.fields if field.api_name not in SYSTEM_FIELDS]
        return field_rows(
            parts.crm, name, (*own, *system), custom=module.generated_type != "default"
        )
    found = parts.crm.subform(name)
    if found is None:
        raise unknown_module()
    return field_rows(parts.crm, name, (*found[2].fields, *ROW_FIELDS.values()), custom=True)


def _module(parts: Emulator, module: ModuleSpec) -> dict[str, Any]:
    position = list(parts.crm.schema.modules).index(module.api_name)
    caller = parts.crm.caller
    return {
        **dict.fromkeys(_ABILITIES, True),
        "$properties": [],
        "api_name": module.api_name,
        "arguments": [],
        "business_card_field_limit": 5,
        "convertable": False,
        "custom_view": None,
        "description": None,
        "display_field": module.display_field,
        "emailTemplate_support": module.generated_type == "default",
        "filter_status": True,
        "generated_type": module.generated_type,
        "id": module_id(parts.crm, module.api_name),
        "kanban_view": False,
        "modified_by": {"name": caller.name, "id": caller.id},
        "modified_time": parts.renderer.hour(parts.crm.started),
        "module_name": module.plural
        if module.generated_type == "default"
        else f"CustomModule{position}",
        "parent_module": {},
        "per_page": 10,
        "plural_label": module.plural,
        "profiles": [{"name": "Administrator", "id": "7300000000000000501"}],
        "related_list_properties": {"sort_by": None, "fields": [], "sort_order": None},
        "scoring_supported": module.generated_type == "default",
        "search_layout_fields": [module.display_field],
        "sequence_number": position + 1,
        "singular_label": module.singular,
        "territory": None,
        "visibility": 1,
        "visible": True,
        "web_link": None,
    }
