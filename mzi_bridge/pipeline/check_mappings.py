"""Does the mapping fit both ends as they are now?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from mzi_bridge.mapping import Preset
from mzi_bridge.mapping.check import Finding, check_preset
from mzi_bridge.mapping.check_writes import write_findings
from mzi_bridge.pipeline.links import Links
from mzi_bridge.zoho.errors import InvalidModule
from mzi_bridge.zoho.metadata import FieldInfo


async def check_mappings(links: Links) -> list[Finding]:
    """Every fault of the preset against live CRM metadata and the live plugin contract.

    One metadata call for the modules, one for each mapped module and each of its subforms;
    the other modules stand by name only, as words to suggest.
    """
    written = {rule.module: None for rule in links.preset.writes.values()}
    fields = await fields_of(links, [*{**dict.fromkeys(links.preset.modules), **written}])
    findings = check_preset(links.preset, fields, await links.moodle.contract())
    return findings + write_findings(links.preset.writes, fields)


def check_module(
    preset: Preset,
    module: str,
    fields: Mapping[str, Sequence[FieldInfo]],
    contract: Mapping[str, Any],
) -> list[Finding]:
    """The same of one module alone; `fields` as `fields_of` tells them."""
    alone = replace(preset, modules={module: preset.modules[module]})
    return [found for found in check_preset(alone, fields, contract) if found.module == module]


async def fields_of(links: Links, modules: Sequence[str]) -> dict[str, Sequence[FieldInfo]]:
    """The fields of these modules and, by its own module's name, of each of their subforms; of
    every other module the name alone. What the CRM does not have is not there."""
    names = [info.api_name for info in await links.zoho.metadata.modules()]
    fields: dict[str, Sequence[FieldInfo]] = dict.fromkeys(names, ())
    for module in modules:
        found = await _fields(links, module)
        if found is None:
            fields.pop(module, None)
            continue
        fields[module] = found
        for subform in {info.subform_module for info in found if info.subform_module}:
            fields[subform] = await _fields(links, subform) or ()
    return fields


async def _fields(links: Links, module: str) -> Sequence[FieldInfo] | None:
    """The module's fields; None if the CRM has no such module."""
    try:
        return await links.zoho.metadata.fields(module)
    except InvalidModule:
        return None
