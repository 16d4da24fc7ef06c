"""The `photo` table of a module: where the CRM keeps the picture of the person."""

from __future__ import annotations

from typing import Any

from mzi_bridge.mapping.preset import PhotoSource
from mzi_bridge.mapping.rules import PhotoTable
from mzi_bridge.mapping.tables import Place, read_rule

PICTURED_ENTITY = "students"
"""The one entity of the plugin that has photos."""


def compile_photo(raw: dict[str, Any] | None, entity: str, place: Place) -> PhotoSource | None:
    """The source of photos; None where the module has none. Faults are added at `place`."""
    if raw is None:
        return None
    table = read_rule(PhotoTable, raw, place)
    if table is None:
        return None
    if entity != PICTURED_ENTITY:
        place.add("", f"only the module of {PICTURED_ENTITY} can have photos")
    attachment = table.attachment.strip() if table.attachment is not None else None
    if attachment == "":
        place.add("attachment", "must not be blank: every attachment would be a photo")
    if attachment is None and not table.record_image:
        place.add("", 'names no source: attachment = "…", record_image = true, or both')
    return PhotoSource(attachment, table.record_image)
