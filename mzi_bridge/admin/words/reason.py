"""The shape of what is said of a machine word."""

from __future__ import annotations

from msgspec import Struct


class Reason(Struct, frozen=True):
    """English texts of the catalogue; `do` is empty where nothing is to be done."""

    means: str
    do: str = ""
