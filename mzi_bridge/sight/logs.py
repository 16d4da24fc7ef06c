"""Log lines: JSON for programs, plain lines for people.

The modules of the bridge log by the standard library; what is bound to the context (the ids of the
events in hand) is added here. Other libraries are heard from warnings on, whatever the level is:
what they say of their work can hold values of records.
"""

from __future__ import annotations

import json
import logging
import sys
import traceback
from collections.abc import Callable, Collection, Iterator, MutableMapping
from datetime import UTC, datetime
from typing import Any, Literal, TextIO

from pydantic import SecretStr

from mzi_bridge.bound import bound
from mzi_bridge.errors import MziError
from mzi_bridge.settings import Settings

Render = Callable[[Any, str, MutableMapping[str, Any]], object]
Shape = Literal["auto", "json", "console"]
HIDDEN = "[secret]"
SHORTEST_HIDDEN = 8
"""What is shorter stands in too many words."""
_OWN = "mzi_bridge"
_SERVER = "uvicorn.error"


def start_logging(
    level: str, shape: Shape = "console", *, secrets: Collection[str] = (), to: TextIO | None = None
) -> None:
    """Lines go to `to`, standard error unless said; `auto` is for people if that is a terminal.
    No line holds one of `secrets`, whoever wrote it."""
    stream = to or sys.stderr
    people = shape == "console" or (shape == "auto" and stream.isatty())
    handler = logging.StreamHandler(stream)
    handler.setFormatter(_Formatter(people, stream.isatty(), secrets))
    root = logging.getLogger()
    for old in root.handlers[:]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    # By its own level, which may be higher, not the root's: that is of the libraries.
    logging.getLogger(_OWN).setLevel(level.upper())
    logging.getLogger(_SERVER).setLevel(max(logging.INFO, logging.getLevelName(level.upper())))


def secrets_of(settings: Settings) -> frozenset[str]:
    """Every secret that the environment gave, in clear."""
    found: set[str] = set()
    for name in Settings.model_fields:
        value = getattr(settings, name)
        for one in value if isinstance(value, tuple) else (value,):
            if isinstance(one, SecretStr):
                found.add(one.get_secret_value())
    return frozenset(found)


class _Formatter(logging.Formatter):
    """A line of a record: what it says, what came with it, what is bound to the context."""

    def __init__(self, people: bool, colours: bool, secrets: Collection[str]) -> None:
        super().__init__()
        self._render: Render = _for_people(colours) if people else _json
        self._hide = _Hide(secrets)

    def format(self, record: logging.LogRecord) -> str:
        said = {name: value for name, value in vars(record).items() if name not in _OF_EVERY_RECORD}
        event: dict[str, Any] = {
            "timestamp": _time(record.created),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
            **bound(),
            **said,
        }
        if record.exc_info and record.exc_info[1] is not None:
            event["exception"] = told_of(record.exc_info[1])
        return self._hide(str(self._render(None, record.levelname.lower(), event)))


_OF_EVERY_RECORD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_ENCODER = json.JSONEncoder(ensure_ascii=False, default=str)


def _for_people(colours: bool) -> Render:
    # Here, for it brings Rich along, which no program wants.
    from structlog.dev import ConsoleRenderer

    return ConsoleRenderer(colors=colours)


def _json(logger: Any, method: str, event: MutableMapping[str, Any]) -> str:
    return _ENCODER.encode(event)


def _time(epoch: float) -> str:
    at = datetime.fromtimestamp(epoch, UTC)
    return at.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


class _Hide:
    """The last word on a line: a secret in it is an error of somebody's, and is not told."""

    def __init__(self, secrets: Collection[str]) -> None:
        long = {secret for secret in secrets if len(secret) >= SHORTEST_HIDDEN}
        written = {json.dumps(secret, ensure_ascii=False)[1:-1] for secret in long}
        # The longest first: one may be a part of another.
        self._secrets = sorted(long | written, key=len, reverse=True)

    def __call__(self, text: str) -> str:
        for secret in self._secrets:
            if secret in text:
                text = text.replace(secret, HIDDEN)
        return text


def told_of(error: BaseException) -> str:
    """Where it went wrong and by what kind of exception; what an exception says is told of our
    own only, for others quote the value that they met."""
    return "".join(_lines(error, set())).rstrip()


def _lines(error: BaseException, seen: set[int]) -> Iterator[str]:
    seen.add(id(error))
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None and id(before) not in seen:
        yield from _lines(before, seen)
        yield "and then:\n"
    yield from traceback.format_tb(error.__traceback__)
    says = f": {error}" if isinstance(error, MziError) else ""
    yield f"{type(error).__qualname__}{says}\n"
    if isinstance(error, BaseExceptionGroup):
        for one in error.exceptions:
            if id(one) not in seen:
                yield from _lines(one, seen)
