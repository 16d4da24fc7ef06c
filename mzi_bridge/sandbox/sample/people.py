"""Students, and the leads and contacts that every CRM has."""

from __future__ import annotations

from random import Random

from mzi_bridge.sandbox.sample import picklists as p
from mzi_bridge.sandbox.sample import words
from mzi_bridge.sandbox.sample.calendar import day
from mzi_bridge.sandbox.sample.catalogue import Catalogue
from mzi_bridge.sandbox.sample.identity import Kind, Record, link, record_id, stamp
from mzi_bridge.sandbox.sample.money import number
from mzi_bridge.sandbox.sample.names import ascii_word, full_name, phone_number


def student(n: int, rng: Random, catalogue: Catalogue) -> Record:
    """Student `n`, counted from 0; about one in twenty lacks this or that."""
    latin, arabic = full_name(n)
    first, last = arabic if n % 6 == 5 else latin
    nation = n % len(p.COUNTRIES)
    joined = -rng.randrange(40, 900)
    record: Record = {
        "id": record_id(Kind.STUDENT, n + 1),
        "Name": f"STU-{n + 1:06d}",
        "First_Name": first,
        "Last_Name": last,
        "Display_Name": f"{first} {last}",
        "Arabic_Name": " ".join(arabic),
        "Academic_Email": _academic_email(n, latin),
        "Academic_Password": f"not-a-password-{n + 1}",
        "Email": f"private{n + 1}@example.com",
        "Phone_Number": phone_number(n),
        "Secondary_Phone": None,
        "Birth_Date": None if n % 37 == 36 else day(-7000 - rng.randrange(5500)),
        "Gender": p.GENDERS[n % 2],
        "Nationality": p.NATIONALITIES[nation],
        "National_Number": f"00{n + 1:08d}",
        "Passport_Number": None,
        "Address": _address(n),
        "City": words.CITIES[nation],
        "Country": p.COUNTRIES[nation],
        "Status": _status(n),
    }
    record.update(_studies(n, joined, catalogue))
    return stamp(record, rng, joined)


def _academic_email(n: int, latin: tuple[str, str]) -> str | None:
    """Some capitals, as people type them; one in nineteen has no address yet."""
    if n % 19 == 18:
        return None
    local = f"{ascii_word(latin[0])}.{ascii_word(latin[1])}{n + 1}"
    return f"{local.title() if n % 13 == 12 else local}@example.edu"


def _address(n: int) -> str | None:
    if n % 23 == 22:
        return None
    floor = "\nFloor 3 🏠, ring twice" if n % 97 == 96 else ""
    return f"{n % 200 + 1} {words.STREETS[n % len(words.STREETS)]}{floor}"


def _status(n: int) -> str:
    """Two in three are active; the rest runs through every status."""
    return p.STUDENT_STATUSES[n // 3 % len(p.STUDENT_STATUSES)] if n % 3 == 2 else "Active"


def _studies(n: int, joined: int, catalogue: Catalogue) -> Record:
    program = catalogue.programs[n % len(catalogue.programs)]
    contact, _ = full_name(n * 5 + 1)
    return {
        "Major": program["Program_Major"],
        "Sub_Major": program["Program_Sub_Major"],
        "Academic_Program": p.ACADEMIC_PROGRAMS[n % len(p.ACADEMIC_PROGRAMS)],
        "Study_Language": p.LANGUAGES[n // 2 % 2],
        "Study_Mode": p.STUDY_MODES[n % len(p.STUDY_MODES)],
        "BTEC_Registration_Number": None if n % 4 == 3 else f"AB{n + 1:06d}",
        "Registration_Date": day(joined),
        "Program": None if n % 41 == 40 else link(program, "Product_Name"),
        "Emergency_Contact_Name": None if n % 29 == 28 else " ".join(contact),
        "Emergency_Phone_Number": None if n % 29 == 28 else phone_number(n + 5003),
        "Emergency_Relationship": None,
        "Interests": [p.SUB_MAJORS[n % len(p.SUB_MAJORS)]] if n % 2 else [],
        "Has_Scholarship": n % 10 == 0,
        "Student_Moodle_ID": None,
        "Internal_Note": "Prefers a call. " * 400 if n % 211 == 210 else None,
    }


def lead(n: int, rng: Random) -> Record:
    (first, last), _ = full_name(n * 3 + 2)
    record: Record = {
        "id": record_id(Kind.LEAD, n + 1),
        "Salutation": p.SALUTATIONS[n % len(p.SALUTATIONS)],
        "First_Name": first,
        "Last_Name": last,
        "Full_Name": f"{first} {last}",
        "Company": f"Sample Company {n % 40 + 1}",
        "Designation": None,
        "Email": f"lead{n + 1}@example.org",
        "Secondary_Email": None,
        "Phone": phone_number(n + 9000),
        "Mobile": None,
        "Website": "https://www.example.com" if n % 5 == 0 else None,
        "Lead_Source": p.LEAD_SOURCES[n % len(p.LEAD_SOURCES)],
        "Lead_Status": p.LEAD_STATUSES[n // 2 % len(p.LEAD_STATUSES)],
        "No_of_Employees": n % 300 + 1,
        "Annual_Revenue": number(1_000_000 * (n % 50) + (75 if n % 7 == 0 else 0)),
        "Email_Opt_Out": n % 12 == 0,
        "Street": words.STREETS[n % len(words.STREETS)],
        "City": words.CITIES[n % len(words.CITIES)],
        "State": None,
        "Zip_Code": f"{10_000 + n}",
        "Country": p.COUNTRIES[n % len(p.COUNTRIES)],
        "Description": None,
    }
    return stamp(record, rng, -rng.randrange(2, 400))


def contact(n: int, rng: Random) -> Record:
    (first, last), _ = full_name(n * 11 + 4)
    record: Record = {
        "id": record_id(Kind.CONTACT, n + 1),
        "Salutation": p.SALUTATIONS[n % len(p.SALUTATIONS)],
        "First_Name": first,
        "Last_Name": last,
        "Full_Name": f"{first} {last}",
        "Title": None,
        "Department": "Admissions" if n % 3 == 0 else None,
        "Email": f"contact{n + 1}@example.org",
        "Secondary_Email": None,
        "Phone": phone_number(n + 11_000),
        "Mobile": None,
        "Date_of_Birth": day(-8000 - n % 4000),
        "Lead_Source": p.LEAD_SOURCES[n % len(p.LEAD_SOURCES)],
        "Reporting_To": None,
        "Email_Opt_Out": n % 12 == 0,
        "Mailing_Street": words.STREETS[n % len(words.STREETS)],
        "Mailing_City": words.CITIES[n % len(words.CITIES)],
        "Mailing_State": None,
        "Mailing_Zip": f"{20_000 + n}",
        "Mailing_Country": p.COUNTRIES[n % len(p.COUNTRIES)],
        "Description": None,
    }
    return stamp(record, rng, -rng.randrange(2, 400))
