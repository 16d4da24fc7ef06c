"""What the browser keeps for us for a while and can neither read nor change."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from mzi_bridge.clock import Clock
from mzi_bridge.journal.seal import Seal


class Sealed:
    """Small values for one purpose, closed with the secret key, good for `seconds`.

    The purpose is sealed in: what was given for one is worth nothing for another.
    """

    def __init__(self, seal: Seal, clock: Clock, purpose: str, seconds: float) -> None:
        self._seal = seal
        self._clock = clock
        self._purpose = purpose
        self.seconds = seconds

    def close(self, value: Mapping[str, Any]) -> str:
        """Raises OperatorError (secret_key_missing)."""
        content = {"for": self._purpose, "until": self._clock.now() + self.seconds, "is": value}
        return self._seal.close(json.dumps(content, separators=(",", ":")))

    def open(self, sealed: str | None) -> Mapping[str, Any] | None:
        """The value; None if it is none of ours, of another purpose, or too old."""
        text = self._seal.open(sealed) if sealed else None
        if text is None:
            return None
        content = _content(text)
        if content.get("for") != self._purpose:
            return None
        left = float(content["until"]) - self._clock.now()
        return content["is"] if 0 < left <= self.seconds else None


def _content(text: str) -> dict[str, Any]:
    """Other things are sealed with the same key: they are not ours."""
    try:
        content = json.loads(text)
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}
