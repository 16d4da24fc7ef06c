"""The changes that the demonstration makes in the CRM, one for each module and more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True)
class Edit:
    """`fields` are written as the office would; `column` of the row must then hold `expected`."""

    story: str
    module: str
    operation: Literal["insert", "update", "delete"]
    fields: Mapping[str, Any]
    column: str = ""
    expected: Any = None


EDITS = (
    Edit(
        "a student's phone number changes",
        "BTEC_Students",
        "update",
        {"Phone_Number": "+962 6 555 0142"},
        "phone",
        "+962 6 555 0142",
    ),
    Edit(
        "a programme gets a new price",
        "Products",
        "update",
        {"Program_Price": 4321.5},
        "price",
        "4321.50",
    ),
    Edit(
        "a registration's intake is corrected",
        "BTEC_Registrations",
        "update",
        {"Intake": "September 2027"},
        "intake",
        "September 2027",
    ),
    Edit(
        "a payment is recorded",
        "BTEC_Payments",
        "insert",
        {"Payment_Amount": 250, "Currency": "USD", "Payment_Date": "2026-11-20"},
        "amount",
        "250.00",
    ),
    Edit(
        "a payment's note is written",
        "BTEC_Payments",
        "update",
        {"Note": "Paid at the desk"},
        "note",
        "Paid at the desk",
    ),
    Edit(
        "a teacher gets another name",
        "BTEC_Teachers",
        "update",
        {"Phone_Number": "+962 6 555 0177"},
        "phone",
        "+962 6 555 0177",
    ),
    Edit(
        "a unit is renamed",
        "BTEC",
        "update",
        {"Name": "Web Design"},
        "name",
        "Web Design",
    ),
    Edit(
        "a class moves to another room",
        "BTEC_Classes",
        "update",
        {"Classroom": "Lab 7"},
        "classroom",
        "Lab 7",
    ),
    Edit(
        "an enrolment's end is set",
        "BTEC_Enrollments",
        "update",
        {"End_Date": "2027-06-30"},
        "end_date",
        "2027-06-30",
    ),
    Edit(
        "a grade gets its feedback",
        "BTEC_Grades",
        "update",
        {"Feedback": "Clear and complete."},
        "feedback",
        "Clear and complete.",
    ),
    Edit(
        "a request is approved",
        "BTEC_Student_Requests",
        "update",
        {"Status": "Approved"},
        "status",
        "Approved",
    ),
    Edit("a payment is deleted", "BTEC_Payments", "delete", {}),
)

APPROVAL = Edit(
    "the office approves that request in the CRM",
    "BTEC_Student_Requests",
    "update",
    {"Status": "Approved"},
    "status",
    "Approved",
)
"""Of the request that the student made in Moodle."""
