"""English and Arabic: every text in both, times and numbers as their readers write them."""

from __future__ import annotations

import re
from datetime import UTC
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from babel.messages.checkers import python_format

from mzi_bridge.admin.catalogue import catalogue, texts
from mzi_bridge.admin.language import ARABIC, ENGLISH, LANGUAGES, Language, Languages
from mzi_bridge.admin.text import Text, counted
from tests.support.console import Visitor

BLANK = re.compile(r"%\((\w+)\)s")


@pytest.mark.parametrize("code", [code for code in LANGUAGES if code != ENGLISH])
def test_every_text_is_translated_and_no_other_is_there(code: str) -> None:
    known: dict[Any, Any] = {m.id: m.string for m in catalogue(code) if m.id}
    assert set(known) == texts(), "run: python -m mzi_bridge.admin.catalogue"
    empty = [id for id, said in known.items() if not (said if isinstance(said, str) else all(said))]
    assert empty == []


@pytest.mark.parametrize("code", [code for code in LANGUAGES if code != ENGLISH])
def test_a_translation_has_the_blanks_of_its_text(code: str) -> None:
    for message in catalogue(code):
        if isinstance(message.id, str):
            assert set(BLANK.findall(message.id)) == set(BLANK.findall(str(message.string)))
        else:
            blanks = set(BLANK.findall(message.id[1]))
            for said in message.string or ():
                assert set(BLANK.findall(said)) <= blanks, message.id
        if message.id:
            python_format(None, message)


@pytest.fixture
def english() -> Language:
    return Languages(UTC).choose("en", "")


@pytest.fixture
def arabic() -> Language:
    return Languages(ZoneInfo("Asia/Amman")).choose("ar", "")


@pytest.mark.parametrize(
    ("wish", "accepted", "code"),
    [
        (None, "", "en"),
        (None, "ar-JO,ar;q=0.9,en;q=0.5", "ar"),
        (None, "de,en;q=0.5,ar;q=0.4", "en"),
        (None, "ar;q=0,en", "en"),
        (None, "de", "en"),
        (None, ";;;q=x,,", "en"),
        ("ar", "en", "ar"),
        ("xx", "ar", "ar"),
    ],
)
def test_the_browsers_wish_counts_unless_one_was_chosen(
    wish: str | None, accepted: str, code: str
) -> None:
    assert Languages().choose(wish, accepted).code == code


def test_moments_are_told_in_the_offices_time_zone(english: Language, arabic: Language) -> None:
    assert english.time(1_800_000_000.0) == "15 Jan 2027, 08:00"
    assert arabic.hour(1_800_000_000.0) == "11:00"


def test_how_long_ago_is_said_in_the_largest_unit(english: Language, arabic: Language) -> None:
    assert english.ago(0.0, 3 * 3600.0) == "3 hours ago"
    assert english.ago(300.0, 0.0) == "in 5 minutes"
    assert arabic.ago(0.0, 3 * 3600.0) == "قبل 3 ساعات"
    assert english.span(90.0) == "2 minutes"


def test_a_text_with_a_number_has_its_plural(english: Language) -> None:
    assert english.say(counted("%(number)s letter", "%(number)s letters", 1)) == "1 letter"
    assert english.say(counted("%(number)s letter", "%(number)s letters", 1200)) == "1,200 letters"
    assert english.say(Text("for %(name)s", {"name": "BTEC"})) == "for BTEC"


def test_arabic_runs_from_right_to_left(english: Language, arabic: Language) -> None:
    assert (english.direction, arabic.direction) == ("ltr", "rtl")


async def test_the_language_is_kept_in_the_browser(visitor: Visitor) -> None:
    assert 'lang="en" dir="ltr"' in (await visitor.get("/sign-in")).text
    answer = await visitor.post("/language", {"to": ARABIC, "next": "/admin/sign-in"})
    page = await visitor.follow(answer)
    assert 'lang="ar" dir="rtl"' in page.text
    assert "تسجيل الدخول" in page.text


async def test_a_language_that_is_none_changes_nothing(visitor: Visitor) -> None:
    answer = await visitor.post("/language", {"to": "../../etc"})
    assert "set-cookie" not in answer.headers
