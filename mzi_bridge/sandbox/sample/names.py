"""Names, addresses and numbers of people who do not exist."""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import Final

from mzi_bridge.sandbox.sample.words import FIRST_NAMES, LAST_NAMES

_ASCII: Final = str.maketrans({"ı": "i", "İ": "i", "’": "", "'": "", " ": "", "-": ""})


def full_name(number: int) -> tuple[tuple[str, str], tuple[str, str]]:
    """(first, last) in Latin letters, then (first, last) in Arabic ones."""
    first = FIRST_NAMES[number % len(FIRST_NAMES)]
    last = LAST_NAMES[number // len(FIRST_NAMES) % len(LAST_NAMES)]
    return (first[0], last[0]), (first[1], last[1])


@cache
def ascii_word(name: str) -> str:
    """Lower-case letters only, fit for the left side of an address."""
    plain = unicodedata.normalize("NFKD", name.translate(_ASCII))
    return "".join(letter for letter in plain if letter.isascii()).lower()


def phone_number(number: int) -> str:
    """In 555-0100 … 555-0199, the range North America keeps for fiction."""
    return f"+1 {201 + number // 100 % 700}-555-{100 + number % 100:04d}"
