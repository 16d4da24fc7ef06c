"""A database of its own for each test, on SQLite and on PostgreSQL."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

POSTGRES_SETTING = "MZI_TEST_POSTGRES_URL"
POSTGRES_URL = os.environ.get(POSTGRES_SETTING, "")
"""A superuser's URL. Without one the suites run on SQLite only, and one skipped test says so."""

KINDS = ("sqlite", "postgres") if POSTGRES_URL else ("sqlite",)


@asynccontextmanager
async def fresh_database(kind: str, directory: Path) -> AsyncIterator[str]:
    """Yields a DATABASE_URL of an empty database: a file, or a schema that is dropped after."""
    if kind == "sqlite":
        yield f"sqlite:///{directory / 'journal.sqlite3'}"
        return
    schema = f"journal_{uuid4().hex}"
    server = make_url(POSTGRES_URL)
    engine = create_async_engine(server, poolclass=NullPool)
    async with engine.begin() as connection:
        await connection.execute(text(f'CREATE SCHEMA "{schema}"'))
    try:
        url = server.update_query_dict({"options": f"-csearch_path={schema}"})
        yield url.render_as_string(hide_password=False)
    finally:
        async with engine.begin() as connection:
            await connection.execute(text(f'DROP SCHEMA "{schema}" CASCADE'))
