"""Two mapping files side by side."""

from __future__ import annotations

import difflib


def unified(before: str, after: str, one: str = "", other: str = "") -> tuple[str, ...]:
    """Lines of a unified difference; `one` and `other` are what its first two lines call them."""
    return tuple(
        difflib.unified_diff(before.splitlines(), after.splitlines(), one, other, lineterm="")
    )
