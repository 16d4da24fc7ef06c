"""The students that a site knows as Moodle users."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable
from pathlib import Path

from scripts.disposable.errors import SiteError

COLUMNS = ("username", "idnumber", "firstname", "lastname", "email")
User = dict[str, str]


def read_users(file: str) -> list[User]:
    """Reads CSV with a heading line that names `COLUMNS`; `-` is standard input.

    Raises `SiteError` naming the line that is wrong.
    """
    if file == "-":
        return _parse(sys.stdin, "standard input")
    if not Path(file).is_file():
        raise SiteError(f"--users: there is no file {file}")
    with Path(file).open(newline="", encoding="utf-8") as lines:
        return _parse(lines, file)


def _parse(lines: Iterable[str], name: str) -> list[User]:
    rows = csv.DictReader(lines)
    missing = [column for column in COLUMNS if column not in (rows.fieldnames or [])]
    if missing:
        raise SiteError(f"{name}: the heading lacks {', '.join(missing)}")
    return [_user(row, f"{name}, line {rows.line_num}") for row in rows]


def _user(row: dict[str, str | None], place: str) -> User:
    user = {column: (row[column] or "").strip() for column in COLUMNS}
    empty = [column for column in COLUMNS if column != "idnumber" and not user[column]]
    if empty:
        raise SiteError(f"{place}: {', '.join(empty)} is empty")
    return user


def made_up_users(count: int) -> list[User]:
    """Synthetic students with numbers and addresses that stay the same from run to run."""
    return [_made_up(number) for number in range(1, count + 1)]


def _made_up(number: int) -> User:
    address = f"student{number:04d}@students.example.org"
    return {
        "username": address,
        "idnumber": f"STU-{number:06d}",
        "firstname": "Student",
        "lastname": f"Number {number}",
        "email": address,
    }
