"""Search criteria: `((Last_Name:equals:Burns\\,B)and(First_Name:starts_with:M))`.

Values are escaped here and nowhere else, so no value can end its own condition.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from msgspec import Struct

from mzi_bridge.zoho.errors import BadArgument
from mzi_bridge.zoho.naming import field_name
from mzi_bridge.zoho.times import iso

CONDITION_LIMIT = 10

Operator = Literal[
    "equals",
    "not_equal",
    "starts_with",
    "in",
    "between",
    "greater_than",
    "greater_equal",
    "less_than",
    "less_equal",
]
Value = str | int | bool | Decimal | date | datetime

_SPECIAL = re.compile(r"[\\(),]")


class Criteria(Struct, frozen=True):
    """A finished expression and how many conditions it holds. The text can hold personal
    values, so it is left out of the representation."""

    text: str
    conditions: int

    def __repr__(self) -> str:
        return f"Criteria({self.conditions} conditions)"


def where(field: str, operator: Operator, value: Value | Sequence[Value]) -> Criteria:
    """One condition. `in` and `between` take several values. Zoho's `equals` finds what
    contains the value, too: compare again what comes back."""
    if isinstance(value, str) or not isinstance(value, Sequence):
        words = [_word(value)]
    else:
        words = [_word(one) for one in value]
    if not words or (len(words) > 1 and operator not in ("in", "between")):
        raise BadArgument(f"Criteria: {operator} does not take {len(words)} values.")
    return Criteria(f"({field_name(field)}:{operator}:{','.join(words)})", 1)


def all_of(*parts: Criteria) -> Criteria:
    """All must hold. Raises BadArgument for none, or past ten conditions."""
    return _joined("and", parts)


def any_of(*parts: Criteria) -> Criteria:
    """One must hold. Raises BadArgument for none, or past ten conditions."""
    return _joined("or", parts)


def _joined(word: str, parts: Sequence[Criteria]) -> Criteria:
    conditions = sum(part.conditions for part in parts)
    if not 1 <= conditions <= CONDITION_LIMIT:
        raise BadArgument(f"A search takes 1 to {CONDITION_LIMIT} conditions, not {conditions}.")
    if len(parts) == 1:
        return parts[0]
    return Criteria(f"({word.join(part.text for part in parts)})", conditions)


def _word(value: Value) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, date):
        return value.isoformat()
    text = str(value)
    if not text:
        raise BadArgument("A search for an empty value finds nothing.")
    return _SPECIAL.sub(lambda found: "\\" + found.group(), text)
