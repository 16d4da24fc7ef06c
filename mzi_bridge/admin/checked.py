"""Checks that were run for a page: what they found, in words, and for the audit log."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from msgspec import Struct
from starlette.responses import Response

from mzi_bridge.admin.routing import Acted
from mzi_bridge.admin.text import N_, Text
from mzi_bridge.journal.audit import DONE
from mzi_bridge.pipeline.diagnosis import Check

WORST = ("failed", "warning", "ok")
FAILED = "checks_failed"


class Checked(Struct, frozen=True):
    """`checks`, the worst first."""

    checks: Sequence[Check]

    @property
    def is_good(self) -> bool:
        return bool(self.checks) and not self.number("failed")

    @property
    def told(self) -> Text:
        return Text(
            N_("%(failed)s failed, %(warning)s worth a look, %(ok)s in order."),
            {state: self.number(state) for state in WORST},
        )

    def number(self, state: str) -> int:
        return sum(check.state == state for check in self.checks)

    def acted(self, page: Response) -> Acted:
        """The action that ran them, answered by `page`."""
        return Acted(
            response=page,
            outcome=DONE if self.is_good else FAILED,
            details={state: self.number(state) for state in WORST},
        )


async def checked(checks: AsyncIterator[Check]) -> Checked:
    """Runs them all. Raises what they raise."""
    return Checked(sorted([c async for c in checks], key=lambda c: WORST.index(c.state)))
