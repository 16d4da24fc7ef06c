"""Text, ids, whole numbers, yes/no and free JSON: what each column type takes from JSON."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from mzi_bridge.mapping.deny import DenyList
from mzi_bridge.mapping.values import Convert, FaultCode, JsonValue, Unfit

_ID = re.compile(r"[0-9]{1,30}")
_WHOLE = re.compile(r"[+-]?[0-9]{1,20}")
_EXACT_FLOAT = 2**53
_MAX_INT = 2**63 - 1
_MAX_DEPTH = 20
_MAX_TEXT_INT = 10**40
_MIN_FLOAT = 1e-15
_MAX_FLOAT = 1e300
_TRUE = frozenset({"true", "yes", "1"})
_FALSE = frozenset({"false", "no", "0"})
_ARABIC_DIGITS = {0x0660 + n: str(n) for n in range(10)} | {0x06F0 + n: str(n) for n in range(10)}


def text(value: Any) -> str:
    """A string as it is; a number in its shortest exact form. Yes/no, lists and objects raise."""
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise Unfit(FaultCode.WRONG_TYPE, "a text was expected")
    if isinstance(value, int):
        exact = abs(value) < _MAX_TEXT_INT
    else:
        exact = _is_finite(value) and (value == 0 or _MIN_FLOAT < abs(float(value)) < _EXACT_FLOAT)
    if not exact:
        raise Unfit(FaultCode.OUT_OF_RANGE, "this number may have lost digits on its way")
    return str(value) if isinstance(value, int) else _plain(value)


def storable(value: str) -> str:
    """The same text, unless no database could store it (a NUL, half of a surrogate pair)."""
    if "\0" in value:
        raise Unfit(FaultCode.INVALID_VALUE, "a text without NUL characters was expected")
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            raise Unfit(FaultCode.INVALID_VALUE, "a whole Unicode text was expected") from None
    return value


def crm_id(value: Any) -> str:
    """A CRM id: a string of 1 to 30 digits. A number is refused, since it may have lost digits."""
    if not isinstance(value, str):
        raise Unfit(FaultCode.WRONG_TYPE, "a CRM id as a string was expected")
    if _ID.fullmatch(value) is None:
        raise Unfit(FaultCode.INVALID_VALUE, "a CRM id of digits was expected")
    return value


def whole(value: Any) -> int | None:
    """A whole number within 64 bits, from a JSON number or plain digits without grouping."""
    if isinstance(value, str):
        digits = value.translate(_ARABIC_DIGITS).strip()
        if not digits:
            return None
        if _WHOLE.fullmatch(digits) is None:
            raise Unfit(FaultCode.INVALID_VALUE, "a whole number was expected")
        value = int(digits)
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise Unfit(FaultCode.WRONG_TYPE, "a whole number was expected")
    if not isinstance(value, int) and not _is_whole(value):
        raise Unfit(FaultCode.INVALID_VALUE, "a whole number was expected")
    number = int(value)
    if not -_MAX_INT <= number <= _MAX_INT:
        raise Unfit(FaultCode.OUT_OF_RANGE, "a number within 64 bits was expected")
    return number


def yes_no(value: Any) -> int | None:
    """1 or 0, from true and false, 1 and 0, or the words yes, no, true, false."""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, str):
        word = value.strip().casefold()
        if not word:
            return None
        if word in _TRUE or word in _FALSE:
            return int(word in _TRUE)
        raise Unfit(FaultCode.INVALID_VALUE, "yes or no was expected")
    if isinstance(value, int) and value in (0, 1):
        return value
    raise Unfit(FaultCode.WRONG_TYPE, "yes or no was expected")


def json_value(deny: DenyList) -> Convert:
    """A converter that keeps lists, objects and scalars as they are, up to 20 levels deep.

    A denied key at any depth, a NaN and an unstorable text are refused.
    """

    def clean(value: Any, depth: int) -> JsonValue:
        if depth > _MAX_DEPTH:
            raise Unfit(FaultCode.INVALID_VALUE, "the value is nested too deeply")
        if isinstance(value, str):
            return storable(value)
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, int | float | Decimal):
            return _json_number(value)
        if isinstance(value, Mapping):
            denied = deny.first_denied(str(key) for key in value)
            if denied is not None:
                raise Unfit(FaultCode.DENIED, "the value holds a field that no mapping may read")
            return {storable(str(k)): clean(v, depth + 1) for k, v in value.items()}
        if isinstance(value, list | tuple):
            return [clean(item, depth + 1) for item in value]
        raise Unfit(FaultCode.WRONG_TYPE, "a JSON value was expected")

    return lambda value: clean(value, 0)


def _json_number(value: float | Decimal) -> int | float:
    if isinstance(value, int) and -_MAX_INT <= value <= _MAX_INT:
        return value
    if isinstance(value, int) or not _is_finite(value) or abs(float(value)) > _MAX_FLOAT:
        raise Unfit(FaultCode.OUT_OF_RANGE, "a number that JSON can carry was expected")
    return float(value)


def _is_finite(number: float | Decimal) -> bool:
    return number.is_finite() if isinstance(number, Decimal) else math.isfinite(number)


def _is_whole(number: float | Decimal) -> bool:
    # Past 2**53 a float no longer holds every whole number.
    return _is_finite(number) and -_EXACT_FLOAT < number < _EXACT_FLOAT and number % 1 == 0


def _plain(number: float | Decimal) -> str:
    plain = format(Decimal(repr(number)) if isinstance(number, float) else number, "f")
    shortened = plain.rstrip("0").rstrip(".") if "." in plain else plain
    return "0" if shortened == "-0" else shortened
