from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mzi_bridge.mapping.numerals import decimal_of


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("65.00000", "65"),
        (" 7 ", "7"),
        ("+7", "7"),
        ("-1.5", "-1.5"),
        ("−1.5", "-1.5"),
        ("69,99", "69.99"),
        ("1,0000", "1"),
        ("1.000", "1"),
        ("٦٩٫٩٩", "69.99"),
        ("۶۹٫۹۹۹", "69.999"),
        ("\u200f٧٠", "70"),
        ("70%", "70"),
        ("999999999.9999999999999999", "999999999.9999999999999999"),
    ],
)
def test_a_number_is_read_exactly(text: str, expected: str) -> None:
    assert decimal_of(text) == Decimal(expected)


NO_NUMBERS = """
%; -; .5; 5.; 1,000; ١٬٠٠٠; 1.000,50; 1,2,3; 0x1F; 1e3; ²; Ⅳ; 9999999999; 5 5; NaN; --1; ७०
"""


@pytest.mark.parametrize("text", ["", *NO_NUMBERS.strip().split("; ")])
def test_what_is_no_number_is_none(text: str) -> None:
    assert decimal_of(text) is None


@given(st.decimals(-10_000, 10_000, places=5, allow_nan=False))
def test_moodles_own_decimals_come_back_as_they_are(value: Decimal) -> None:
    assert decimal_of(f"{value:.5f}") == value
