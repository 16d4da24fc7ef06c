"""What a page tells once, after the redirect that follows an action."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from msgspec import Struct
from starlette.responses import Response

from mzi_bridge.admin.cookies import TOLD, Cookies
from mzi_bridge.admin.sealed import Sealed
from mzi_bridge.admin.text import Text
from mzi_bridge.errors import MziError

TOLD_SECONDS = 120
LONGEST = 600
"""Of one text of an error; a cookie has 4096 bytes."""


class Told(Struct, frozen=True):
    """A message: a text of ours, or an error by its reason word, with its own English words."""

    kind: Literal["good", "bad", "plain"]
    text: Text | None = None
    reason: str = ""
    message: str = ""
    fix: str = ""


def told_of(error: MziError) -> Told:
    return Told("bad", None, error.reason, error.message[:LONGEST], error.fix[:LONGEST])


class Telling:
    """Messages on their way over a redirect, in a sealed cookie: a link cannot make the console
    say anything."""

    def __init__(self, sealed: Sealed) -> None:
        self._sealed = sealed

    def put(self, cookies: Cookies, response: Response, told: Told) -> None:
        cookies.put(response, TOLD, self._sealed.close(_values(told)), TOLD_SECONDS)

    def take(self, cookies: Cookies) -> tuple[Told, ...]:
        """What is to be told now; `forget` then takes it from the browser."""
        values = self._sealed.open(cookies.get(TOLD))
        return () if values is None else (_told(values),)

    def forget(self, cookies: Cookies, response: Response) -> None:
        cookies.drop(response, TOLD)


def _values(told: Told) -> dict[str, Any]:
    values: dict[str, Any] = {"kind": told.kind}
    if told.text is not None:
        text = told.text
        values["text"] = [text.one, dict(text.blanks), text.many, text.number]
    if told.reason:
        values["error"] = [told.reason, told.message, told.fix]
    return values


def _told(values: Mapping[str, Any]) -> Told:
    text = Text(*values["text"]) if "text" in values else None
    return Told(values["kind"], text, *values.get("error", ("", "", "")))
