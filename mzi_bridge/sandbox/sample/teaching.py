"""A student's enrollments, and grades for the classes they are enrolled in."""

from __future__ import annotations

from random import Random

from mzi_bridge.sandbox.sample import picklists as p
from mzi_bridge.sandbox.sample import words
from mzi_bridge.sandbox.sample.calendar import REFERENCE, day
from mzi_bridge.sandbox.sample.catalogue import Catalogue
from mzi_bridge.sandbox.sample.identity import (
    PER_STUDENT,
    Kind,
    Record,
    link,
    record_id,
    stamp,
    subform_row,
)

_FAILED = ("R", "RR", "F")


def chosen_classes(n: int, rng: Random, student: Record, catalogue: Catalogue) -> list[Record]:
    """5 to 10 classes, those of the student's programme first."""
    wanted = rng.randrange(5, 11)
    program = student["Program"]
    own = catalogue.classes_of[program["id"]] if program else []
    chosen = rng.sample(own, min(wanted, len(own)))
    taken = {record["id"] for record in chosen}
    step = n % len(catalogue.classes)
    while len(chosen) < wanted:
        candidate = catalogue.classes[step % len(catalogue.classes)]
        if candidate["id"] not in taken:
            taken.add(candidate["id"])
            chosen.append(candidate)
        step += 1
    return chosen


def enrollments(n: int, rng: Random, student: Record, classes: list[Record]) -> list[Record]:
    """One for each class. The linking module has no Modified_Time and no Modified_By."""
    return [_enrollment(n, k, rng, student, record) for k, record in enumerate(classes)]


def _enrollment(n: int, k: int, rng: Random, student: Record, taught: Record) -> Record:
    usual = rng.random() < 0.7
    record: Record = {
        "id": record_id(Kind.ENROLLMENT, n * PER_STUDENT + k),
        "Enrolled_Students": link(student, "Display_Name"),
        "Classes": link(taught, "Class_Name"),
        "Enrollment_Type": "Normal" if usual else p.ENROLLMENT_TYPES[(n + k) % 4],
        "Start_Date": taught["Start_Date"],
        "End_Date": taught["End_Date"],
        "Moodle_Course_ID": taught["Moodle_Class_ID"],
    }
    stamp(record, rng, -rng.randrange(2, 90))
    del record["Modified_Time"], record["Modified_By"]
    return record


def grades(n: int, rng: Random, student: Record, classes: list[Record]) -> list[Record]:
    """5 to 12: each class at least one attempt, a failed first one often a second."""
    found: list[Record] = []
    for taught in classes:
        first = p.GRADES[rng.randrange(len(p.GRADES))]
        found.append(_grade(n, len(found), rng, student, taught, 1, first))
        if first in _FAILED and len(found) + len(classes) < 13 and rng.random() < 0.6:
            second = rng.choice(("P", "P", "M", "RR", "F"))
            found.append(_grade(n, len(found), rng, student, taught, 2, second))
    return found[:12]


def _grade(
    n: int, k: int, rng: Random, student: Record, taught: Record, attempt: int, letter: str
) -> Record:
    status = p.GRADE_STATUSES[(n + k) % len(p.GRADE_STATUSES)]
    unmarked = status in ("Not Marked", "In Marking")
    unit = taught["Unit"]["name"]
    started = (REFERENCE.fromisoformat(taught["Start_Date"]) - REFERENCE).days
    record: Record = {
        "id": record_id(Kind.GRADE, n * PER_STUDENT + k),
        "Name": f"GRD-{n * 12 + k + 1:07d}",
        "Student": link(student, "Display_Name"),
        "Class": link(taught, "Class_Name"),
        "BTEC_Unit": unit,
        "BTEC_Grade_Name": f"{unit} – {words.ASSIGNMENTS[k % len(words.ASSIGNMENTS)]}",
        "Grade": None if unmarked else letter,
        "Grade_Status": status,
        "Attempt_Number": attempt,
        "Attempt_Date": day(min(started + 60 + 21 * attempt, -1)),
        "Feedback": None if unmarked else _feedback(n, k),
        "Grader_Name": taught["Teacher"]["name"] if taught["Teacher"] else None,
        "IV_Name": None if k % 4 else "Internal Verifier",
        "IV_Comment": None,
        "Moodle_Grade_Composite_Key": f"{n + 3}_{k + 2}_{k + 11}_{attempt}" if k % 5 == 0 else None,
        "Plagiarism_Suspected": n % 53 == 52,
    }
    stamp(record, rng, -rng.randrange(2, 60))
    rows = 0 if unmarked else 2 + k % 2
    record["Learning_Outcomes_Assessm"] = [_outcome(n, k, i, unit, record) for i in range(rows)]
    return record


def _feedback(n: int, k: int) -> str:
    pick = n * 12 + k
    if pick % 151 == 150:
        return words.FEEDBACK[pick % len(words.FEEDBACK)] * 60
    if pick % 47 == 46:
        return words.RARE_FEEDBACK[pick // 47 % len(words.RARE_FEEDBACK)]
    return words.FEEDBACK[pick % len(words.FEEDBACK)]


def _outcome(n: int, k: int, i: int, unit: str, grade: Record) -> Record:
    row: Record = {
        "LO_Code": f"LO{i + 1}",
        "LO_Outcome_Identification": f"P{2 * i + 1}, P{2 * i + 2}, M{i + 1}",
        "LO_Title": f"Outcome {i + 1} of {unit}",
        "LO_Definition": "Demonstrate the principles, then apply them to the case given.",
        "LO_Score": p.LO_SCORES[(n + k + i) % len(p.LO_SCORES)],
        "LO_Feedback": None if i else words.FEEDBACK[(n + k) % len(words.FEEDBACK)],
    }
    return subform_row(row, Kind.OUTCOME, n * PER_STUDENT + k * 10 + i, grade)
