"""The CRM's end of the way back: can what the mapping writes be written there?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from mzi_bridge.mapping.check_crm import subform_fields
from mzi_bridge.mapping.crm_fields import KNOWN_TYPES, LISTS, LOOKUPS, ROWS, CrmField
from mzi_bridge.mapping.finding import Finding, Severity
from mzi_bridge.mapping.nearest import nearest
from mzi_bridge.mapping.values import JsonValue
from mzi_bridge.mapping.write_rules import Form, WriteField, WriteRule

LONGEST_KEY = 64
SCORES = ("Achieved", "Partially Achieved", "Not Achieved")
"""What Moodle says of a criterion."""

_WORDS: Mapping[str, Sequence[str]] = {
    "letter": ("D", "M", "P", "R"),
    "score": SCORES,
}
_UNFIT: Mapping[Form, frozenset[str]] = {
    "plain": LOOKUPS | LISTS | ROWS,
    "lookup": KNOWN_TYPES - LOOKUPS,
    "date": KNOWN_TYPES - {"date", "text", "textarea"},
}
"""Form of a value → the field types that do not take it."""


class WritableField(CrmField, Protocol):
    """What a write must know besides; `zoho.metadata.FieldInfo` is one."""

    @property
    def read_only(self) -> bool: ...
    @property
    def unique(self) -> bool | None: ...


Fields = Mapping[str, WritableField]


def write_findings(
    writes: Mapping[str, WriteRule], fields_by_module: Mapping[str, Sequence[WritableField]]
) -> list[Finding]:
    """What the CRM would refuse, or could not find again; `fields_by_module` as for
    `check_preset`. Keys begin with `writes.`."""
    found: list[Finding] = []
    for rule in writes.values():
        fields = fields_by_module.get(rule.module)
        if fields is None:
            near = nearest(rule.module, fields_by_module)
            message = "the CRM has no such module"
            found.append(_error(rule, "module", message, near))
        elif fields:
            found += _rule(rule, {one.api_name: one for one in fields}, fields_by_module)
    return found


def key_is_unique(rule: WriteRule, fields: Sequence[WritableField]) -> bool:
    """Whether the CRM itself keeps two records from having the same key; without that a
    write may make a second one."""
    return rule.key is None or any(
        one.api_name == rule.key and one.unique is not False for one in fields
    )


def _rule(
    rule: WriteRule, own: Fields, fields_by_module: Mapping[str, Sequence[WritableField]]
) -> Iterator[Finding]:
    for field in rule.fields:
        yield from _field(rule, f"fields.{field.name}", field, own)
    for name, value in rule.insert.items():
        yield from _there(rule, f"insert.{name}", name, own)
        if name in own:
            yield from _picklist(rule, f"insert.{name}", own[name], [value])
    yield from _key(rule, own)
    if rule.rows is None:
        return
    subform = own.get(rule.rows.subform)
    if subform is None or (subform.data_type not in ROWS and subform.data_type in KNOWN_TYPES):
        yield _error(rule, "rows.subform", f'the CRM has no subform "{rule.rows.subform}" here')
        return
    rows = subform_fields(rule.rows.subform, own, fields_by_module) or {}
    for field in rule.rows.fields if rows else ():
        yield from _field(rule, f"rows.fields.{field.name}", field, rows)


def _field(
    rule: WriteRule, key: str, field: WriteField, own: Mapping[str, CrmField]
) -> Iterator[Finding]:
    yield from _there(rule, key, field.name, own)
    crm = own.get(field.name)
    if crm is None:
        return
    if crm.data_type in _UNFIT[field.form]:
        what = "a value" if field.form == "plain" else f"a {field.form}"
        yield _error(rule, key, f'"{field.name}" is {crm.data_type}, which takes no such {what}')
    yield from _picklist(rule, key, crm, _WORDS.get(field.fact, ()))


def _there(rule: WriteRule, key: str, name: str, own: Mapping[str, CrmField]) -> Iterator[Finding]:
    field = own.get(name)
    if field is None:
        yield _error(rule, key, f'the CRM has no field "{name}" here', nearest(name, own))
    elif getattr(field, "read_only", False):
        yield _error(rule, key, f'"{name}" is read only')


def _picklist(
    rule: WriteRule, key: str, field: CrmField, values: Sequence[JsonValue]
) -> Iterator[Finding]:
    if field.data_type == "picklist" and field.picklist:
        lacking = [str(value) for value in values if value not in field.picklist]
        if lacking:
            listed = ", ".join(lacking)
            yield _error(rule, key, f'"{field.api_name}" has no value {listed}', field.picklist[:5])


def _key(rule: WriteRule, own: Fields) -> Iterator[Finding]:
    field = own.get(rule.key) if rule.key is not None else None
    if field is None:
        return
    if field.unique is False:
        message = f'"{field.api_name}" is not unique in the CRM: records could be made twice'
        yield _error(rule, "key", message)
    if field.length is not None and field.length < LONGEST_KEY:
        message = f'"{field.api_name}" holds {field.length} characters, a key up to {LONGEST_KEY}'
        yield Finding(Severity.WARNING, rule.module, f"writes.{rule.kind}.key", message)


def _error(rule: WriteRule, key: str, message: str, near: Sequence[str] = ()) -> Finding:
    return Finding(Severity.ERROR, rule.module, f"writes.{rule.kind}.{key}", message, tuple(near))
