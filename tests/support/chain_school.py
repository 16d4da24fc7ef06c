"""What the office of a small school enters into the CRM of a chain."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.support.http_crm import STUDENTS, HttpCrm

CLASSES = "BTEC_Classes"
ENROLLMENTS = "BTEC_Enrollments"
TEACHERS = "BTEC_Teachers"
UNIT = "Unit 1: Programming"


@dataclass(frozen=True)
class Place:
    """A student's place in a class, each by the CRM's id; `email` is the academic address."""

    student: str
    class_id: str
    enrollment: str
    email: str


class Office:
    """Of one school: a programme with one unit, and the classes and students that it opens."""

    def __init__(self, crm: HttpCrm) -> None:
        self.crm = crm
        self.program = crm.insert("Products", Product_Name="HND Computing")
        self.unit = crm.insert("BTEC", Name=UNIT, Program={"id": self.program})

    def open_class(self, name: str = "Programming", **fields: Any) -> str:
        usual = {
            "Class_Name": name,
            "Unit": {"id": self.unit},
            "BTEC_Program": {"id": self.program},
            "Class_Status": "Active",
        }
        return self.crm.insert(CLASSES, **usual | fields)

    def admit(self, **fields: Any) -> tuple[str, str]:
        """A student's id and academic address, which no user has yet."""
        email = fields.pop("email", None) or new_address()
        usual = {
            "First_Name": "Layla",
            "Last_Name": "Haddad",
            "Academic_Email": email,
            "Status": "Active",
            "Phone_Number": "+962 7 9000 0000",
            "Program": {"id": self.program},
        }
        return self.crm.insert(STUDENTS, **usual | fields), email

    def place(self, class_id: str, **dates: str) -> Place:
        """A new student in a class."""
        student, email = self.admit()
        return Place(student, class_id, self.enroll(student, class_id, **dates), email)

    def enroll(self, student: str, class_id: str, **dates: str) -> str:
        fields = {"Enrolled_Students": {"id": student}, "Classes": {"id": class_id}}
        return self.crm.insert(ENROLLMENTS, **fields, **dates)


def new_address(who: str = "student") -> str:
    return f"{who}-{secrets.token_hex(5)}@students.example.org"


def day(later: int) -> str:
    """The date so many days from now, as the CRM writes it."""
    return (datetime.now(UTC) + timedelta(days=later)).date().isoformat()
