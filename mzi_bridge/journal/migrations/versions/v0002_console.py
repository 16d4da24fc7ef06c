"""What people set and do: connections, mappings, sessions, keys, and what pages tell."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision: str | None = "0001"
branch_labels: tuple[str, ...] | None = None
depends_on: tuple[str, ...] | None = None

WORD = sa.String(100)
LONG = sa.String(200)
NAME = sa.String(100).with_variant(sa.String(100, collation="C"), "postgresql")
RECORD_ID = sa.String(64).with_variant(sa.String(64, collation="C"), "postgresql")
SERIAL = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    _stored_settings()
    _configuration()
    _mapping_versions()
    _sessions()
    _api_keys()
    _audit_log()
    _activity()
    _record_history()


def _stored_settings() -> None:
    op.create_table(
        "stored_settings",
        sa.Column("tenant", NAME, nullable=False),
        sa.Column("name", NAME, nullable=False),
        sa.Column("sealed", sa.Text, nullable=False),
        sa.Column("changed_at", sa.Double, nullable=False),
        sa.Column("changed_by", LONG, nullable=False),
        sa.PrimaryKeyConstraint("tenant", "name", name="pk_stored_settings"),
    )


def _configuration() -> None:
    op.create_table(
        "configuration",
        sa.Column("tenant", NAME, nullable=False),
        sa.Column("generation", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("tenant", name="pk_configuration"),
    )


def _mapping_versions() -> None:
    op.create_table(
        "mapping_versions",
        sa.Column("tenant", NAME, nullable=False),
        sa.Column("version", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("author", LONG, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("made_at", sa.Double, nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("tenant", "version", name="pk_mapping_versions"),
    )


def _sessions() -> None:
    op.create_table(
        "sessions",
        sa.Column("tenant", NAME, nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("actor", LONG, nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("method", sa.String(20), nullable=False),
        sa.Column("created_at", sa.Double, nullable=False),
        sa.Column("seen_at", sa.Double, nullable=False),
        sa.Column("expires_at", sa.Double, nullable=False),
        sa.Column("revoked_at", sa.Double),
        sa.PrimaryKeyConstraint("tenant", "token_hash", name="pk_sessions"),
    )
    op.create_index("ix_sessions_expires", "sessions", ["tenant", "expires_at"])


def _api_keys() -> None:
    op.create_table(
        "api_keys",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("tenant", NAME, nullable=False),
        sa.Column("name", NAME, nullable=False),
        sa.Column("key_hash", sa.String(64), nullable=False),
        sa.Column("hint", sa.String(20), nullable=False),
        sa.Column("scopes", sa.JSON, nullable=False),
        sa.Column("created_at", sa.Double, nullable=False),
        sa.Column("created_by", LONG, nullable=False),
        sa.Column("expires_at", sa.Double),
        sa.Column("last_used_at", sa.Double),
        sa.Column("revoked_at", sa.Double),
        sa.PrimaryKeyConstraint("id", name="pk_api_keys"),
    )
    op.create_index("ix_api_keys_hash", "api_keys", ["key_hash"], unique=True)


def _audit_log() -> None:
    op.create_table(
        "audit_log",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("tenant", NAME, nullable=False),
        sa.Column("at", sa.Double, nullable=False),
        sa.Column("actor", LONG, nullable=False),
        sa.Column("client", sa.String(64), nullable=False),
        sa.Column("action", NAME, nullable=False),
        sa.Column("target", LONG, nullable=False),
        sa.Column("outcome", WORD, nullable=False),
        sa.Column("details", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit_log"),
    )
    op.create_index("ix_audit_log_at", "audit_log", ["tenant", "at"])


def _activity() -> None:
    op.create_table(
        "activity",
        sa.Column("tenant", NAME, nullable=False),
        sa.Column("bucket", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("word", NAME, nullable=False),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("tenant", "bucket", "word", name="pk_activity"),
    )


def _record_history() -> None:
    op.create_table(
        "record_history",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("tenant", NAME, nullable=False),
        sa.Column("module", NAME, nullable=False),
        sa.Column("record_id", RECORD_ID, nullable=False),
        sa.Column("at", sa.Double, nullable=False),
        sa.Column("source", NAME, nullable=False),
        sa.Column("outcome", sa.String(20), nullable=False),
        sa.Column("reason", WORD, nullable=False),
        sa.Column("changed_at_ms", sa.BigInteger),
        sa.Column("noticed_at", sa.Double),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_record_history"),
    )
    op.create_index("ix_record_history_record", "record_history", ["tenant", "record_id", "id"])
