"""Fields that no mapping may read, whoever asks.

`Academic_Password` holds a credential in clear in some organisations (data model): it is
refused always. A configurable list of patterns refuses more.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase

DEFAULT_DENY: tuple[str, ...] = (
    "*password*",
    "*passwd*",
    "*passcode*",
    "*secret*",
    "*token*",
    "*api_key*",
    "*credential*",
)
ALWAYS_DENIED = "academicpassword"

_NOT_A_LETTER = re.compile(r"[^a-z0-9]")


class DenyList:
    """Decides by name alone; `patterns` are shell patterns, upper and lower case alike."""

    def __init__(self, patterns: Sequence[str] = DEFAULT_DENY) -> None:
        self._patterns = tuple(pattern.casefold() for pattern in patterns)

    def pattern_for(self, name: str) -> str | None:
        """The pattern that refuses this field name, or None when it may be read."""
        folded = name.casefold()
        if ALWAYS_DENIED in _NOT_A_LETTER.sub("", folded):
            return "Academic_Password"
        return next((p for p in self._patterns if fnmatchcase(folded, p)), None)

    def first_denied(self, names: Iterable[str]) -> tuple[str, str] | None:
        """The first refused name among `names` with the pattern that refuses it."""
        for name in names:
            pattern = self.pattern_for(name)
            if pattern is not None:
                return name, pattern
        return None
