"""Runs revisions on the connection and in the transaction that journal.migrate holds."""

from __future__ import annotations

from alembic import context

from mzi_bridge.journal.console_tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
    # SQLite alters a table by copying it.
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
