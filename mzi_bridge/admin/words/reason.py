"""The shape of what is said of a machine word."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Reason:
    """English texts of the catalogue; `do` is empty where nothing is to be done."""

    means: str
    do: str = ""
