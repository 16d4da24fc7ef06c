"""Source paths: `First_Name`, `Program.name` (inside a lookup), `parent.Currency` (in a subform).

A path tells three things apart: the key is absent, it is null, it has a value. An absent part
inside a present lookup is absent; any part of an empty lookup is null.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from mzi_bridge.mapping.values import ABSENT, FaultCode, Read, Record, Unfit

PARENT = "parent"
"""In the rows of a child, the first step of a path that reads the parent record."""

_PATH = re.compile(r"[A-Za-z$][A-Za-z0-9_$]*(\.[A-Za-z$][A-Za-z0-9_$]*)*")


def is_path(text: str) -> bool:
    return _PATH.fullmatch(text) is not None


def field_of(path: str) -> str:
    """The CRM field a path starts at, in the record or, after `parent.`, in its parent."""
    steps = path.split(".")
    return steps[1] if steps[0] == PARENT and len(steps) > 1 else steps[0]


def reader(path: str) -> Read:
    """A function that reads `path`; raises Unfit when a step goes into something not a lookup."""
    first, *rest = path.split(".")
    if not rest:
        return lambda record: record.get(first, ABSENT)
    if len(rest) > 1:
        return _deep(first, tuple(rest))
    last = rest[0]

    def read(record: Record) -> Any:
        holder = record.get(first, ABSENT)
        return _inside(holder, last)

    return read


def _deep(first: str, rest: tuple[str, ...]) -> Read:
    def read(record: Record) -> Any:
        value = record.get(first, ABSENT)
        for step in rest:
            value = _inside(value, step)
        return value

    return read


def _inside(holder: Any, step: str) -> Any:
    if holder is ABSENT or holder is None:
        return holder
    if isinstance(holder, Mapping):
        return holder.get(step, ABSENT)
    if holder == "":
        return None
    raise Unfit(FaultCode.WRONG_TYPE, f"a lookup holding {step} was expected")
