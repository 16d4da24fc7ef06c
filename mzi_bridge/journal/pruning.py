"""Pruning in pieces, so that it never keeps live work waiting."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Column, ColumnElement, Executable, delete, select

from mzi_bridge.journal.engine import Database

PIECE = 2000


def pruning(key: Column[Any], *old: ColumnElement[bool]) -> Executable:
    """The statement that deletes a piece of the rows that meet `old`, and answers their keys."""
    piece = select(key).where(*old).limit(PIECE)
    return delete(key.table).where(key.in_(piece), *old).returning(key)


async def prune_in_pieces(
    database: Database, statement: Executable, given: Mapping[str, Any]
) -> int:
    """Runs `statement`, made by `pruning`, until nothing is left; how many rows there were."""
    pruned = 0
    while True:
        async with database.write() as connection:
            count = len((await connection.execute(statement, given)).all())
        pruned += count
        if count < PIECE:
            return pruned
