"""What a student of the school has: registrations, payments, classes, grades, requests."""

from __future__ import annotations

from tests.browser.school import SECRET_FEEDBACK, STUDENTS, Record, School


def add_everything(school: School, person: str, hostile: str) -> None:
    _registrations(school, person, hostile)
    _classes(school, person, hostile)
    _grades(school, person, hostile)
    _requests(school, person, hostile)


def add_one_of_each(school: School, person: str) -> None:
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
