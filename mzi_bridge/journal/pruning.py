"""Pruning in pieces, so that it never keeps live work waiting."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Select, delete

from mzi_bridge.journal.engine import Database

PIECE = 2000


async def prune_in_pieces(database: Database, key: Column[Any], old: Select[Any]) -> int:
    """Deletes the rows whose `key` the query `old` selects; answers how many there were."""
    pruned = 0
    while True:
        async with database.write() as connection:
            gone = await connection.execute(
                delete(key.table).where(key.in_(old.limit(PIECE))).returning(key)
            )
            count = len(gone.all())
        pruned += count
        if count < PIECE:
            return pruned
