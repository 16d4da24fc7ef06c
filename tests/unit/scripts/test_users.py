from __future__ import annotations

import io
from pathlib import Path

import pytest

from scripts.disposable.errors import SiteError
from scripts.disposable.users import COLUMNS, made_up_users, read_users

HEADING = ",".join(COLUMNS)


def written(folder: Path, *lines: str) -> str:
    file = folder / "users.csv"
    file.write_text("\n".join(lines), encoding="utf-8")
    return str(file)


def test_a_line_becomes_a_user(tmp_path: Path) -> None:
    file = written(tmp_path, HEADING, 'lila@example.org,STU-1,"Lila, B.",عبد,lila@example.org')
    assert read_users(file) == [
        {
            "username": "lila@example.org",
            "idnumber": "STU-1",
            "firstname": "Lila, B.",
            "lastname": "عبد",
            "email": "lila@example.org",
        }
    ]


def test_a_user_may_lack_a_student_number(tmp_path: Path) -> None:
    [user] = read_users(written(tmp_path, HEADING, "a,,b,c,d@example.org"))
    assert user["idnumber"] == ""


def test_an_empty_name_is_told_with_its_line(tmp_path: Path) -> None:
    file = written(tmp_path, HEADING, "a,1,b,c,d@example.org", "a,1,,c")
    with pytest.raises(SiteError, match="line 3: firstname, email is empty"):
        read_users(file)


def test_a_heading_that_lacks_columns_is_told(tmp_path: Path) -> None:
    with pytest.raises(SiteError, match="lacks idnumber, firstname"):
        read_users(written(tmp_path, "username,lastname,email", "a,b,c"))


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(SiteError, match="there is no file"):
        read_users(str(tmp_path / "none.csv"))


def test_a_dash_reads_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{HEADING}\na,1,b,c,d@example.org\n"))
    assert [user["username"] for user in read_users("-")] == ["a"]


def test_made_up_users_are_the_same_every_time_and_all_different() -> None:
    users = made_up_users(30)
    assert users[:10] == made_up_users(10)
    assert len({user["username"] for user in users}) == 30
    assert len({user["idnumber"] for user in users}) == 30
