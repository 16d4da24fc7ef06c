"""How an organisation shaped like the guide differs from the btec one (data-model.md).

`RENAMED` gives, module by module, the guide's name of a btec field, or None where the guide
has no such field. `ADDED` lists the fields that only the guide has.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from mzi_bridge.sandbox.sample import fields as f
from mzi_bridge.sandbox.sample import picklists as p
from mzi_bridge.sandbox.sample.money import number
from mzi_bridge.sandbox.schema import FieldSpec, ModuleSpec

RENAMED: Mapping[str, Mapping[str, str | None]] = {
    "BTEC_Students": {
        "Display_Name": "Account_Name",
        "Email": None,
        "Academic_Email": "Email",
        "Phone_Number": "Phone",
        "Birth_Date": "Date_of_Birth",
        "Status": "Student_Status",
    },
    "BTEC_Registrations": {
        "Student_ID": "Student",
        "Program": None,
        "Registration_Status": "Enrollment_Status",
        "Program_Price": "Fees",
        "Remaining_Amount": None,
    },
    "BTEC_Payments": {
        "Student_ID": "Student",
        "Registration_ID": None,
        "Payment_Amount": "Amount",
        "SRM_Decline_Reason": None,
    },
    "BTEC_Grades": {
        "Class": None,
        "BTEC_Unit": "BTEC_Unit_Name",
        "Attempt_Date": "Submission_Date",
    },
}

ADDED: Mapping[str, tuple[FieldSpec, ...]] = {
    "BTEC_Students": (f.website("Photo"),),
    "BTEC_Registrations": (f.text("Program_Name"), f.currency("Paid_Amount")),
    "BTEC_Payments": (f.picklist("Payment_Status", p.PAYMENT_STATUSES),),
}


def guide_module(module: ModuleSpec) -> ModuleSpec:
    """The same module under the guide's field names."""
    renamed = RENAMED.get(module.api_name, {})
    kept = tuple(_renamed_fields(module.fields, renamed))
    name_field = renamed.get(module.name_field, module.name_field) or ""
    added = ADDED.get(module.api_name, ())
    return replace(module, fields=(*kept, *added), name_field=name_field)


def _renamed_fields(
    specs: Iterable[FieldSpec], renamed: Mapping[str, str | None]
) -> Iterable[FieldSpec]:
    for spec in specs:
        name = renamed.get(spec.api_name, spec.api_name)
        if name is not None:
            label = spec.label if name == spec.api_name else name.replace("_", " ")
            yield replace(spec, api_name=name, label=label)


def guide_record(module: str, record: Mapping[str, Any]) -> dict[str, Any]:
    """The same record under the guide's field names, with what only the guide has."""
    renamed = RENAMED.get(module, {})
    result: dict[str, Any] = {}
    for key, value in record.items():
        name = renamed.get(key, key)
        if name is not None:
            result[name] = value
    result.update(_added_values(module, record))
    return result


def _added_values(module: str, record: Mapping[str, Any]) -> dict[str, Any]:
    if module == "BTEC_Students":
        return {"Photo": f"https://photos.example.com/{record['id']}.jpg"}
    if module == "BTEC_Registrations":
        paid = sum(
            round(row["Installment_Amount"] * 100)
            for row in record["Payment_Schedule"]
            if row["Installment_Status"] == "Paid"
        )
        program = record["Program"]
        return {"Program_Name": program["name"] if program else None, "Paid_Amount": number(paid)}
    if module == "BTEC_Payments":
        declined = record["SRM_Decline_Reason"] is not None
        return {"Payment_Status": "Declined" if declined else "Confirmed"}
    return {}
