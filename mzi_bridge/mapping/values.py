"""What a value may be while it is projected, and why one may not fit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum, StrEnum
from typing import Any, Final, Literal, TypeAlias

JsonValue: TypeAlias = "str | int | float | bool | list[JsonValue] | dict[str, JsonValue] | None"
Record: TypeAlias = Mapping[str, Any]
Read: TypeAlias = Callable[[Record], Any]
"""Gives a value, None (the CRM says empty) or ABSENT (the CRM says nothing); raises Unfit."""
Convert: TypeAlias = Callable[[Any], Any]
"""Takes a value that is neither None nor "", gives a value or None; raises Unfit."""


class Absent(Enum):
    ABSENT = "absent"

    def __bool__(self) -> Literal[False]:
        return False


ABSENT: Final = Absent.ABSENT
"""No such key in the record: the column is left alone, which a null would clear."""


class FaultCode(StrEnum):
    """Why a value was left out; the words the plugin uses for the same fault, where it has one."""

    REQUIRED = "required"
    WRONG_TYPE = "wrong_type"
    INVALID_VALUE = "invalid_value"
    OUT_OF_RANGE = "out_of_range"
    TOO_LONG = "too_long"
    TOO_PRECISE = "too_precise"
    AMBIGUOUS = "ambiguous"
    DUPLICATE = "duplicate"
    INCOMPLETE = "incomplete"
    DENIED = "denied"


class Unfit(Exception):
    """A value that its column cannot take. `message` says what was expected, never the value."""

    def __init__(self, code: FaultCode, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
