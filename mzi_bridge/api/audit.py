"""A row of the audit for each change that a caller of the API makes."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from mzi_bridge.api.endpoint import Call
from mzi_bridge.api.ports import Audit
from mzi_bridge.errors import MziError

log = logging.getLogger(__name__)
DONE = "done"
Detail = str | int | float | bool | None


class Audited:
    """Brackets a change. `details` are names, numbers and words, never a secret or a value."""

    def __init__(self, audit: Audit) -> None:
        self._audit = audit

    @asynccontextmanager
    async def __call__(
        self, call: Call, action: str, target: str, details: Mapping[str, Detail] | None = None
    ) -> AsyncIterator[dict[str, Detail]]:
        """Yields the details, to be added to. The row is there before the change, so that none is
        made unwritten; then it tells what came of it: `done`, or the word of the error.

        Raises JournalUnavailable where there can be no row; nothing is done then.
        """
        noted: dict[str, Detail] = dict(details or {})
        who = call.caller
        row = await self._audit.write(who.actor, who.client, action, target=target, details=noted)
        outcome = DONE
        try:
            yield noted
        except MziError as error:
            outcome = error.reason
            raise
        except Exception:
            outcome = "bug"
            raise
        finally:
            await self._end(row, outcome, target, noted)

    async def _end(
        self, row: int, outcome: str, target: str, details: Mapping[str, Detail]
    ) -> None:
        """What was done stands, whether the row can say so or not."""
        try:
            await self._audit.end(row, outcome, target=target, details=details)
        except MziError as error:
            log.error("end of an action not written: %s", error.reason, extra={"row": row})
