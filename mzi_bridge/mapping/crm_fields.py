"""CRM field metadata as the check needs it, and which CRM types can feed which rule."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from mzi_bridge.mapping.rules import ColumnType


class CrmField(Protocol):
    """A row of `/settings/fields`; `zoho.metadata.FieldInfo` is one."""

    @property
    def api_name(self) -> str: ...
    @property
    def data_type(self) -> str: ...
    @property
    def length(self) -> int | None: ...
    @property
    def picklist(self) -> tuple[str, ...]: ...
    @property
    def subform_module(self) -> str | None: ...


_TEXTS = "text textarea email phone website picklist autonumber bigint formula profileimage"
TEXTS = frozenset(_TEXTS.split())
NUMBERS = frozenset({"integer", "bigint", "double", "currency", "percent", "formula"})
LOOKUPS = frozenset({"lookup", "ownerlookup", "multi_module_lookup"})
LISTS = frozenset({"multiselectpicklist", "multiselectlookup", "multiuserlookup"})
ROWS = frozenset({"subform"})

FEEDS: Mapping[ColumnType, frozenset[str]] = {
    "text": TEXTS | NUMBERS | {"date", "datetime"},
    "id": TEXTS,
    "int": NUMBERS | TEXTS,
    "bool": frozenset({"boolean", "picklist", "text", "integer", "formula"}),
    "date": frozenset({"date", "datetime", "text", "formula"}),
    "datetime": frozenset({"datetime", "text", "formula"}),
    "money": NUMBERS | TEXTS,
    "json": TEXTS | NUMBERS | LOOKUPS | LISTS | {"boolean", "date", "datetime", "fileupload"},
}
"""Rule type → the CRM data types whose values it can read (facts: JSON of field types)."""

KNOWN_TYPES = frozenset().union(*FEEDS.values()) | ROWS
"""Data types the table above speaks of; of any other one nothing is claimed."""

TAKEN_BY: Mapping[str, frozenset[str]] = {
    "lookup_id": LOOKUPS,
    "lookup_name": LOOKUPS,
    "join": LISTS,
    "strip": TEXTS,
    "lower": TEXTS,
    "upper": TEXTS,
    "mask": TEXTS,
    "map": TEXTS,
    "currency": TEXTS,
    "text": FEEDS["text"],
    "id": FEEDS["id"],
    "int": FEEDS["int"],
    "bool": FEEDS["bool"],
    "date": FEEDS["date"],
    "datetime_epoch": FEEDS["datetime"],
    "money": FEEDS["money"],
    "json": FEEDS["json"],
}
"""Transform → the CRM data types that it reads; those that take any are not here."""

RECORD_IMAGE = "Record_Image"
SYSTEM_FIELDS = frozenset(
    {
        "id",
        "Owner",
        "Created_By",
        "Created_Time",
        "Modified_By",
        "Modified_Time",
        "Last_Activity_Time",
        RECORD_IMAGE,
        "Record_Status__s",
        "Locked__s",
        "Tag",
        "Layout",
        "Parent_Id",
        "Currency",
        "Exchange_Rate",
        "Unsubscribed_Mode",
        "Unsubscribed_Time",
    }
)
"""Fields every module has, which nobody misses when no rule reads them."""
