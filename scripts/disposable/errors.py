"""What can go wrong before a disposable server stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class SiteError(Exception):
    """Ends the command with its message and exit code 1."""


@dataclass(frozen=True)
class Lack:
    """Something the machine lacks, and the Debian package that brings it ('' if none does)."""

    what: str
    package: str = ""

    def __str__(self) -> str:
        return f"no {self.what}" + (f" (Debian package {self.package})" if self.package else "")


class MachineLacks(SiteError):
    """Ends the command with exit code 3."""

    def __init__(self, lacks: Sequence[Lack]) -> None:
        super().__init__("; ".join(str(lack) for lack in lacks))
