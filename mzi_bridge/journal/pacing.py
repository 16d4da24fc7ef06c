"""Much that becomes dirty at once comes due in steps, behind live work."""

from __future__ import annotations

from mzi_bridge.journal.records import Source

AT_ONCE = 100
STEP_SECONDS = 10.0
LONGEST_PACE_SECONDS = 3600.0


def place(number: int, total: int) -> tuple[int, float]:
    """Priority of the `number`th (from 0) of `total` records, and seconds until it is due.

    The first hundred are due now, as live work; the others a hundred every ten seconds, with a
    backfill's priority. The last is due within the hour, however many they are.
    """
    group = number // AT_ONCE
    if group == 0:
        return Source.OPERATOR.priority, 0.0
    last = (total - 1) // AT_ONCE
    return Source.BACKFILL.priority, group * min(STEP_SECONDS, LONGEST_PACE_SECONDS / last)
