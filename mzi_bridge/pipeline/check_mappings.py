"""Does the mapping fit both ends as they are now?"""

from __future__ import annotations

from mzi_bridge.mapping import CrmField, Finding, check_preset
from mzi_bridge.pipeline.links import Links
from mzi_bridge.zoho.errors import InvalidModule
from mzi_bridge.zoho.metadata import FieldInfo


async def check_mappings(links: Links) -> list[Finding]:
    """Every fault of the preset against live CRM metadata and the live plugin contract."""
    fields = {module: await crm_fields(links, module) for module in links.preset.modules}
    known = {module: found for module, found in fields.items() if found is not None}
    return check_preset(links.preset, known, await links.moodle.contract())


async def crm_fields(links: Links, module: str) -> list[CrmField] | None:
    """The module's fields as the mapping knows them; None if the CRM has no such module."""
    try:
        fields = await links.zoho.metadata.fields(module)
    except InvalidModule:
        return None
    return [_of_info(info) for info in fields]
