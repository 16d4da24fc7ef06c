"""BTEC conversion by table: each band's edge and its neighbours, and all that is no grade."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mzi_bridge.mapping.letters import Letter, NoLetter, RawGrade, letter


def points(finalgrade: str | None, grademax: str | None = "100.00000") -> Letter | NoLetter:
    return letter(RawGrade(finalgrade, grademax))


def scale(finalgrade: str | None, count: int = 4, text: str | None = None) -> Letter | NoLetter:
    return letter(RawGrade(finalgrade, str(count), scaletext=text or "", scalecount=count))


@pytest.mark.parametrize(
    ("finalgrade", "expected"),
    [
        ("100", "D"),
        ("100.00001", "D"),
        ("150", "D"),
        ("70.00001", "D"),
        ("70", "D"),
        ("70.00000", "D"),
        ("69.99999", "M"),
        ("69.99", "M"),
        ("60.00001", "M"),
        ("60", "M"),
        ("59.99999", "P"),
        ("40.00001", "P"),
        ("40", "P"),
        ("39.99999", "R"),
        ("0.00001", "R"),
        ("0", "R"),
        ("٧٠", "D"),
        ("۷۰", "D"),
        ("٦٩٫٩٩", "M"),
        ("69,99", "M"),
        ("70 %", "D"),
        ("٧٠٪", "D"),
    ],
)
def test_points_go_by_their_percent(finalgrade: str, expected: str) -> None:
    assert points(finalgrade) == Letter(expected)


@pytest.mark.parametrize(
    ("finalgrade", "grademax", "expected"),
    [("14", "20", "D"), ("13.99999", "20", "M"), ("2", "3", "M"), ("0.4", "1", "P")],
)
def test_percents_are_of_the_items_own_maximum(
    finalgrade: str, grademax: str, expected: str
) -> None:
    assert points(finalgrade, grademax) == Letter(expected)


@pytest.mark.parametrize(
    ("finalgrade", "reason"),
    [
        (None, "no_grade"),
        ("", "no_grade"),
        ("  ", "no_grade"),
        ("-1", "no_grade"),
        ("-0.00001", "no_grade"),
        ("1,000", "not_a_number"),
        ("seventy", "not_a_number"),
        ("NaN", "not_a_number"),
        ("Infinity", "not_a_number"),
        ("1e3", "not_a_number"),
        ("7 0", "not_a_number"),
        ("1.2.3", "not_a_number"),
    ],
)
def test_what_is_no_grade_has_no_letter(finalgrade: str | None, reason: str) -> None:
    assert points(finalgrade) == NoLetter(reason)


@pytest.mark.parametrize(
    ("grademax", "reason"),
    [
        (None, "no_maximum"),
        ("", "no_maximum"),
        ("0", "no_maximum"),
        ("-5", "no_maximum"),
        ("much", "not_a_number"),
    ],
)
def test_without_a_maximum_there_is_no_percent(grademax: str | None, reason: str) -> None:
    assert points("70", grademax) == NoLetter(reason)


@pytest.mark.parametrize(
    ("index", "expected"), [("1", "R"), ("2", "P"), ("3.00000", "M"), ("4", "D")]
)
def test_a_scale_of_four_items_goes_by_its_index(index: str, expected: str) -> None:
    assert scale(index) == Letter(expected)


@pytest.mark.parametrize("index", ["0", "5", "2.5"])
def test_an_index_off_the_scale_has_no_letter(index: str) -> None:
    assert scale(index) == NoLetter("off_the_scale")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Refer", "R"),
        ("REFERRAL", "R"),
        ("  pass ", "P"),
        ("Merit", "M"),
        ("distinction", "D"),
        ("إحالة", "R"),
        ("احالة", "R"),
        ("نجاح", "P"),
        ("جَدارة", "M"),
        ("امتيـاز", "D"),
    ],
)
@pytest.mark.parametrize("count", [3, 4, 5])
def test_a_scale_goes_by_its_words_first(text: str, expected: str, count: int) -> None:
    assert scale("1", count, text) == Letter(expected)


@pytest.mark.parametrize("count", [3, 5])
def test_another_scale_of_unknown_words_has_no_letter(count: int) -> None:
    assert scale("2", count, "Good") == NoLetter("unknown_scale")


def test_a_scale_without_a_grade_has_no_letter() -> None:
    assert scale(None, text="Merit") == NoLetter("no_grade")
    assert scale("-1", text="Merit") == NoLetter("no_grade")


def test_words_alone_leave_indexes_and_points_out() -> None:
    assert letter(RawGrade("3", "4", "Good", 4), way="words") == NoLetter("unknown_scale")
    assert letter(RawGrade("80", "100"), way="words") == NoLetter("unknown_scale")
    assert letter(RawGrade("1", "4", "Merit", 4), way="words") == Letter("M")


def test_bands_alone_leave_words_out() -> None:
    assert letter(RawGrade("1", "4", "Distinction", 4), way="bands") == Letter("R")


def test_the_bands_are_those_of_the_settings() -> None:
    bands = (Decimal("69.5"), Decimal("59.5"), Decimal("39.5"))
    got = [letter(RawGrade(g, "100"), bands=bands) for g in ("69.5", "69.49", "39.5", "39.49")]
    assert got == [Letter("D"), Letter("M"), Letter("P"), Letter("R")]


@given(st.text(max_size=30), st.text(max_size=30), st.text(max_size=12), st.integers(0, 9))
def test_every_text_has_a_letter_or_a_reason(grade: str, most: str, word: str, count: int) -> None:
    for raw in (RawGrade(grade, most), RawGrade(grade, most, word, count)):
        found = letter(raw)
        assert isinstance(found, NoLetter) or found.value in "RPMD"
