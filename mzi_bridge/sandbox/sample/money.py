"""Amounts: counted in cents, shown as the CRM shows them."""

from __future__ import annotations

from random import Random

WAIVED = "waived"


def number(cents: int) -> int | float:
    """A currency field's JSON: an integral amount carries no `.0`."""
    return cents // 100 if cents % 100 == 0 else cents / 100


def as_text(cents: int, currency: str, rng: Random) -> str:
    """How people type an amount into a text field."""
    grouped = f"{cents // 100:,}.{cents % 100:02d}"
    if currency == "TRY" and rng.random() < 0.7:
        return grouped.translate(str.maketrans(",.", ".,")) + " TL"
    if currency == "USD" and rng.random() < 0.5:
        return "$" + grouped
    return grouped


def split(cents: int, parts: int) -> list[int]:
    """Equal parts; what does not divide goes to the first, so the sum is exact."""
    share = cents // parts
    return [cents - share * (parts - 1), *([share] * (parts - 1))]
