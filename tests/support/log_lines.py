"""Log lines as a program reads them."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

from mzi_bridge.sight.logs import Shape, start_logging

_LEVELS = ("", "mzi_bridge", "uvicorn.error")


class Lines(io.StringIO):
    def __init__(self, terminal: bool = False) -> None:
        super().__init__()
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal

    def all(self) -> list[dict[str, Any]]:
        """Raises ValueError if one is not JSON."""
        return [json.loads(line) for line in self.getvalue().splitlines()]

    def of_event(self, event_id: str) -> list[str]:
        """What was said of it, in order."""
        return [line["event"] for line in self.all() if event_id in line.get("event_ids", ())]


@contextmanager
def logged(
    level: str = "info",
    shape: Shape = "json",
    *,
    secrets: Collection[str] = (),
    terminal: bool = False,
) -> Iterator[Lines]:
    """What the process logs while the block runs; all is as before after it."""
    root, lines = logging.getLogger(), Lines(terminal)
    handlers = root.handlers[:]
    levels = {name: logging.getLogger(name).level for name in _LEVELS}
    start_logging(level, shape, secrets=secrets, to=lines)
    try:
        yield lines
    finally:
        root.handlers[:] = handlers
        for name, before in levels.items():
            logging.getLogger(name).setLevel(before)
