"""Alembic migrations of the journal, run at start by journal.migrate."""
