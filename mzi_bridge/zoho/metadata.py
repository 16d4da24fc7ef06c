"""What modules and fields the organisation has, by its live metadata."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from mzi_bridge.zoho.naming import module_path
from mzi_bridge.zoho.rows import page_of, text_of
from mzi_bridge.zoho.transport import Call, Sender


class ModuleInfo(Struct, frozen=True):
    """A module as this user may use it. `generated_type`: default, web, custom, linking."""

    api_name: str
    singular_label: str
    plural_label: str
    generated_type: str
    api_supported: bool
    viewable: bool
    creatable: bool
    editable: bool
    deletable: bool


class FieldInfo(Struct, frozen=True):
    """A field of a module. `data_type` is Zoho's word (text, picklist, lookup, subform, …),
    `json_type` the JSON type of its value, `picklist` the stored values. A record's `id`
    has no such row. `unique`: None where Zoho does not say it."""

    api_name: str
    data_type: str
    json_type: str
    label: str
    length: int | None
    read_only: bool
    mandatory: bool
    custom: bool
    visible: bool
    picklist: tuple[str, ...]
    lookup_module: str | None
    subform_module: str | None
    decimal_places: int | None
    unique: bool | None = None


class Metadata:
    """The settings family of one API version."""

    def __init__(self, transport: Sender, version: str) -> None:
        self._transport = transport
        self._root = f"/crm/{version}/settings"

    async def modules(self) -> list[ModuleInfo]:
        """Every module of the organisation, also those the API does not serve."""
        call = Call("metadata.modules", "GET", f"{self._root}/modules")
        found = page_of(await self._transport.call(call), "modules")
        return [_module(row) for row in found.records if text_of(row, "api_name")]

    async def module(self, api_name: str) -> ModuleInfo | None:
        """One module; None where Zoho answers with nothing. Raises InvalidModule."""
        path = f"{self._root}/modules/{module_path(api_name)}"
        found = page_of(await self._transport.call(Call("metadata.module", "GET", path)), "modules")
        return next((_module(row) for row in found.records), None)

    async def fields(self, module: str) -> list[FieldInfo]:
        """The module's fields, as its layouts show them to this user. Raises InvalidModule.
        Some of Zoho's own modules have no field metadata: an empty list."""
        params = {"module": module_path(module)}
        call = Call("metadata.fields", "GET", f"{self._root}/fields", params)
        found = page_of(await self._transport.call(call), "fields")
        return [_field(row) for row in found.records if text_of(row, "api_name")]


def _module(row: Mapping[str, Any]) -> ModuleInfo:
    name = text_of(row, "api_name") or ""
    return ModuleInfo(
        api_name=name,
        singular_label=text_of(row, "singular_label") or name,
        plural_label=text_of(row, "plural_label") or name,
        generated_type=text_of(row, "generated_type") or "",
        api_supported=row.get("api_supported") is True,
        viewable=row.get("viewable") is True,
        creatable=row.get("creatable") is True,
        editable=row.get("editable") is True,
        deletable=row.get("deletable") is True,
    )


def _field(row: Mapping[str, Any]) -> FieldInfo:
    name = text_of(row, "api_name") or ""
    return FieldInfo(
        api_name=name,
        data_type=text_of(row, "data_type") or "",
        json_type=text_of(row, "json_type") or "",
        label=text_of(row, "field_label") or text_of(row, "display_label") or name,
        length=_whole(row.get("length")),
        read_only=row.get("read_only") is True or row.get("field_read_only") is True,
        mandatory=row.get("system_mandatory") is True,
        custom=row.get("custom_field") is True,
        visible=row.get("visible") is not False,
        picklist=_picklist(row.get("pick_list_values")),
        lookup_module=_module_of(row.get("lookup")),
        subform_module=_module_of(row.get("subform")) or text_of(row, "associated_module"),
        decimal_places=_whole(row.get("decimal_place")),
        unique=bool(unique) if isinstance(unique := row.get("unique"), Mapping) else None,
    )


def _picklist(values: object) -> tuple[str, ...]:
    if not isinstance(values, list):
        return ()
    rows = [row for row in values if isinstance(row, Mapping)]
    words = [text_of(row, "actual_value") or text_of(row, "display_value") for row in rows]
    return tuple(word for word in words if word)


def _module_of(target: object) -> str | None:
    # `module` is a name in v2 and an object with `api_name` in later versions.
    if not isinstance(target, Mapping):
        return None
    module = target.get("module")
    return text_of(module, "api_name") if isinstance(module, Mapping) else text_of(target, "module")


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
