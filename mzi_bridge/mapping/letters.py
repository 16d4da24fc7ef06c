"""BTEC's letters: what a Moodle grade is called in the CRM.

A distinction, a merit and a pass begin at the percents of the bands; what is below is a referral.
A scale of four words, or of four items from the worst to the best, says the letter itself.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from decimal import Decimal
from typing import Final, Literal

from msgspec import Struct

from mzi_bridge.mapping.numerals import decimal_of

Way = Literal["bands", "words", "auto"]
WORST_TO_BEST: Final = ("R", "P", "M", "D")
DEFAULT_BANDS: Final = (Decimal(70), Decimal(60), Decimal(40))
_WORDS: Final = {
    "refer": "R",
    "referral": "R",
    "pass": "P",
    "merit": "M",
    "distinction": "D",
    "إحالة": "R",
    "نجاح": "P",
    "جدارة": "M",
    "امتياز": "D",
}
_STRETCH: Final = "\u0640"


class Letter(Struct, frozen=True):
    """`value` is D, M, P or R."""

    value: str


class NoLetter(Struct, frozen=True):
    """`reason`: no_grade, no_maximum, not_a_number, off_the_scale or unknown_scale."""

    reason: str


class RawGrade(Struct, frozen=True):
    """A grade as Moodle stores it: decimals as text; None for none.

    `scaletext` is the word given, `scalecount` how many the scale has; both None where the item
    has points.
    """

    finalgrade: str | None
    grademax: str | None
    scaletext: str | None = None
    scalecount: int | None = None

    @property
    def has_scale(self) -> bool:
        return self.scaletext is not None or self.scalecount is not None


def letter(
    grade: RawGrade, *, bands: Sequence[Decimal] = DEFAULT_BANDS, way: Way = "auto"
) -> Letter | NoLetter:
    """The letter of a grade, or why it has none.

    `bands` are the least percents of D, M and P. `way`: by percent; by the words of a scale; or
    auto, where a scale goes by its words, else by its index if it has four items, and points go
    by percent.
    """
    if grade.finalgrade is None or not grade.finalgrade.strip():
        return NoLetter("no_grade")
    given = decimal_of(grade.finalgrade)
    if given is None:
        return NoLetter("not_a_number")
    if given < 0:
        return NoLetter("no_grade")
    if way == "bands" or (way == "auto" and not grade.has_scale):
        return _by_percent(given, grade.grademax, bands)
    word = _WORD_LETTERS.get(_folded(grade.scaletext or ""))
    if word is not None:
        return Letter(word)
    if way == "words" or grade.scalecount != len(WORST_TO_BEST):
        return NoLetter("unknown_scale")
    return _by_index(given)


def _by_percent(
    given: Decimal, grademax: str | None, bands: Sequence[Decimal]
) -> Letter | NoLetter:
    if grademax is None or not grademax.strip():
        return NoLetter("no_maximum")
    most = decimal_of(grademax)
    if most is None:
        return NoLetter("not_a_number")
    if most <= 0:
        return NoLetter("no_maximum")
    # Multiplied on both sides: no quotient is rounded at a band's edge.
    reached = sum(given * 100 >= band * most for band in bands)
    return Letter(WORST_TO_BEST[reached])


def _by_index(given: Decimal) -> Letter | NoLetter:
    index = int(given)
    if index != given or not 1 <= index <= len(WORST_TO_BEST):
        return NoLetter("off_the_scale")
    return Letter(WORST_TO_BEST[index - 1])


def _folded(word: str) -> str:
    """The word without capitals, accents, vowel signs, stretching and needless spaces."""
    parts = unicodedata.normalize("NFKD", word)
    letters = "".join(c for c in parts if not unicodedata.combining(c) and c != _STRETCH)
    return " ".join(letters.casefold().split())


_WORD_LETTERS: Final = {_folded(word): found for word, found in _WORDS.items()}
