"""What is bound to the work in hand: the ids that its log lines and spans bear."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType
from typing import Any

_BOUND: ContextVar[Mapping[str, Any]] = ContextVar("bound", default=MappingProxyType({}))


def bound() -> Mapping[str, Any]:
    """Here and now."""
    return _BOUND.get()


@contextmanager
def binding(**values: Any) -> Iterator[None]:
    """Within the block, and in the tasks that it starts; over what was bound before."""
    before = _BOUND.set({**_BOUND.get(), **values})
    try:
        yield
    finally:
        _BOUND.reset(before)
