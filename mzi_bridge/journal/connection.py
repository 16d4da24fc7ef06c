"""What the journal asks of a database, be it a file or a server."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection, Engine, Executable, Result

T = TypeVar("T")
Values = Mapping[str, Any] | Sequence[Mapping[str, Any]]
Rows = Result[*tuple[Any, ...]]
Work = Callable[[Connection], T]
"""Statements of one transaction."""


class JournalConnection(Protocol):
    """A transaction under way. What a statement answers is read to its end when it returns."""

    async def execute(self, statement: Executable, parameters: Values | None = None) -> Rows:
        """`parameters` as a list: the statement for each of them."""

    async def run_sync(self, work: Work[T], /) -> T:
        """Several statements at once."""


class Transactions(Protocol):
    """Connections of one kind. All raise SQLAlchemy's errors."""

    @property
    def engine(self) -> Engine:
        """SQLAlchemy's, for whoever listens to its events."""

    def begin(self) -> AbstractAsyncContextManager[JournalConnection]:
        """A transaction, committed when the block is left well."""

    async def whole(self, work: Work[T]) -> T:
        """A transaction of which all is at hand."""

    async def dispose(self) -> None: ...
