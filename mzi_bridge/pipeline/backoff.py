"""When to try a failed record again, and when to stop trying."""

from __future__ import annotations

FIRST_SECONDS = 5.0
LONGEST_SECONDS = 4 * 3600.0
PATIENCE_SECONDS = 3 * 24 * 3600.0
FEWEST_ATTEMPTS = 20
LOOKS = 2
"""How often a record is read again because the CRM showed less than Moodle or a notice knew."""


def delay(attempts: int, jitter: float, retry_after: float | None = None) -> float:
    """Seconds until the next try after `attempts` failed ones (1 = the first has failed).

    Doubles from 5 s to 4 h; `jitter` in [0, 1) takes off up to half, so that records that
    failed together do not come back together. The other side's own word is a lower bound.
    """
    longest = min(LONGEST_SECONDS, FIRST_SECONDS * 2.0 ** min(max(attempts, 1) - 1, 30))
    return max(longest * (1.0 - jitter / 2.0), retry_after or 0.0)


def is_exhausted(attempts: int, age: float) -> bool:
    """Whether to give up: after at least 20 tries over at least 3 days."""
    return attempts >= FEWEST_ATTEMPTS and age >= PATIENCE_SECONDS
