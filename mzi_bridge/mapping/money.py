"""Money: exact decimals from numbers and from text, never rounded, never guessed.

How text is read:

- A currency sign, word or code may stand before or after the number; any other word, as in
  "waived" or "approx 500", is refused.
- A minus before the number or parentheses around it make it negative.
- Spaces, apostrophes and the Arabic thousands sign group by three; the Arabic decimal sign,
  and a comma or full stop that cannot be grouping, part the decimals.
- With both comma and full stop the last one parts the decimals: `1,250.00`, `1.250,00`.
- One comma or full stop with exactly three digits behind it, `1,250` or `1.250`, may be twelve
  hundred and fifty or one and a quarter (dinars have three decimals): refused as ambiguous,
  unless the rule says `decimal = "."` or `decimal = ","`.
- More than two decimals are refused unless the rest are zeros: `1250.000` is 1250.00.
- At most ten digits stand before the decimals (number(12,2) in the plugin).
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from msgspec import Struct

from mzi_bridge.mapping.currencies import codes_meant
from mzi_bridge.mapping.values import FaultCode, Unfit

_LIMIT = 10**10
_CENT = Decimal("0.01")
_MAX_TEXT = 60
_EXPECTED = "an amount of money was expected"

_DIGITS = {0x0660 + n: str(n) for n in range(10)} | {0x06F0 + n: str(n) for n in range(10)}
_SPACES = dict.fromkeys((0x00A0, 0x2007, 0x2009, 0x202F, 0x0009), " ")
_MARKS = dict.fromkeys((0x200E, 0x200F, 0x061C, *range(0x202A, 0x202F), *range(0x2066, 0x206A)))
_SIGNS = {0x2212: "-", 0x2019: "'", 0x066C: "'"}
_PLAIN: dict[int, str | None] = {**_DIGITS, **_SPACES, **_MARKS, **_SIGNS}

_AMOUNT = re.compile(r"(?P<before>[^0-9]*)(?P<number>[0-9](?:[0-9.,٫' ]*[0-9])?)(?P<after>[^0-9]*)")
_GROUPED = re.compile(r"[1-9][0-9]{0,2}(?:(?P<mark>[.,' ])[0-9]{3})(?:(?P=mark)[0-9]{3})*")
_COULD_GROUP = re.compile(r"[1-9][0-9]{0,2}[.,][0-9]{3}")


class Amount(Struct, frozen=True):
    """`text` has two decimals ("1250.00"); `codes` are the currencies its text may name."""

    text: str
    codes: frozenset[str] | None = None


def parse_money(value: Any, decimal: str | None = None) -> Amount | None:
    """An amount from a JSON number or a text; None for blank text. Raises Unfit, see above."""
    if isinstance(value, str):
        return _from_text(value, decimal)
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise Unfit(FaultCode.WRONG_TYPE, _EXPECTED)
    if isinstance(value, float):
        # The shortest text of a float is the number the CRM wrote.
        value = Decimal(repr(value))
    return Amount(_two_decimals(value))


def _two_decimals(number: int | Decimal) -> str:
    if isinstance(number, Decimal) and not number.is_finite():
        raise Unfit(FaultCode.INVALID_VALUE, _EXPECTED)
    if not -_LIMIT < number < _LIMIT:
        raise Unfit(FaultCode.OUT_OF_RANGE, "at most ten digits before the decimals fit")
    cents = Decimal(number).quantize(_CENT)
    if cents != number:
        raise Unfit(FaultCode.TOO_PRECISE, "more than two decimals are not money")
    return format(cents or abs(cents), "f")


def _from_text(value: str, decimal: str | None) -> Amount | None:
    if len(value) > _MAX_TEXT:
        raise Unfit(FaultCode.INVALID_VALUE, _EXPECTED)
    text = value.translate(_PLAIN).strip()
    if not text:
        return None
    match = _AMOUNT.fullmatch(text)
    if match is None:
        raise Unfit(FaultCode.INVALID_VALUE, _EXPECTED)
    negative, codes = _surroundings(match["before"], match["after"])
    number = _number(match["number"], decimal)
    return Amount(_two_decimals(-number if negative else number), codes)


def _surroundings(before: str, after: str) -> tuple[bool, frozenset[str] | None]:
    """The sign and the currencies said around a number; anything else there is refused."""
    before, after = before.strip(), after.strip()
    negative = False
    if before.startswith("(") and after.endswith(")"):
        before, after, negative = before[1:].strip(), after[:-1].strip(), True
    elif before[:1] in ("-", "+"):
        negative, before = before[0] == "-", before[1:].strip()
    elif before[-1:] in ("-", "+"):
        negative, before = before[-1] == "-", before[:-1].strip()
    codes: frozenset[str] | None = None
    for word in filter(None, (before, after)):
        meant = codes_meant(word)
        if meant is None:
            raise Unfit(FaultCode.INVALID_VALUE, _EXPECTED)
        codes = meant if codes is None else codes & meant
    if codes is not None and not codes:
        raise Unfit(FaultCode.AMBIGUOUS, "the text names two currencies")
    return negative, codes


def _number(text: str, decimal: str | None) -> Decimal:
    mark = _decimal_mark(text, decimal)
    whole, _, part = text.rpartition(mark) if mark else (text, "", "")
    if (part and not part.isdecimal()) or (mark and not part):
        raise Unfit(FaultCode.INVALID_VALUE, _EXPECTED)
    if whole and not whole.isdecimal() and _GROUPED.fullmatch(whole) is None:
        raise Unfit(FaultCode.INVALID_VALUE, "digits are grouped by three")
    if mark and mark in whole:
        raise Unfit(FaultCode.INVALID_VALUE, _EXPECTED)
    digits = re.sub(r"[^0-9]", "", whole) or "0"
    return Decimal(f"{digits}.{part}" if part else digits)


def _decimal_mark(text: str, decimal: str | None) -> str:
    """The character that parts the decimals in `text`, or "" when there are none."""
    if "٫" in text:
        return "٫"
    if decimal is not None:
        return decimal if decimal in text else ""
    marks = [char for char in text if char in ".,"]
    if not marks:
        return ""
    if len(set(marks)) == 2:
        return marks[-1]
    if len(marks) > 1:
        return ""
    if _COULD_GROUP.fullmatch(text):
        raise Unfit(FaultCode.AMBIGUOUS, "three digits after the only mark: thousands or decimals?")
    return marks[0]
