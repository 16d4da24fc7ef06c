"""Records as the API shows them."""

from __future__ import annotations

from collections.abc import Container
from typing import Any, Final

from mzi_bridge.sandbox.schema import FieldSpec, ModuleSpec, SubformSpec
from mzi_bridge.sandbox.zoho.record import CrmUser, Record, Row
from mzi_bridge.sandbox.zoho.state import Crm
from mzi_bridge.sandbox.zoho.times import iso

INVENTORY_SUBFORMS: Final = frozenset({"Product_Details", "Pricing_Details"})
"""Line items of Zoho's own modules come with lists; custom subforms only with a get by id."""

_NOT_ASKED: Final = {"approve": False, "reject": False, "resubmit": False}
_SYSTEM_KEYS: Final[dict[str, Any]] = {
    "$approval": {"delegate": False, "takeover": False, **_NOT_ASKED},
    "$approval_state": "approved",
    "$approved": True,
    "$currency_symbol": "$",
    "$editable": True,
    "$field_states": None,
    "$in_merge": False,
    "$locked_for_me": False,
    "$orchestration": False,
    "$process_flow": False,
    "$review": None,
    "$review_process": _NOT_ASKED,
    "$state": "save",
    "$zia_owner_assignment": "owner_recommendation_unavailable",
    "Locked__s": False,
    "Tag": [],
}


class Renderer:
    """Shows records of one CRM: lookups as {name, id}, hours in the calling user's offset."""

    def __init__(self, crm: Crm) -> None:
        self._crm = crm

    def record(
        self, record: Record, *, subforms: bool, only: Container[str] | None = None
    ) -> dict[str, Any]:
        """All layout fields, system fields and $-keys; with `only`, those and the id."""
        module = self._crm.schema.modules[record.module]
        shown: dict[str, Any] = {"id": record.id}
        if only is None:
            shown.update(_SYSTEM_KEYS)
            shown["$layout_id"] = self._layout(module)
            if module.api_name == "Leads":
                shown["$converted"] = False
                shown["$converted_detail"] = {}
        shown.update(self._system(module, record))
        for name, field in self._crm.layouts[module.api_name].stored.items():
            if only is None or name in only:
                shown[name] = self.value(field, record.values[name])
        for field, form in module.subform_fields:
            if subforms or field.api_name in INVENTORY_SUBFORMS:
                rows = record.rows[field.api_name]
                shown[field.api_name] = [self.row(record, form, row) for row in rows]
        if only is not None:
            return {name: value for name, value in shown.items() if name == "id" or name in only}
        return shown

    def row(self, record: Record, form: SubformSpec, row: Row) -> dict[str, Any]:
        """A row of a subform, with its own id and its parent."""
        return {
            "id": row.id,
            "Parent_Id": {"name": self._crm.name_of(record), "id": record.id},
            "Created_Time": self.hour(row.created),
            "Modified_Time": self.hour(row.modified),
            "$in_merge": False,
            "$field_states": None,
            **{name: self.value(spec, row.values[name]) for name, spec in form.by_name.items()},
        }

    def value(self, field: FieldSpec, kept: Any) -> Any:
        """A canonical value as JSON; a lookup to a record that is gone is null."""
        if kept is None:
            return None
        if field.data_type == "lookup" and field.lookup is not None:
            name = self._crm.display_name(field.lookup, kept)
            return None if name is None else {"name": name, "id": kept}
        if field.data_type == "ownerlookup":
            user = self._crm.user(kept)
            return None if user is None else self.user(user)
        return self.hour(kept) if field.data_type == "datetime" else kept

    def hour(self, epoch: int) -> str:
        return iso(epoch, self._crm.zone)

    def user(self, user: CrmUser) -> dict[str, str]:
        return {"name": user.name, "id": user.id, "email": user.email}

    def written(self, record: Record) -> dict[str, Any]:
        """The `details` of a successful write: its users come without e-mail."""
        hours = {"Created_Time": self.hour(record.created)}
        if self._crm.schema.modules[record.module].has_modified_time:
            hours["Modified_Time"] = self.hour(record.modified)
        return {
            **hours,
            "id": record.id,
            "Created_By": {"name": record.created_by.name, "id": record.created_by.id},
            "Modified_By": {"name": record.modified_by.name, "id": record.modified_by.id},
        }

    def _system(self, module: ModuleSpec, record: Record) -> dict[str, Any]:
        shown: dict[str, Any] = {
            "Owner": self.user(record.owner),
            "Created_By": self.user(record.created_by),
            "Modified_By": self.user(record.modified_by),
            "Created_Time": self.hour(record.created),
            "Record_Image": None if record.photo is None else f"{int(record.id):x}",
        }
        if module.has_modified_time:
            shown["Modified_Time"] = self.hour(record.modified)
        return shown

    def _layout(self, module: ModuleSpec) -> dict[str, str]:
        return {
            "name": "Standard",
            "display_label": "Standard",
            "id": module_id(self._crm, module.api_name, kind=2),
        }


def module_id(crm: Crm, module: str, *, kind: int = 1) -> str:
    """A steady id of a module (kind 1) or of its layout (kind 2)."""
    position = list(crm.schema.modules).index(module)
    return str(7_300_000_000_000_000_000 + kind * 100_000 + position)
