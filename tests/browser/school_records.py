"""Fills the school: its catalogue, its people, and what they have."""

from __future__ import annotations

from datetime import date

from tests.browser.school import ATTACK, LAYLA, MALLORY, NADA, OMAR, STUDENTS, TURNED, School
from tests.browser.student_records import add_everything, add_one_of_each


def build_school(prefix: str, today: date) -> School:
    """`prefix`: up to eight digits that no school on the site has yet."""
    school = School(prefix, today)
    _catalogue(school)
    _people(school)
    add_everything(school, LAYLA, hostile="")
    add_everything(school, MALLORY, hostile=f" {ATTACK}{TURNED}")
    add_one_of_each(school, OMAR)
    return school


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
