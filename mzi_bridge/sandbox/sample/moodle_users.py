"""The Moodle accounts of the sample school's students."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from io import StringIO
from typing import Any

COLUMNS = ("username", "idnumber", "firstname", "lastname", "email")


def moodle_users(records: Mapping[str, Sequence[Mapping[str, Any]]]) -> str:
    """CSV with a heading, for the students of either schema.

    So that each rule of user resolution has someone to find: one student in 25 has no
    account at all, one in ten no idnumber (found by username), one in 16 neither idnumber
    nor the expected username (found by e-mail). One in 30 has an old account under the same
    idnumber, so nobody can say which is theirs.
    """
    out = StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(user_rows(records))
    return out.getvalue()


def user_rows(records: Mapping[str, Sequence[Mapping[str, Any]]]) -> Iterator[dict[str, str]]:
    """One mapping of COLUMNS for each account."""
    for n, student in enumerate(records["BTEC_Students"]):
        if n % 25 != 24:
            yield _user(n, student)
        if n % 30 == 2:
            yield _old_account(student)


def _user(n: int, student: Mapping[str, Any]) -> dict[str, str]:
    number = student["Name"]
    academic = student["Academic_Email"] if "Academic_Email" in student else student["Email"]
    by_email = n % 16 == 15 and academic is not None
    anonymous = (n % 10 == 9 and academic is not None) or by_email
    username = number.lower() if by_email or academic is None else academic.lower()
    return {
        "username": username,
        "idnumber": "" if anonymous else number,
        "firstname": student["First_Name"],
        "lastname": student["Last_Name"],
        "email": academic or f"{number.lower()}@example.org",
    }


def _old_account(student: Mapping[str, Any]) -> dict[str, str]:
    number = student["Name"]
    return {
        "username": f"old.{number.lower()}",
        "idnumber": number,
        "firstname": student["First_Name"],
        "lastname": student["Last_Name"],
        "email": f"old.{number.lower()}@example.org",
    }
