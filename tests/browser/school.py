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


def build_school(prefix: str, today: date) -> School:
    """`prefix`: up to eight digits that no school on the site has yet."""
    school = School(prefix, today)
    _catalogue(school)
    _people(school)
    _rich(school, LAYLA, hostile="")
    _rich(school, MALLORY, hostile=f" {ATTACK}{TURNED}")
    _poor(school, OMAR)
    return school


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


def _catalogue(school: School) -> None:
    program = school.zoho_id(2, 1)
    school.add(
        "programs",
        "zoho_program_id",
        program,
        name="HND Computing",
        program_code="HND-C",
        award="Level 5",
        level="HND",
        price="4200.00",
        currency="JOD",
    )
    school.add("teachers", "zoho_teacher_id", school.zoho_id(3, 1), name="Dr. Rana Nassar")
    units = ("Programming", "Networking", "Database Design", "Web <Design> & Ethics", "Security")
    for number, name in enumerate(units, 1):
        school.add(
            "units",
            "zoho_unit_id",
            school.zoho_id(4, number),
            name=name,
            code=f"U{number:02d}",
            number=str(number),
            credit=15,
            level="4",
            zoho_program_id=program,
        )


def _people(school: School) -> None:
    for name, (first, last, display) in STUDENTS.items():
        hostile = ATTACK if name == MALLORY else ""
        school.add(
            "students",
            "zoho_student_id",
            school.student_id(name),
            student_id=school.number(name),
            first_name=first,
            last_name=last,
            display_name=display,
            academic_email=f"{school.username(name)}@example.org",
            phone="+962 7 9000 0000",
            birth_date="2004-02-29",
            gender="Female",
            nationality=f"Jordanian{hostile}",
            national_id=f"99887766{school.zoho_id(0, 7)[-4:]}",
            address=f"12 شارع الجامعة, Amman{hostile}",
            city="Amman",
            country="Jordan",
            status="Withdrawn" if name == NADA else "Active",
            major=f"IT{hostile}",
            zoho_program_id=school.zoho_id(2, 1),
            program_name=f"HND Computing{hostile}",
            academic_program="HND",
            study_language="English",
            study_mode="On Campus",
            emergency_contact_name=f"Huda Haddad{hostile}",
            emergency_contact_phone="+962 7 9111 1111",
            moodle_user_id=f"@user:{school.username(name)}",
        )


def _rich(school: School, person: str, hostile: str) -> None:
    _registrations(school, person, hostile)
    _classes(school, person, hostile)
    _grades(school, person, hostile)
    _requests(school, person, hostile)


def _base(person: str) -> int:
    """Where the numbers of this person's rows begin."""
    return 100 * (list(STUDENTS).index(person) + 1)


def _registrations(school: School, person: str, hostile: str) -> None:
    student, base = school.student_id(person), _base(person)
    for number, (status, currency, fees, remaining) in enumerate(
        (("Active", "JOD", "4200.00", "2450.00"), ("Completed", "USD", "1500.50", "0.00"))
    ):
        registration = school.add(
            "registrations",
            "zoho_registration_id",
            school.zoho_id(5, base + number),
            registration_number=f"REG-{school.prefix}-{base + number}",
            zoho_student_id=student,
            zoho_program_id=school.zoho_id(2, 1),
            program_name=f"HND Computing{hostile}",
            registration_status=status,
            registration_date=school.day(-400 + 200 * number),
            expected_completion_date=school.day(300) if number == 0 else None,
            total_fees=fees,
            remaining_amount=remaining,
            currency=currency,
            discount_percentage="10.00" if number == 0 else None,
            study_mode="On Campus",
            study_language="English",
            intake=f"Fall 2025{hostile}",
            installments=_installments(school, base + 10 * number, currency),
        )
        for turn, state in enumerate(("Confirmed", "Confirmed", "Pending", "Declined")):
            _payment(school, person, registration, currency, 10 * number + turn, state, hostile)


def _installments(school: School, base: int, currency: str) -> list[Record]:
    later = ((due, "Pending", None) for due in (-60, 5, 60))
    plan = ((-120, "Paid", -119), *later)
    return [
        {
            "zoho_installment_id": school.zoho_id(6, base + number),
            "installment_number": number + 1,
            "due_date": school.day(due),
            "amount": "945.00",
            "currency": currency,
            "status": status,
            "paid_date": None if paid is None else school.day(paid),
        }
        for number, (due, status, paid) in enumerate(plan)
    ]


def _payment(
    school: School,
    person: str,
    registration: str,
    currency: str,
    number: int,
    status: str,
    hostile: str,
) -> None:
    school.add(
        "payments",
        "zoho_payment_id",
        school.zoho_id(7, _base(person) + number),
        payment_number=f"PAY-{school.prefix}-{_base(person) + number}",
        zoho_student_id=school.student_id(person),
        zoho_registration_id=registration,
        amount=f"{750 + number}.25",
        currency=currency,
        payment_date=school.day(-110 + number),
        payment_method=f"Bank Transfer{hostile}",
        payment_type="Installment",
        installment_number=1,
        voucher_number=f"V-{number}",
        status=status,
        note=f"Paid at the desk{hostile}",
    )


def _classes(school: School, person: str, hostile: str) -> None:
    states = (
        ("Active", -30, 60, True),
        ("Active", -20, 70, False),
        ("End", -300, -200, False),
        ("Pending", 30, 120, False),
    )
    for number, (status, start, end, has_course) in enumerate(states):
        base = _base(person) + number
        course = f"@course:UNIT1-{school.prefix}" if has_course else None
        known = school.add(
            "classes",
            "zoho_class_id",
            school.zoho_id(8, base),
            class_number=f"C-{base}",
            name=f"Unit {number + 1} evening{hostile}",
            short_name=f"U{number + 1}E",
            zoho_unit_id=school.zoho_id(4, number + 1),
            unit_name=f"Unit {number + 1}{hostile}",
            zoho_program_id=school.zoho_id(2, 1),
            program_name="HND Computing",
            zoho_teacher_id=school.zoho_id(3, 1),
            teacher_name=f"Dr. رنا Nassar{hostile}",
            term="Term 1",
            year="2026",
            status=status,
            start_date=school.day(start),
            end_date=school.day(end),
            schedule="Sunday 17:00–19:00, Tuesday 17:00–19:00",
            classroom=f"B-1{number}{hostile}",
            study_mode="On Campus",
            ms_teams_id="19:abc@thread.tacv2" if number == 0 else None,
            moodle_course_id=course,
        )
        school.add(
            "enrollments",
            "zoho_enrollment_id",
            school.zoho_id(9, base),
            zoho_student_id=school.student_id(person),
            zoho_class_id=known,
            enrollment_type="Normal",
            start_date=school.day(start),
            end_date=school.day(end),
            moodle_course_id=course,
        )


def _grades(school: School, person: str, hostile: str) -> None:
    given = (
        (0, "D", "Released", 1),
        (1, "R", "Released", 1),
        (1, "P", "Released", 2),
        (2, "M", "Released", 1),
        (3, "RR", "Released", 1),
        (0, "D", "Ready for release", 2),
        (3, "P", "In review", 2),
    )
    for number, (unit, letter, status, attempt) in enumerate(given):
        released = status == "Released"
        feedback = "Clear and complete.\nGood work" if released else SECRET_FEEDBACK
        school.add(
            "grades",
            "zoho_grade_id",
            school.zoho_id(10, _base(person) + number),
            zoho_student_id=school.student_id(person),
            zoho_class_id=school.zoho_id(8, _base(person) + unit),
            unit_name=f"Unit {unit + 1}{hostile}",
            title=f"Unit {unit + 1} assignment{hostile}",
            grade=letter,
            grade_status=status,
            attempt_number=attempt,
            attempt_date=school.day(-90 + 10 * number),
            feedback=f"{feedback}{hostile}",
            grader_name=f"Dr. Rana{hostile}",
            iv_name="Dr. Iyad",
            outcomes=_outcomes(school, _base(person) + 10 * number, feedback, hostile),
        )


def _outcomes(school: School, base: int, feedback: str, hostile: str) -> list[Record]:
    return [
        {
            "zoho_outcome_id": school.zoho_id(11, 10 * base + number),
            "code": f"LO{number + 1}",
            "identification": f"LO{number + 1}: Explain{hostile}",
            "title": f"Explain algorithms{hostile}",
            "definition": f"Explain what an algorithm is{hostile}",
            "score": "Achieved",
            "feedback": f"{feedback}{hostile}",
        }
        for number in range(2)
    ]


def _requests(school: School, person: str, hostile: str) -> None:
    kinds = (
        ("Class Drop", "Pending"),
        ("Late Submission", "Approved"),
        ("Change Information", "Rejected"),
        ("Student Card", "Completed"),
        ("Enroll Next Semester", "Cancelled"),
    )
    for number, (kind, status) in enumerate(kinds):
        change = {"Field_Name": "Phone Number", "Current_Value": "1", "New_Value": f"2{hostile}"}
        school.add(
            "requests",
            "zoho_request_id",
            school.zoho_id(12, _base(person) + number),
            zoho_student_id=school.student_id(person),
            moodle_user_id=f"@user:{school.username(person)}",
            request_type=kind,
            status=status,
            reason=f"Because of work{hostile}",
            fees_amount="25.00" if kind == "Student Card" else None,
            currency="JOD",
            request_date=school.day(-40 + number),
            details=[change] if kind == "Change Information" else None,
        )


def _poor(school: School, person: str) -> None:
    """One row of each kind."""
    student, base = school.student_id(person), _base(person)
    registration = school.add(
        "registrations",
        "zoho_registration_id",
        school.zoho_id(5, base),
        registration_number=f"REG-{school.prefix}-{base}",
        zoho_student_id=student,
        zoho_program_id=school.zoho_id(2, 1),
        program_name="HND Computing",
        registration_status="Active",
        registration_date=school.day(-30),
        total_fees="1000.00",
        remaining_amount="249.75",
        currency="JOD",
        installments=_installments(school, base, "JOD")[:1],
    )
    _payment(school, person, registration, "JOD", 0, "Confirmed", "")
    _grades(school, person, "")
