"""The names somebody may have meant."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(word: str, known: Iterable[str], count: int = 3) -> tuple[str, ...]:
    """Up to `count` of `known` that look like `word`, likeliest first; case does not matter."""
    by_fold: dict[str, str] = {}
    for name in known:
        by_fold.setdefault(name.casefold(), name)
    hits = get_close_matches(word.casefold(), by_fold, n=count, cutoff=0.6)
    return tuple(by_fold[hit] for hit in hits)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`; did you mean "date"?`, or nothing when no known name is near."""
    hits = nearest(word, known, count=1)
    return f'; did you mean "{hits[0]}"?' if hits else ""
