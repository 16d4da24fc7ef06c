"""The journal's tables. Ids, versions, times and machine words only: no value of any record,
but for `pushes.sealed`, encrypted for as long as a write into the CRM is owed.

Times are epoch seconds (`*_at`, Double) by the bridge's clock, or epoch milliseconds (`*_ms`)
by the CRM's. Every table carries `tenant`. A change here needs a migration; a test compares
the two.
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
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    text,
)

MAX_NAME = 100
MAX_RECORD_ID = 64

metadata = MetaData(
    naming_convention={"pk": "pk_%(table_name)s", "ix": "ix_%(table_name)s_%(column_0_N_name)s"}
)


def _index_of(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    """Of the rows for which `where` holds."""
    return Index(name, *columns, unique=unique, sqlite_where=text(where), info={"where": where})


def know_postgresql() -> None:
    """Says the conditions of indexes for PostgreSQL, too: to say them loads all that SQLAlchemy
    knows of it, which most journals, in SQLite, never need."""
    for table in metadata.tables.values():
        for index in table.indexes:
            if where := index.info.get("where"):
                index.dialect_options["postgresql"]["where"] = text(where)


# Ids sort by code point everywhere, so that two processes lock rows in one order.
Name = String(MAX_NAME).with_variant(String(MAX_NAME, collation="C"), "postgresql")
RecordId = String(MAX_RECORD_ID).with_variant(String(MAX_RECORD_ID, collation="C"), "postgresql")
Serial = BigInteger().with_variant(Integer, "sqlite")


def tenant(*, key: bool = True) -> Column[str]:
    return Column("tenant", Name, primary_key=key, nullable=False)


# One row per dirty record. `ready_at` is when it may be claimed: at once, after its backoff,
# or when the lease of whoever has it runs out. `generation` grows with every notice; `crashes`
# counts the leases that ran out in a row; `source` is how the most urgent notice came.
inbox = Table(
    "inbox",
    metadata,
    tenant(),
    Column("module", Name, primary_key=True),
    Column("record_id", RecordId, primary_key=True),
    Column("generation", BigInteger, nullable=False),
    Column("changed_at_ms", BigInteger),
    Column("deleted_at_ms", BigInteger),
    Column("first_noticed_at", Double, nullable=False),
    Column("last_noticed_at", Double, nullable=False),
    Column("priority", SmallInteger, nullable=False),
    Column("source", Name, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("crashes", Integer, nullable=False),
    Column("ready_at", Double, nullable=False),
    Column("lease_id", String(32)),
    Column("lease_owner", String(200)),
    Column("last_reason", String(MAX_NAME), nullable=False),
    # Priority leads, so that a look-up by key, which names none, never goes by this index:
    # in a storm PostgreSQL's statistics are old and would tempt it to.
    Index("ix_inbox_ready", "priority", "tenant", "module", "ready_at"),
    _index_of("ix_inbox_lease", "lease_id", where="lease_id IS NOT NULL"),
)

# Every module ever noticed, and the turn at which it was last served: the rota of claims.
inbox_modules = Table(
    "inbox_modules",
    metadata,
    tenant(),
    Column("module", Name, primary_key=True),
    Column("turn", BigInteger, nullable=False),
)

dead_letters = Table(
    "dead_letters",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True),
    tenant(key=False),
    Column("module", Name, nullable=False),
    Column("record_id", RecordId, nullable=False),
    Column("reason", String(MAX_NAME), nullable=False),
    Column("message", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("changed_at_ms", BigInteger),
    Column("deleted_at_ms", BigInteger),
    Column("first_noticed_at", Double, nullable=False),
    Column("died_at", Double, nullable=False),
    Column("state", String(20), nullable=False),
    Column("closed_at", Double),
    Column("note", Text, nullable=False),
    _index_of("ix_dead_letters_open", "tenant", "module", "record_id", where="state = 'dead'"),
)

# Changes that take something away and wait for the operator's word. One is live for as long as
# `closed_at` is null: open, or confirmed and on its way.
held_changes = Table(
    "held_changes",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True),
    tenant(key=False),
    Column("module", Name, nullable=False),
    Column("record_id", RecordId, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("reason", String(MAX_NAME), nullable=False),
    Column("state", String(20), nullable=False),
    Column("changed_at_ms", BigInteger),
    Column("deleted_at_ms", BigInteger),
    Column("held_at", Double, nullable=False),
    Column("last_held_at", Double, nullable=False),
    Column("confirmed_at", Double),
    Column("closed_at", Double),
    Column("note", Text, nullable=False),
    _index_of(
        "ix_held_changes_live",
        "tenant",
        "module",
        "record_id",
        unique=True,
        where="closed_at IS NULL",
    ),
    _index_of(
        "ix_held_changes_discarded", "tenant", "module", "record_id", where="state = 'discarded'"
    ),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True),
    tenant(key=False),
    Column("received_at", Double, nullable=False),
    Column("channel_id", String(MAX_NAME), nullable=False),
    Column("module", Name, nullable=False),
    Column("operation", String(MAX_NAME), nullable=False),
    Column("record_count", Integer, nullable=False),
    Column("ids", JSON, nullable=False),
    Column("server_time_ms", BigInteger),
    Column("source", String(MAX_NAME), nullable=False),
    Column("result", String(MAX_NAME), nullable=False),
    Column("reason", String(MAX_NAME), nullable=False),
    Index("ix_deliveries_received", "tenant", "received_at"),
    Index("ix_deliveries_module", "tenant", "module", "id"),
)

runs = Table(
    "runs",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True),
    tenant(key=False),
    Column("kind", String(MAX_NAME), nullable=False),
    Column("module", Name),
    Column("dry_run", Boolean, nullable=False),
    Column("state", String(20), nullable=False),
    Column("total", BigInteger),
    Column("position", JSON),
    Column("counts", JSON, nullable=False),
    Column("started_at", Double, nullable=False),
    Column("updated_at", Double, nullable=False),
    Column("finished_at", Double),
    Column("error_reason", String(MAX_NAME), nullable=False),
    Column("owner", String(200), nullable=False),
    Index("ix_runs_kind", "tenant", "kind", "state"),
)

cursors = Table(
    "cursors",
    metadata,
    tenant(),
    Column("module", Name, primary_key=True),
    Column("kind", Name, primary_key=True),
    Column("value", Text, nullable=False),
    Column("updated_at", Double, nullable=False),
)

channels = Table(
    "channels",
    metadata,
    tenant(),
    Column("channel_id", Name, primary_key=True),
    Column("module", Name, nullable=False),
    Column("events", JSON, nullable=False),
    Column("notify_url", Text, nullable=False),
    Column("token_hash", String(64), nullable=False),
    Column("previous_token_hash", String(64)),
    Column("previous_valid_until", Double),
    Column("expires_at", Double, nullable=False),
    Column("granted_at", Double, nullable=False),
    Column("last_notice_at", Double),
)

tokens = Table(
    "tokens",
    metadata,
    tenant(),
    Column("link", Name, primary_key=True),
    Column("account", String(64), nullable=False),
    Column("sealed", Text, nullable=False),
    Column("expires_at", Double, nullable=False),
    Column("api_domain", Text),
    Column("saved_at", Double, nullable=False),
)

links = Table(
    "links",
    metadata,
    tenant(),
    Column("link", Name, primary_key=True),
    Column("reason", String(MAX_NAME), nullable=False),
    Column("paused_at", Double, nullable=False),
    Column("until", Double, nullable=False),
    Column("pauses", Integer, nullable=False),
)

# Columns that a record's own bad values left alone at its last projection.
field_faults = Table(
    "field_faults",
    metadata,
    tenant(),
    Column("module", Name, primary_key=True),
    Column("record_id", RecordId, primary_key=True),
    Column("column_name", Name, primary_key=True),
    Column("code", String(MAX_NAME), nullable=False),
    Column("noticed_at", Double, nullable=False),
)

# What was last seen and handed over as a record's photo, told by hashes and, where it is an
# attachment, by its id. `version` is that of the record (epoch seconds) when its photo was last
# asked for.
photos = Table(
    "photos",
    metadata,
    tenant(),
    Column("module", Name, primary_key=True),
    Column("record_id", RecordId, primary_key=True),
    Column("version", BigInteger),
    Column("mark", String(64), nullable=False),
    Column("content_hash", String(64)),
    Column("attachment_id", RecordId),
    Column("asked_at", Double, nullable=False),
    Index("ix_photos_asked", "tenant", "module", "asked_at"),
)

# The schedule of the delta polls. `asked` grows whenever one is wanted at once.
polls = Table(
    "polls",
    metadata,
    tenant(),
    Column("module", Name, primary_key=True),
    Column("due_at", Double, nullable=False),
    Column("reason", String(MAX_NAME), nullable=False),
    Column("asked", BigInteger, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("untold", Integer, nullable=False),
    Column("started_at", Double),
    Column("done_at", Double),
    Column("lease_id", String(32)),
    Column("lease_until", Double),
)

# What an operator must know of, while it stands. `logged_at`: when it was last said in the log.
alarms = Table(
    "alarms",
    metadata,
    tenant(),
    Column("kind", Name, primary_key=True),
    Column("subject", Name, primary_key=True),
    Column("since", Double, nullable=False),
    Column("last_seen_at", Double, nullable=False),
    Column("logged_at", Double, nullable=False),
    Column("message", Text, nullable=False),
)

# Leases of named locks where the database itself has none (SQLite).
locks = Table(
    "locks",
    metadata,
    tenant(),
    Column("name", Name, primary_key=True),
    Column("holder", String(32), nullable=False),
    Column("until", Double, nullable=False),
    Column("seconds", Double, nullable=False),
)

# Credits of the CRM's API that calls cost, in buckets of five minutes since the epoch.
credits = Table(
    "credits",
    metadata,
    tenant(),
    Column("bucket", BigInteger, primary_key=True, autoincrement=False),
    Column("spent", BigInteger, nullable=False),
)

# All credits ever spent, and the CRM's last word on how many are left: `said_total` is what
# `total` was when it said so.
credit_totals = Table(
    "credit_totals",
    metadata,
    tenant(),
    Column("total", BigInteger, nullable=False),
    Column("said", BigInteger),
    Column("said_at", Double),
    Column("said_total", BigInteger),
)

# Every event of Moodle that was taken in, by its own id: `result` and `reason` are the first
# answer, `body_hash` (SHA-256) tells a repeat from another event under the same id.
moodle_events = Table(
    "moodle_events",
    metadata,
    tenant(),
    Column("event_id", String(36), primary_key=True),
    Column("event_type", Name, nullable=False),
    Column("body_hash", String(64), nullable=False),
    Column("result", String(20), nullable=False),
    Column("reason", Name, nullable=False),
    Column("occurred_at_ms", BigInteger, nullable=False),
    Column("received_at", Double, nullable=False),
    Index("ix_moodle_events_received", "tenant", "received_at"),
)

# What is owed to the CRM, one row for each record it concerns, kept when done as a memory of
# the record's id and content. `ready_at`, `generation` and `crashes` are as in the inbox;
# `occurred_ms` is when it happened in Moodle, `sent_at` when an insert was last on its way.
pushes = Table(
    "pushes",
    metadata,
    tenant(),
    Column("kind", Name, primary_key=True),
    Column("record_key", RecordId, primary_key=True),
    Column("module", Name, nullable=False),
    Column("generation", BigInteger, nullable=False),
    Column("occurred_ms", BigInteger, nullable=False),
    Column("sealed", Text),
    Column("state", String(20), nullable=False),
    Column("step", String(20), nullable=False),
    Column("sent_at", Double),
    Column("crm_id", RecordId),
    Column("content_hash", String(64)),
    Column("rows_hash", String(64)),
    Column("written_ms", BigInteger),
    Column("echoes", Integer, nullable=False),
    Column("first_at", Double, nullable=False),
    Column("last_at", Double, nullable=False),
    Column("settled_at", Double),
    Column("attempts", Integer, nullable=False),
    Column("crashes", Integer, nullable=False),
    Column("ready_at", Double, nullable=False),
    Column("lease_id", String(32)),
    Column("lease_owner", String(200)),
    Column("last_reason", Name, nullable=False),
    Column("message", Text, nullable=False),
    Index("ix_pushes_ready", "state", "tenant", "kind", "ready_at"),
    Index("ix_pushes_written", "tenant", "module", "crm_id"),
    _index_of("ix_pushes_lease", "lease_id", where="lease_id IS NOT NULL"),
)
