"""The operator's desk with the brake's list, as a fake."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mzi_bridge.errors import MziError, OperatorError
from mzi_bridge.journal.held import HeldChange, HeldState, OpenChanges
from mzi_bridge.journal.records import HeldKind

GRADE = HeldChange(
    7,
    "BTEC_Grades",
    "7300000000000000001",
    HeldKind.DELETE,
    "over_the_cap",
    HeldState.OPEN,
    1.0,
    2.0,
    None,
    None,
    "",
)


@dataclass
class Desk:
    """Holds one deletion; remembers what was asked, and fails on demand."""

    asked: list[tuple[Any, ...]] = field(default_factory=list)
    fault: MziError | None = None

    async def list(
        self, module: str | None = None, *, limit: int, after: int, history: bool
    ) -> Sequence[HeldChange]:
        self._note("list", module, limit, after, history)
        return (GRADE,)

    async def open_now(self) -> Mapping[str, OpenChanges]:
        return {GRADE.module: OpenChanges(1, GRADE.id)}

    async def confirm(
        self, modules: Sequence[str] | None, number: int, *, up_to: int | None
    ) -> int:
        self._note("confirm", modules, number, up_to)
        if number != 1:
            raise OperatorError("1 is held.", reason="held_number_differs")
        return number

    async def discard(self, module: str | None, ids: Sequence[int] | None, note: str) -> int:
        self._note("discard", module, ids, note)
        return 1

    async def reopen(self, module: str, ids: Sequence[int]) -> int:
        self._note("reopen", module, ids)
        return len(ids)

    def _note(self, *what: Any) -> None:
        self.asked.append(what)
        if self.fault:
            raise self.fault
