"""Texts that are written in one place and said in another, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field


def N_(msgid: str) -> str:
    """Marks an English text for the catalogue; `Language.gettext` translates it when said."""
    return msgid


class Text(Struct, frozen=True):
    """An English text with its blanks, e.g. `Text(N_("Sync %(id)s runs."), {"id": 7})`.

    With `many` and `number` it has a plural: `one` counts for one, `number` is a blank, too.
    """

    one: str
    blanks: Mapping[str, str | int] = field(default_factory=dict)
    many: str = ""
    number: int = 0


def counted(one: str, many: str, number: int, **blanks: str | int) -> Text:
    """A text with a plural, e.g. `counted("%(number)s letter", "%(number)s letters", n)`:
    the catalogue finds it by the name of this function."""
    return Text(one, blanks, many, number)
