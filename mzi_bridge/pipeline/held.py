"""The operator's part of the brake: look at what is held, then confirm or discard it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mzi_bridge.errors import OperatorError
from mzi_bridge.journal.held import HeldChange, HeldState, OpenChanges
from mzi_bridge.journal.journal import Journal
from mzi_bridge.pipeline import brake


class HeldDesk:
    """Every method raises JournalUnavailable."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    async def list(
        self, module: str | None = None, *, limit: int = 100, after: int = 0, history: bool = False
    ) -> tuple[HeldChange, ...]:
        """What is held, oldest first, from the id after `after` on; with `history` what was
        decided or overtaken, too."""
        state = None if history else HeldState.OPEN
        return await self._journal.held.list(module, limit=limit, after=after, state=state)

    async def open_now(self) -> Mapping[str, OpenChanges]:
        """What is held, by module: how many, and the number of the last."""
        return await self._journal.held.open_now()

    async def confirm(
        self, modules: Sequence[str] | None, number: int, *, up_to: int | None = None
    ) -> int:
        """The word to apply all that is held of `modules` (None: of all), `number` changes; with
        `up_to` only those with no higher id, so that what came after the look stays held.

        They are due at once; answers their number. Raises OperatorError held_number_differs,
        naming the right number, and confirms nothing if it is another one.
        """
        held = await self._journal.held.confirm(modules, number, up_to=up_to)
        if held != number:
            raise _another_number(modules, number, held)
        await brake.remind(self._journal)
        return held

    async def discard(
        self,
        module: str | None,
        ids: Sequence[int] | None,
        note: str = "",
        *,
        up_to: int | None = None,
    ) -> int:
        """Closes held changes unapplied, of a module or by number, with ids not above `up_to`;
        how many. `note` says why, without names. It stands until the CRM tells of a newer
        deletion or version."""
        count = await self._journal.held.discard(ids, module=module, up_to=up_to, note=note)
        await brake.remind(self._journal)
        return count

    async def reopen(self, module: str, ids: Sequence[int]) -> int:
        """Takes back a discard: the changes are held again, to be confirmed; how many."""
        count = await self._journal.held.reopen(ids, module=module)
        await brake.remind(self._journal)
        return count


def _another_number(modules: Sequence[str] | None, number: int, held: int) -> OperatorError:
    one = modules[0] if modules is not None and len(modules) == 1 else None
    listing = f"mzi held list --module {one}" if one else "mzi held list"
    fix = f"Look at them with {listing}, then confirm {held}." if held else f"See {listing}."
    return OperatorError(
        f"{held} changes{f' of {one}' if one else ''} are held now, not {number}; nothing was"
        " confirmed.",
        reason="held_number_differs",
        fix=fix,
    )
