"""A record as sent, checked against its module: what may be written, and in which form."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timezone
from typing import Any, Protocol

from mzi_bridge.sandbox.schema import FieldSpec, ModuleSpec, SubformSpec
from mzi_bridge.sandbox.zoho.layout import SYSTEM_FIELDS, Layout, unset
from mzi_bridge.sandbox.zoho.record import CrmUser, Record
from mzi_bridge.sandbox.zoho.refusals import Refusal, invalid_data, invalid_id, missing_field
from mzi_bridge.sandbox.zoho.typing_rules import canonical


@dataclass(frozen=True)
class RowDraft:
    """A subform row: `id` of the row it continues, None for a new one; `gone`: it is deleted."""

    id: str | None
    values: Mapping[str, Any]
    gone: bool = False


@dataclass(frozen=True)
class Draft:
    """Canonical values of the fields sent; `seed` holds id, hours and users that only a
    seeder sets."""

    values: Mapping[str, Any] = field(default_factory=dict)
    rows: Mapping[str, tuple[RowDraft, ...]] = field(default_factory=dict)
    owner: CrmUser | None = None
    seed: Mapping[str, Any] = field(default_factory=dict)


class Surroundings(Protocol):
    """What a draft must know of the rest of the CRM."""

    @property
    def zone(self) -> timezone: ...

    def user(self, user_id: str) -> CrmUser | None: ...

    def adopt(self, user_id: str, name: str, email: str) -> CrmUser:
        """Take a user that seeded records name into the organisation."""
        ...

    def exists(self, module: str, record_id: str) -> bool: ...

    def holder(self, module: str, field: str, value: Any) -> str | None:
        """The id of a record with this value in a field, None without one."""
        ...


@dataclass(frozen=True)
class DraftReader:
    """Reads what was sent for a record of the layout's module.

    An API write ignores unknown keys, read-only fields and system keys, as Zoho does. A
    `trusted` one (seeding) may set read-only fields, ids and hours, may point at records
    that come later, and is told of an unknown key by ValueError.
    """

    crm: Surroundings
    layout: Layout
    trusted: bool = False

    @property
    def module(self) -> ModuleSpec:
        return self.layout.module

    def read(self, sent: Mapping[str, Any], existing: Record | None) -> Draft:
        """The draft; raises Refusal for the first fault of the record."""
        values: dict[str, Any] = {}
        rows: dict[str, tuple[RowDraft, ...]] = {}
        fields = self.layout.stored
        subforms = {spec.api_name: form for spec, form in self.module.subform_fields}
        for key, value in sent.items():
            if key in fields:
                if self._writable(fields[key]):
                    values[key] = self._value(fields[key], value)
            elif key in subforms:
                rows[key] = self._rows(key, subforms[key], value, existing)
            elif self.trusted and key != "id" and key not in SYSTEM_FIELDS:
                raise ValueError(f"{self.module.api_name} has no field {key}")
        self._require(values, existing)
        self._unique(values, existing)
        return Draft(values, rows, self._owner(sent), self._seed(sent))

    def _writable(self, spec: FieldSpec) -> bool:
        if self.trusted:
            return True
        composed = spec.api_name == "Full_Name" and self.layout.composes_full_name
        return not (spec.read_only or spec.auto_number is not False or composed)

    def _value(self, spec: FieldSpec, value: Any) -> Any:
        kept = canonical(spec, None if value == "" else value, self.crm.zone)
        if kept is None:
            return unset(spec)
        if spec.lookup is not None and not self.trusted and not self.crm.exists(spec.lookup, kept):
            raise invalid_id(api_name=spec.api_name)
        return kept

    def _rows(
        self, name: str, form: SubformSpec, sent: Any, existing: Record | None
    ) -> tuple[RowDraft, ...]:
        if sent is None:
            return ()
        if not isinstance(sent, list):
            raise invalid_data(expected_data_type="jsonarray", api_name=name)
        known = {row.id for row in existing.rows[name]} if existing else set()
        return tuple(
            RowDraft(str(row.get("id")), {}, gone=True)
            if isinstance(row, dict) and "_delete" in row
            else self._row(name, form, row, known.__contains__)
            for row in sent
        )

    def _row(
        self, name: str, form: SubformSpec, sent: Any, known: Callable[[str], bool]
    ) -> RowDraft:
        if not isinstance(sent, dict):
            raise invalid_data(expected_data_type="jsonobject", api_name=name)
        row_id = sent.get("id")
        if row_id is not None and not self.trusted and not known(str(row_id)):
            raise invalid_id(api_name="id", parent_api_name=name)
        try:
            values = {
                key: self._value(form.by_name[key], value)
                for key, value in sent.items()
                if key in form.by_name and self._writable(form.by_name[key])
            }
            self._require_of(form.fields, values, creating=row_id is None)
        except Refusal as refusal:
            refusal.details["parent_api_name"] = name
            raise
        return RowDraft(None if row_id is None else str(row_id), values)

    def _require(self, values: Mapping[str, Any], existing: Record | None) -> None:
        self._require_of(self.module.fields, values, creating=existing is None)

    def _require_of(
        self, fields: tuple[FieldSpec, ...], values: Mapping[str, Any], *, creating: bool
    ) -> None:
        for spec in fields:
            if not spec.mandatory or spec.auto_number is not False:
                continue
            if (creating or spec.api_name in values) and values.get(spec.api_name) in (None, []):
                raise missing_field(spec.api_name)

    def _unique(self, values: Mapping[str, Any], existing: Record | None) -> None:
        for name, value in values.items():
            if value is None or not self.module.by_name[name].unique:
                continue
            holder = self.crm.holder(self.module.api_name, name, value)
            if holder is not None and (existing is None or holder != existing.id):
                raise Refusal("DUPLICATE_DATA", "duplicate data", api_name=name, id=holder)

    def _owner(self, sent: Mapping[str, Any]) -> CrmUser | None:
        return None if sent.get("Owner") is None else self._user("Owner", sent["Owner"])

    def _user(self, name: str, sent: Any) -> CrmUser:
        user_id = canonical(SYSTEM_FIELDS[name], sent, self.crm.zone)
        user = self.crm.user(user_id)
        if user is None and self.trusted and isinstance(sent, dict):
            user = self.crm.adopt(user_id, sent.get("name", ""), sent.get("email", ""))
        if user is None:
            raise invalid_id(api_name=name)
        return user

    def _seed(self, sent: Mapping[str, Any]) -> Mapping[str, Any]:
        if not self.trusted:
            return {}
        seed: dict[str, Any] = {} if sent.get("id") is None else {"id": str(sent["id"])}
        for name in ("Created_Time", "Modified_Time"):
            if sent.get(name) is not None:
                seed[name] = canonical(SYSTEM_FIELDS[name], sent[name], self.crm.zone)
        for name in ("Created_By", "Modified_By"):
            if sent.get(name) is not None:
                seed[name] = self._user(name, sent[name])
        return seed
