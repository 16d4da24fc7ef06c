"""How PHP reads a query or a form: `a[b][]` nests, the last one wins, the tail is cut.

https://www.php.net/manual/en/language.variables.external.php and the `max_input_vars` setting:
past the limit PHP drops variables without a word to the caller.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final
from urllib.parse import parse_qsl

_NAME: Final = re.compile(r"^([^\[]+)((?:\[[^\]]*\])*)")
_STEP: Final = re.compile(r"\[([^\]]*)\]")

Variables = dict[str, Any]


def pairs_of(text: str) -> list[tuple[str, str]]:
    """The pairs of a urlencoded text, in order."""
    return parse_qsl(text, keep_blank_values=True, encoding="utf-8", errors="surrogateescape")


def variables_of(pairs: Iterable[tuple[str, str]], max_input_vars: int) -> Variables:
    """$_GET or $_POST: lists and objects alike are dicts, as PHP arrays are."""
    variables: Variables = {}
    for number, (name, value) in enumerate(pairs):
        if number >= max_input_vars:
            break
        _assign(variables, name, value)
    return variables


def _assign(variables: Variables, name: str, value: str) -> None:
    match = _NAME.match(name.lstrip())
    if match is None:
        return
    first = re.sub(r"[ .]", "_", match[1])
    steps = _STEP.findall(match[2])
    place = variables
    for step in (first, *steps[:-1]) if steps else ():
        key = step or str(len(place))
        inner = place.get(key)
        if not isinstance(inner, dict):
            inner = {}
            place[key] = inner
        place = inner
    last = (steps[-1] or str(len(place))) if steps else first
    place[last] = value
