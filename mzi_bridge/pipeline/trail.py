"""The trail of a change: what is logged, and traced, of its way bears the ids of its events.

An event is one notice about one record. Its id is made of what the journal keeps of the record
anyhow (`journal.records.event_id`), so every process on the way knows it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

from msgspec import Struct

from mzi_bridge.bound import binding

Span = Callable[[str, Mapping[str, Any]], AbstractContextManager[None]]
"""A piece of the way, by its name and what is known of it, for as long as the block runs."""


def no_span(name: str, known: Mapping[str, Any]) -> AbstractContextManager[None]:
    """For a bridge that nobody traces."""
    return nullcontext()


class Trail(Struct, frozen=True):
    span: Span = no_span

    @contextmanager
    def follow(self, name: str, events: Sequence[str], **known: Any) -> Iterator[None]:
        """All that is logged in the block bears `event_ids` and what is `known`."""
        fields = {"event_ids": list(events), **known}
        with binding(**fields), self.span(name, fields):
            yield
