"""What a PromQL expression names: metrics, their labels, and what it groups by.

No parser: enough to see a metric or a label that does not exist.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

FUNCTIONS = frozenset(
    {"absent", "avg", "histogram_quantile", "increase", "max", "min", "rate", "sum"}
)
WORDS = frozenset({"and", "or", "unless", "bool", "offset"})
_GROUPING = re.compile(r"\b(?:by|without|on|ignoring)\s*\(([^)]*)\)")
_RANGE = re.compile(r"\[[^\]]*\]")
_NAME = re.compile(r"([A-Za-z_:][\w:]*)\s*(\(|\{[^}]*\})?")
_MATCHER = re.compile(r'([A-Za-z_]\w*)\s*(?:=~|!~|!=|=)\s*"[^"]*"')


@dataclass(frozen=True)
class Named:
    """`metrics`: each with the labels by which it is chosen; `groups`: the labels that are left."""

    metrics: tuple[tuple[str, frozenset[str]], ...]
    groups: frozenset[str]


def named_in(expression: str) -> Named:
    """Raises ValueError for a function that is not in `FUNCTIONS`, or a matcher of no shape."""
    groups = {
        label.strip()
        for found in _GROUPING.findall(expression)
        for label in found.split(",")
        if label.strip()
    }
    rest = _RANGE.sub("", _GROUPING.sub("", expression))
    return Named(tuple(_metrics(rest)), frozenset(groups))


def _metrics(expression: str) -> Iterator[tuple[str, frozenset[str]]]:
    for name, follows in _NAME.findall(expression):
        if name in WORDS:
            continue
        if follows == "(":
            if name not in FUNCTIONS:
                raise ValueError(f"{name} is no function known here")
            continue
        yield name, frozenset(_labels(follows))


def _labels(matchers: str) -> Iterator[str]:
    inside = matchers.strip("{} ")
    found = list(_MATCHER.finditer(inside))
    if re.sub(r"[,\s]", "", _MATCHER.sub("", inside)):
        raise ValueError(f"{matchers} cannot be read")
    for one in found:
        yield one.group(1)
