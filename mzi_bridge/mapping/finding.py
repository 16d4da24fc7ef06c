"""What a check of a mapping found."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct, field


class Severity(StrEnum):
    """error: a rule cannot work. warning: values may be lost. info: something is not used."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Finding(Struct, frozen=True):
    """`key` is the dotted path below the module in the mapping file, or a field or column name.

    `suggestions` are existing names near a missing one, likeliest first.
    """

    severity: Severity
    module: str
    key: str
    message: str
    suggestions: tuple[str, ...] = field(default=())
