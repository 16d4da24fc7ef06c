"""The journal's tables as they are declared."""

from __future__ import annotations

from sqlalchemy import make_url
from sqlalchemy.schema import CreateIndex

from mzi_bridge.journal.tables import know_postgresql, metadata


def test_an_index_of_some_rows_has_its_condition_on_both_databases() -> None:
    know_postgresql()
    dialects = [make_url(url).get_dialect()() for url in ("sqlite://", "postgresql+psycopg://")]
    indexes = [index for table in metadata.tables.values() for index in table.indexes]
    partial = 0
    for index in indexes:
        there = [
            str(CreateIndex(index).compile(dialect=dialect)).partition(" WHERE ")[2]
            for dialect in dialects
        ]
        assert there[0] == there[1], index.name
        partial += bool(there[0])
    assert partial == 5
