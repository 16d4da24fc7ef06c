"""The school before its students: programmes, units, teachers and classes."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Final

from mzi_bridge.sandbox.sample import picklists as p
from mzi_bridge.sandbox.sample import words
from mzi_bridge.sandbox.sample.calendar import day
from mzi_bridge.sandbox.sample.identity import Kind, Record, link, record_id, stamp, subform_row
from mzi_bridge.sandbox.sample.modules_catalogue import FORM_CRITERIA, ROW_CRITERIA
from mzi_bridge.sandbox.sample.names import full_name, phone_number

PROGRAMS: Final = 12
UNITS: Final = 80
_FOUNDED: Final = -1200


@dataclass(frozen=True)
class Catalogue:
    """Everything students refer to; `classes_of` files the classes by programme id."""

    programs: list[Record]
    units: list[Record]
    teachers: list[Record]
    classes: list[Record]
    classes_of: dict[str, list[Record]]


def build_catalogue(students: int, seed: int) -> Catalogue:
    rng = Random(f"{seed}:catalogue")  # noqa: S311 - sample data, not a secret
    programs = [_program(n, rng) for n in range(PROGRAMS)]
    units = [_unit(n, rng, programs) for n in range(UNITS)]
    teachers = [_teacher(n, rng) for n in range(max(6, students // 40))]
    classes = [_class(n, rng, units, teachers) for n in range(max(24, students // 15))]
    classes_of: dict[str, list[Record]] = {program["id"]: [] for program in programs}
    for record in classes:
        classes_of[record["BTEC_Program"]["id"]].append(record)
    return Catalogue(programs, units, teachers, classes, classes_of)


def _program(n: int, rng: Random) -> Record:
    major = p.MAJORS[n % len(p.MAJORS)]
    sub_major = p.SUB_MAJORS[n % len(p.SUB_MAJORS)]
    award = p.AWARDS[n % len(p.AWARDS)]
    price = 2400 + 350 * n
    record: Record = {
        "id": record_id(Kind.PROGRAM, n + 1),
        "Product_Name": f"{p.PROGRAM_TYPES[n % 3]} in {major} ({sub_major}), {award}",
        "Program_ID": f"PRG-{n + 1:03d}",
        "Product_Code": f"PC{n + 1:03d}",
        "Product_Sub_Category": award,
        "Program_Type": p.PROGRAM_TYPES[n % 3],
        "Program_Major": major,
        "Program_Sub_Major": sub_major,
        "Program_Price": price + 0.5 if n % 4 == 3 else price,
        "Unit_Price": price,
        "Product_Active": n != PROGRAMS - 1,
        "MoodleID": str(n + 2) if n % 3 else None,
        "Description": None if n % 5 == 4 else f"برنامج {major} / {major} programme. " * (n + 1),
    }
    return stamp(record, rng, _FOUNDED + n)


def _unit(n: int, rng: Random, programs: list[Record]) -> Record:
    subject = words.SUBJECTS[n % len(words.SUBJECTS)]
    record: Record = {
        "id": record_id(Kind.UNIT, n + 1),
        "Name": f"{subject} {n // len(words.SUBJECTS) + 1}",
        "Unit_Code": f"{chr(65 + n % 26)}/618/{7000 + n}",
        "Unit_Number": str(n + 1),
        "Unit_Credit": 30 if n % 10 == 9 else 15,
        "Unit_Level": p.UNIT_LEVELS[n % 3],
        "Unit_Major": p.MAJORS[n % len(p.MAJORS)],
        "Guided_Learning_Hours": 60,
        "Is_Core": n % 2 == 0,
        "Program": link(programs[n % PROGRAMS], "Product_Name"),
    }
    limits = {"P": 4 + n % 7, "M": 3 + n % 7, "D": 2 + n % 5}
    for code in FORM_CRITERIA:
        used = int(code[1:]) <= limits[code[0]]
        record[f"{code}_description"] = _criterion(code, subject) if used else None
    stamp(record, rng, _FOUNDED + n)
    record["BTEC_Grading_Template_P1"] = _template_rows(n, record, subject)
    return record


def _criterion(code: str, subject: str) -> str:
    verb = {"P": "Explain", "M": "Analyse", "D": "Evaluate"}[code[0]]
    return f"{verb} how {subject.lower()} supports an organisation ({code})."


def _template_rows(n: int, unit: Record, subject: str) -> list[Record]:
    """Every eighth unit is a long one with criteria from P11 on; they sit in the one row."""
    if n % 8:
        return []
    last = 12 + n % 9
    row: Record = {
        f"{code}_description": _criterion(code, subject) if int(code[1:]) <= last else None
        for code in ROW_CRITERIA
    }
    return [subform_row(row, Kind.UNIT_ROW, n + 1, unit)]


def _teacher(n: int, rng: Random) -> Record:
    latin, _ = full_name(n * 7 + 3)
    record: Record = {
        "id": record_id(Kind.TEACHER, n + 1),
        "Name": " ".join(latin),
        "Email": f"teacher{n + 1}@example.com",
        "Academic_Email": None if n % 9 == 8 else f"t{n + 1:05d}@example.edu",
        "Academic_Password": f"not-a-password-t{n + 1}",
        "Phone_Number": phone_number(n + 17),
        "Major": p.MAJORS[n % len(p.MAJORS)],
        "Hourly_Rate": 18.5 + n % 7,
        "Teacher_Moodle_ID": None,
    }
    return stamp(record, rng, -900 + n % 600)


def _class(n: int, rng: Random, units: list[Record], teachers: list[Record]) -> Record:
    unit = units[n % len(units)]
    start = -600 + (n * 37) % 640
    status = p.CLASS_STATUSES[n % len(p.CLASS_STATUSES)]
    planned = n % 11 == 10
    record: Record = {
        "id": record_id(Kind.CLASS, n + 1),
        "Name": f"CLS-{n + 1:06d}",
        "Class_Name": f"{unit['Name']} – {p.TERMS[n % 3]} group {n // len(units) + 1}",
        "Class_Short_Name": f"U{unit['Unit_Number']}-{n + 1}",
        "Unit": link(unit, "Name"),
        "BTEC_Program": unit["Program"],
        "Teacher": None if planned else link(teachers[n % len(teachers)], "Name"),
        "Term": p.TERMS[n % 3],
        "Year": p.YEARS[n % len(p.YEARS)],
        "Class_Status": status,
        "Start_Date": day(start),
        "End_Date": None if planned else day(start + 90),
        "Start_Hour": p.DAYS[n % len(p.DAYS)],
        "Hours_1": f"{9 + n % 8:02d}:00-{11 + n % 8:02d}:00",
        "End_Hour": p.DAYS[(n // 3 + 1) % len(p.DAYS)] if n % 3 else None,
        "Hours_2": f"{10 + n % 6:02d}:30-{12 + n % 6:02d}:30" if n % 3 else None,
        "Classroom": None if n % 3 == 1 else f"Room {100 + n % 40}",
        "Class_Study_Mode": p.STUDY_MODES[n % len(p.STUDY_MODES)],
        "MS_Teams_ID": f"19:sample{n + 1:06d}@thread.example" if n % 2 else None,
        "Capacity": 30,
        "Moodle_Class_ID": None,
        "Internal_Note": "Ask the registrar before adding seats." if n % 6 == 5 else None,
    }
    return stamp(record, rng, min(start - 40, -2))
