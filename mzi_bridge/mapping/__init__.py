"""From a CRM record to a row of the plugin, by rules in a file.

Pure: no network, no clock, no state. `load_preset` reads the rules, `project` applies them,
`diff` says what a row would change, and `project_write` goes the other way, from what Moodle tells
to a record of the CRM. For people who look after the rules, `check.py` compares them with both
ends and `editing.py` changes them.
"""

from mzi_bridge.mapping.content_hash import content_hash
from mzi_bridge.mapping.crm_fields import CrmField
from mzi_bridge.mapping.deny import DEFAULT_DENY
from mzi_bridge.mapping.diff import FieldChange, diff
from mzi_bridge.mapping.faults import MappingErrors, MappingFault
from mzi_bridge.mapping.loader import load_preset, mapping_text, parse_preset
from mzi_bridge.mapping.preset import ModuleMapping, PhotoSource, Preset
from mzi_bridge.mapping.projection import FieldFault, Projection, project
from mzi_bridge.mapping.shipped import shipped_presets
from mzi_bridge.mapping.values import FaultCode, JsonValue
from mzi_bridge.mapping.write_rules import WriteRule
from mzi_bridge.mapping.writes import project_write

__all__ = [
    "DEFAULT_DENY",
    "CrmField",
    "FaultCode",
    "FieldChange",
    "FieldFault",
    "JsonValue",
    "MappingErrors",
    "MappingFault",
    "ModuleMapping",
    "PhotoSource",
    "Preset",
    "Projection",
    "WriteRule",
    "content_hash",
    "diff",
    "load_preset",
    "mapping_text",
    "parse_preset",
    "project",
    "project_write",
    "shipped_presets",
]
