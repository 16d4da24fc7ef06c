"""A mapping against both of its ends: the CRM's live fields and the plugin's live contract."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mzi_bridge.mapping.check_contract import contract_findings
from mzi_bridge.mapping.check_crm import crm_findings
from mzi_bridge.mapping.check_lengths import length_findings
from mzi_bridge.mapping.contract import read_contract
from mzi_bridge.mapping.crm_fields import CrmField
from mzi_bridge.mapping.deny import DenyList
from mzi_bridge.mapping.finding import Finding, Severity
from mzi_bridge.mapping.nearest import nearest
from mzi_bridge.mapping.preset import Preset

__all__ = ["Finding", "Severity", "check_preset"]


def check_preset(
    preset: Preset,
    fields_by_module: Mapping[str, Sequence[CrmField]],
    contract: Mapping[str, Any],
) -> list[Finding]:
    """What would be lost or refused, module by module, errors first within each.

    `fields_by_module`: the fields of every CRM module and, under its own module name, of every
    subform; a subform whose fields are not there is not looked into, which a finding says.
    `contract`: the JSON of `local_mzi_get_contract`. Raises ContractError if it is malformed.
    """
    plugin = read_contract(contract)
    deny = DenyList(preset.deny)
    findings: list[Finding] = []
    for mapping in preset.modules.values():
        fields = fields_by_module.get(mapping.module)
        here: list[Finding] = []
        if fields is None:
            near = nearest(mapping.module, fields_by_module)
            here.append(
                Finding(Severity.ERROR, mapping.module, "", "the CRM has no such module", near)
            )
        else:
            here.extend(crm_findings(mapping, fields, fields_by_module, deny))
            here.extend(length_findings(mapping, fields, fields_by_module, plugin))
        here.extend(contract_findings(mapping, plugin))
        findings.extend(sorted(here, key=lambda finding: list(Severity).index(finding.severity)))
    return findings + _unfilled_entities(preset, plugin.entities)


def _unfilled_entities(preset: Preset, entities: Mapping[str, Any]) -> list[Finding]:
    return [
        Finding(Severity.WARNING, "", entity, "no module of the mapping fills this entity")
        for entity in entities
        if preset.module_for(entity) is None
    ]
