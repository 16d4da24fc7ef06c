"""A value of a mapping file on one line, as a person edits it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from typing import Any

import tomlkit


class NoToml(Exception):
    """A line that is no TOML value. The message says where, and never quotes it."""


def line_of(value: Any) -> str:
    """`{ from = "Birth_Date", type = "date" }`"""
    document = tomlkit.document()
    document["v"] = _item(value)
    return tomlkit.dumps(document).removeprefix("v = ").strip()


def value_of(line: str) -> Any:
    """The value that `line_of` wrote, or what a person made of it. Raises NoToml."""
    try:
        found = tomllib.loads(f"v = {' '.join(line.splitlines())}")
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise NoToml(str(error)) from None
    return found["v"]


def _item(value: Any) -> Any:
    if isinstance(value, Mapping):
        table = tomlkit.inline_table()
        for name, part in value.items():
            table[name] = _item(part)
        return table
    if isinstance(value, list | tuple):
        array = tomlkit.array()
        for part in value:
            array.append(_item(part))
        return array
    return tomlkit.item(value)
