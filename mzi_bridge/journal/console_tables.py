"""The tables of what people set and do: connections, mapping versions, sessions, API keys, and
what the pages tell of the past. Times are epoch seconds by the bridge's clock.

`actor` is who of the office did it, as they signed in. No value of a CRM record is here.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Double,
    Index,
    Integer,
    String,
    Table,
    Text,
)

from mzi_bridge.journal.tables import MAX_NAME, Name, RecordId, Serial, tenant
from mzi_bridge.journal.tables import metadata as metadata

MAX_ACTOR = 200

# Settings that were made on a page instead of the environment, each value sealed.
stored_settings = Table(
    "stored_settings",
    metadata,
    tenant(),
    Column("name", Name, primary_key=True),
    Column("sealed", Text, nullable=False),
    Column("changed_at", Double, nullable=False),
    Column("changed_by", String(MAX_ACTOR), nullable=False),
)

# Grows with each change of a stored setting or of the mapping that counts: every process
# watches it.
configuration = Table(
    "configuration",
    metadata,
    tenant(),
    Column("generation", BigInteger, nullable=False),
)

# Field mappings as they were saved: `content` is a whole TOML file. At most one is active.
mapping_versions = Table(
    "mapping_versions",
    metadata,
    tenant(),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("content", Text, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("author", String(MAX_ACTOR), nullable=False),
    Column("note", Text, nullable=False),
    Column("made_at", Double, nullable=False),
    Column("active", Boolean, nullable=False),
)

sessions = Table(
    "sessions",
    metadata,
    tenant(),
    Column("token_hash", String(64), primary_key=True),
    Column("actor", String(MAX_ACTOR), nullable=False),
    Column("role", String(20), nullable=False),
    Column("method", String(20), nullable=False),
    Column("created_at", Double, nullable=False),
    Column("seen_at", Double, nullable=False),
    Column("expires_at", Double, nullable=False),
    Column("revoked_at", Double),
    Index("ix_sessions_expires", "tenant", "expires_at"),
)

# `hint` is the beginning of the key, for people to tell keys apart by.
api_keys = Table(
    "api_keys",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True),
    tenant(key=False),
    Column("name", Name, nullable=False),
    Column("key_hash", String(64), nullable=False),
    Column("hint", String(20), nullable=False),
    Column("scopes", JSON, nullable=False),
    Column("created_at", Double, nullable=False),
    Column("created_by", String(MAX_ACTOR), nullable=False),
    Column("expires_at", Double),
    Column("last_used_at", Double),
    Column("revoked_at", Double),
    Index("ix_api_keys_hash", "key_hash", unique=True),
)

# Who did what, when, to what, and what came of it. `details` holds names, numbers and words,
# never a secret.
audit_log = Table(
    "audit_log",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True),
    tenant(key=False),
    Column("at", Double, nullable=False),
    Column("actor", String(MAX_ACTOR), nullable=False),
    Column("client", String(64), nullable=False),
    Column("action", Name, nullable=False),
    Column("target", String(200), nullable=False),
    Column("outcome", String(MAX_NAME), nullable=False),
    Column("details", JSON, nullable=False),
    Index("ix_audit_log_at", "tenant", "at"),
)

# How much of what happened, in buckets of five minutes since the epoch.
activity = Table(
    "activity",
    metadata,
    tenant(),
    Column("bucket", BigInteger, primary_key=True, autoincrement=False),
    Column("word", Name, primary_key=True),
    Column("number", BigInteger, nullable=False),
)

# What became of a record at each turn: ids, words and times. `noticed_at` is the first notice
# that the turn answers.
record_history = Table(
    "record_history",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True),
    tenant(key=False),
    Column("module", Name, nullable=False),
    Column("record_id", RecordId, nullable=False),
    Column("at", Double, nullable=False),
    Column("source", Name, nullable=False),
    Column("outcome", String(20), nullable=False),
    Column("reason", String(MAX_NAME), nullable=False),
    Column("changed_at_ms", BigInteger),
    Column("noticed_at", Double),
    Column("attempts", Integer, nullable=False),
    Index("ix_record_history_record", "tenant", "record_id", "id"),
)
