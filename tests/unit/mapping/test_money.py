"""Money is read exactly or refused by name; never rounded, never guessed."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mzi_bridge.mapping import Projection
from mzi_bridge.mapping.money import parse_money
from mzi_bridge.mapping.values import FaultCode, Unfit

READ: list[tuple[Any, str]] = [
    (0, "0.00"),
    (100000, "100000.00"),
    (149.99, "149.99"),
    (0.1, "0.10"),
    (-0.0, "0.00"),
    (-12.5, "-12.50"),
    (1e3, "1000.00"),
    (9_999_999_999, "9999999999.00"),
    (9_999_999_999.99, "9999999999.99"),
    (Decimal("1250.50"), "1250.50"),
    (Decimal("12.3400"), "12.34"),
    ("0", "0.00"),
    ("-0", "0.00"),
    ("1250", "1250.00"),
    ("1250.5", "1250.50"),
    ("1250,5", "1250.50"),
    ("$1,250.00", "1250.00"),
    ("1.250,00 TL", "1250.00"),
    ("1 250,50 JD", "1250.50"),
    ("1\u00a0250,50", "1250.50"),
    ("1\u202f250\u202f000,5", "1250000.50"),
    ("1 250", "1250.00"),
    ("1'250.50", "1250.50"),
    ("1’250", "1250.00"),
    ("1,250,000", "1250000.00"),
    ("1.250.000", "1250000.00"),
    ("1.250.000,50 ₺", "1250000.50"),
    ("12,345.67", "12345.67"),
    ("1250.000", "1250.00"),
    ("0.250", "0.25"),
    ("0,250", "0.25"),
    ("1 250,500", "1250.50"),
    ("JOD 75", "75.00"),
    ("75 jod", "75.00"),
    ("US$75", "75.00"),
    ("$75 USD", "75.00"),
    ("$75 CAD", "75.00"),
    ("TL.500", "500.00"),
    ("L.E. 500", "500.00"),
    ("500 د.أ", "500.00"),
    ("500 دينار", "500.00"),
    ("١٬٢٥٠٫٥٠", "1250.50"),
    ("١٢٥٠ دينار", "1250.00"),
    ("۱۲۵۰٫۵", "1250.50"),
    ("\u200f١٢٥٠\u200f", "1250.00"),
    ("-1,250.00", "-1250.00"),
    ("−5", "-5.00"),
    ("+5", "5.00"),
    ("-$5", "-5.00"),
    ("$-5", "-5.00"),
    ("- 5 USD", "-5.00"),
    ("(1,250.00)", "-1250.00"),
    ("($5)", "-5.00"),
]

REFUSED: list[tuple[Any, FaultCode]] = [
    ("waived", FaultCode.INVALID_VALUE),
    ("free of charge", FaultCode.INVALID_VALUE),
    ("N/A", FaultCode.INVALID_VALUE),
    ("-", FaultCode.INVALID_VALUE),
    ("$", FaultCode.INVALID_VALUE),
    ("approx 500", FaultCode.INVALID_VALUE),
    ("500 waived", FaultCode.INVALID_VALUE),
    ("500 off", FaultCode.INVALID_VALUE),
    ("12 months 500", FaultCode.INVALID_VALUE),
    ("500-600", FaultCode.INVALID_VALUE),
    ("500/2", FaultCode.INVALID_VALUE),
    ("50%", FaultCode.INVALID_VALUE),
    ("5-", FaultCode.INVALID_VALUE),
    ("(-5)", FaultCode.INVALID_VALUE),
    ("-(5)", FaultCode.INVALID_VALUE),
    ("(5", FaultCode.INVALID_VALUE),
    ("5)", FaultCode.INVALID_VALUE),
    ("--5", FaultCode.INVALID_VALUE),
    ("5.", FaultCode.INVALID_VALUE),
    (".5", FaultCode.INVALID_VALUE),
    ("1e5", FaultCode.INVALID_VALUE),
    ("0x10", FaultCode.INVALID_VALUE),
    ("12 50", FaultCode.INVALID_VALUE),
    ("1,25,000", FaultCode.INVALID_VALUE),
    ("1,2,3", FaultCode.INVALID_VALUE),
    ("1.250,00.5", FaultCode.INVALID_VALUE),
    ("1.250.00", FaultCode.INVALID_VALUE),
    ("1 250.000,00", FaultCode.INVALID_VALUE),
    ("0,250,000", FaultCode.INVALID_VALUE),
    ("9" * 61, FaultCode.INVALID_VALUE),
    ("5 USD JOD", FaultCode.INVALID_VALUE),
    ("€5 USD", FaultCode.AMBIGUOUS),
    ("1,250", FaultCode.AMBIGUOUS),
    ("1.250", FaultCode.AMBIGUOUS),
    ("$1,250", FaultCode.AMBIGUOUS),
    ("12.345 JD", FaultCode.AMBIGUOUS),
    ("1250.005", FaultCode.TOO_PRECISE),
    ("1,250.125", FaultCode.TOO_PRECISE),
    ("0,255", FaultCode.TOO_PRECISE),
    (33.333333, FaultCode.TOO_PRECISE),
    (0.1 + 0.2, FaultCode.TOO_PRECISE),
    (Decimal("1E-9999"), FaultCode.TOO_PRECISE),
    (10**10, FaultCode.OUT_OF_RANGE),
    (-(10**10), FaultCode.OUT_OF_RANGE),
    (10**400, FaultCode.OUT_OF_RANGE),
    (1e300, FaultCode.OUT_OF_RANGE),
    ("10,000,000,000", FaultCode.OUT_OF_RANGE),
    (float("nan"), FaultCode.INVALID_VALUE),
    (float("inf"), FaultCode.INVALID_VALUE),
    (Decimal("sNaN"), FaultCode.INVALID_VALUE),
    (True, FaultCode.WRONG_TYPE),
    ([5], FaultCode.WRONG_TYPE),
    ({"amount": 5}, FaultCode.WRONG_TYPE),
]


@pytest.mark.parametrize(("value", "text"), READ)
def test_an_amount_is_read_exactly(value: Any, text: str) -> None:
    amount = parse_money(value)
    assert amount is not None and amount.text == text


@pytest.mark.parametrize(("value", "code"), REFUSED)
def test_what_is_no_certain_amount_is_refused_by_name(value: Any, code: FaultCode) -> None:
    with pytest.raises(Unfit) as caught:
        parse_money(value)
    assert caught.value.code == code


@pytest.mark.parametrize("blank", ["", "  ", "\u00a0", "\u200f"])
def test_blank_text_is_no_amount_and_no_fault(blank: str) -> None:
    assert parse_money(blank) is None


@pytest.mark.parametrize(
    ("text", "decimal", "expected"),
    [
        ("1,250", ".", "1250.00"),
        ("1,250", ",", "1.25"),
        ("1.250", ".", "1.25"),
        ("1.250", ",", "1250.00"),
        ("$1,250.00", ".", "1250.00"),
        ("1.250,00 TL", ",", "1250.00"),
    ],
)
def test_the_rule_may_say_which_mark_parts_the_decimals(
    text: str, decimal: str, expected: str
) -> None:
    amount = parse_money(text, decimal)
    assert amount is not None and amount.text == expected


def test_a_text_against_the_rules_own_decimal_mark_is_refused() -> None:
    with pytest.raises(Unfit):
        parse_money("1.250,00", ".")


def with_currency(projected: Callable[..., Projection], text: str, currency: Any) -> Projection:
    rule = '{ from = "Fees", type = "money", currency = "Currency" }'
    return projected(rule, {"Fees": text, "Currency": currency})


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("$5", "USD"),
        ("$5", "CAD"),
        ("5 TL", "TRY"),
        ("5 دينار", "JOD"),
        ("5", "JOD"),
        ("$5", None),
        ("$5", ""),
        ("$5", {"not": "a currency"}),
    ],
)
def test_an_amount_in_the_records_currency_is_taken(
    projected: Callable[..., Projection], text: str, currency: Any
) -> None:
    projection = with_currency(projected, text, currency)
    assert projection.row is not None and projection.row["out"] == "5.00"


@pytest.mark.parametrize(("text", "currency"), [("5 TL", "USD"), ("$5", "TRY"), ("5 JD", "TL")])
def test_an_amount_in_another_currency_is_left_out(
    projected: Callable[..., Projection], text: str, currency: str
) -> None:
    projection = with_currency(projected, text, currency)
    assert projection.row is not None and "out" not in projection.row
    assert [fault.code for fault in projection.faults] == [FaultCode.AMBIGUOUS]


cents = st.integers(min_value=-(10**12) + 1, max_value=10**12 - 1)


@given(cents)
def test_every_amount_of_cents_survives_the_way_as_text(number: int) -> None:
    exact = Decimal(number) / 100
    for written in (f"{exact:.2f}", f"{exact:,.2f}", f"{exact:,.2f} JOD", exact):
        amount = parse_money(written)
        assert amount is not None and Decimal(amount.text) == exact


@given(st.decimals(allow_nan=True, allow_infinity=True) | st.floats() | st.text(max_size=70))
def test_an_amount_is_exact_or_refused(value: Any) -> None:
    try:
        amount = parse_money(value)
    except Unfit:
        return
    if amount is not None and not isinstance(value, str):
        assert Decimal(amount.text) == Decimal(repr(value) if isinstance(value, float) else value)
