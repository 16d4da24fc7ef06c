"""Numbers as people and systems write them, Arabic digits included; exact, never a float."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

_WESTERN: Final = {
    **{0x0660 + n: str(n) for n in range(10)},
    **{0x06F0 + n: str(n) for n in range(10)},
    0x066B: ".",
    0x066A: "%",
    0x2212: "-",
    # Marks of direction, which say nothing of the number.
    **dict.fromkeys((0x061C, 0x200E, 0x200F), ""),
}
# Few enough digits that products with a percent stay exact.
# A comma before exactly three digits may part thousands: then nobody can say what is meant.
_NUMBER = re.compile(r"([+-]?[0-9]{1,9})(?:\.([0-9]{1,16})|,(?![0-9]{3}$)([0-9]{1,16}))?", re.ASCII)


def decimal_of(text: str) -> Decimal | None:
    """The number a text is, a per cent sign behind it left out; None if it is none.

    One point, one comma or U+066B parts the decimals; there are no thousands' separators.
    """
    plain = text.translate(_WESTERN).strip().removesuffix("%").rstrip()
    found = _NUMBER.fullmatch(plain)
    if found is None:
        return None
    whole, after_point, after_comma = found.groups()
    return Decimal(f"{whole}.{after_point or after_comma or '0'}")
