"""What one piece of work spends: API credits by Zoho's table, counted as calls are made."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from mzi_bridge.zoho.transport import CallReport


@dataclass
class Spending:
    """Calls that reached the CRM within the block, and their credits."""

    credits: int = 0
    calls: int = 0


_counting: ContextVar[tuple[Spending, ...]] = ContextVar("counting", default=())


@contextmanager
def counted() -> Iterator[Spending]:
    """Counts the calls of this task, and of tasks it starts, while the block runs."""
    spending = Spending()
    token = _counting.set((*_counting.get(), spending))
    try:
        yield spending
    finally:
        _counting.reset(token)


def count(report: CallReport) -> None:
    """The client's observer."""
    if report.status:
        for spending in _counting.get():
            spending.calls += 1
            spending.credits += report.cost
