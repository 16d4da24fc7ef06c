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
from collections.abc import Collection, Iterator
from typing import Literal, TextIO

import structlog
from pydantic import SecretStr
from structlog.typing import EventDict, Processor, WrappedLogger

from mzi_bridge.errors import MziError
from mzi_bridge.settings import Settings

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
    handler.setFormatter(_formatter(people, stream.isatty(), secrets))
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


def _formatter(people: bool, colours: bool, secrets: Collection[str]) -> logging.Formatter:
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _tell_exception,
    ]
    renderer: Processor = (
        structlog.dev.ConsoleRenderer(colors=colours)
        if people
        else structlog.processors.JSONRenderer(serializer=_json)
    )
    remove = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    hide = _Hide(secrets)
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared, processors=[remove, renderer, hide]
    )


def _json(value: object, **options: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


class _Hide:
    """The last word on a line: a secret in it is an error of somebody's, and is not told."""

    def __init__(self, secrets: Collection[str]) -> None:
        long = {secret for secret in secrets if len(secret) >= SHORTEST_HIDDEN}
        written = {json.dumps(secret, ensure_ascii=False)[1:-1] for secret in long}
        # The longest first: one may be a part of another.
        self._secrets = sorted(long | written, key=len, reverse=True)

    def __call__(self, logger: WrappedLogger, method: str, line: EventDict | str) -> str:
        text = str(line)
        for secret in self._secrets:
            if secret in text:
                text = text.replace(secret, HIDDEN)
        return text


def _tell_exception(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Where it went wrong and by what kind of exception; what an exception says is told of our
    own only, for others quote the value that they met."""
    given = event.pop("exc_info", None)
    error = given[1] if isinstance(given, tuple) else given
    if given is True:
        error = sys.exc_info()[1]
    if isinstance(error, BaseException):
        event["exception"] = "".join(_lines(error, set())).rstrip()
    return event


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
