"""A small school for the browser tests: every kind of row, and people who should not see them.

Every call makes another school: ids, usernames and numbers carry a prefix of their own, so that
a site may hold many of them.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

Record = dict[str, Any]

ATTACK = '<script>window.pwned=1</script><img src=x onerror="window.pwned=1">'
"""Text that runs if a page forgets to escape it."""

TURNED = "\u202egnorw\u202c \u200f"
"""An override and a mark of direction: unless isolated, they turn the page around them."""

SECRET_FEEDBACK = "Not to be seen before the release"

LAYLA, OMAR, MALLORY, NADA = "layla", "omar", "mallory", "nada"
STUDENTS = {
    LAYLA: ("Layla", "Haddad 🎓", "ليلى حدّاد – Layla 🎓"),
    OMAR: ("Omar", "Other", "Omar Other"),
    MALLORY: ("Mal<b>lory", 'O\'Neil & "Sons"', f"Mallory {ATTACK} {TURNED}😈"),
    NADA: ("Nada", "Newcomer", "Nada Newcomer"),
}
TEACHER, STAFF = "teacher", "staff"


@dataclass
class School:
    """`records` by entity, ready for the plugin; `prefix` begins every CRM id and username."""

    prefix: str
    today: date
    records: dict[str, list[Record]] = field(default_factory=dict)

    def username(self, person: str) -> str:
        return f"{person}{self.prefix}"

    def zoho_id(self, kind: int, number: int) -> str:
        """`kind` keeps entities apart, as the CRM's ids are unique over all modules."""
        return f"9{self.prefix}{kind:02d}{number:05d}"

    def student_id(self, person: str) -> str:
        return self.zoho_id(1, list(STUDENTS).index(person) + 1)

    def number(self, person: str) -> str:
        """The student number that the CRM gave."""
        return f"S{self.prefix}-{list(STUDENTS).index(person) + 1:03d}"

    def day(self, offset: int) -> str:
        return (self.today + timedelta(days=offset)).isoformat()

    def add(self, entity: str, key: str, zoho_id: str, **values: Any) -> str:
        hashed = json.dumps(values, sort_keys=True) + zoho_id
        now = int(datetime.now(UTC).timestamp())
        stamps = {"modified_time": now, "read_time": now}
        content = hashlib.sha256(hashed.encode()).hexdigest()
        record = {key: zoho_id, **values, **stamps, "content_hash": content}
        self.records.setdefault(entity, []).append(record)
        return zoho_id


def wanted(school: School, password: str) -> dict[str, Any]:
    """What `seed.php` reads."""
    names = {**{name: (first, last) for name, (first, last, _) in STUDENTS.items()}}
    names |= {TEACHER: ("Tala", "Teacher"), STAFF: ("Sami", "Staff")}
    course = f"UNIT1-{school.prefix}"
    in_course = {LAYLA: "student", MALLORY: "student", TEACHER: "editingteacher"}
    return {
        "users": [_user(school, name, *names[name], password) for name in names],
        "managers": [school.username(STAFF)],
        "courses": [{"shortname": course, "fullname": "Programming with <b>care</b> & 😀"}],
        "enrolments": [
            {"username": school.username(name), "course": course, "role": role}
            for name, role in in_course.items()
        ],
        "records": school.records,
        "config": {"brake_minimum": 100_000},
        "windows": _windows(school),
    }


def _windows(school: School) -> Record:
    """Whether enabled, from when, until when: always open, for some days, not yet, not at all."""
    midnight = datetime.combine(school.today, datetime.min.time(), UTC)
    day = {offset: int((midnight + timedelta(days=offset)).timestamp()) for offset in (-9, 9, 20)}
    return {
        **dict.fromkeys(("drop", "change", "photo"), (True, None, None)),
        "late": (True, day[-9], day[9]),
        "enroll": (True, day[9], day[20]),
        "card": (False, None, None),
    }


def _user(school: School, name: str, first: str, last: str, password: str) -> Record:
    number = {"idnumber": school.number(name)} if name in STUDENTS else {}
    return {
        "username": school.username(name),
        "firstname": first,
        "lastname": last,
        "email": f"{school.username(name)}@example.org",
        "password": password,
        **number,
    }
