"""The journal as first released."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision: str | None = None
branch_labels: tuple[str, ...] | None = None
depends_on: tuple[str, ...] | None = None

WORD = sa.String(100)
NAME = sa.String(100).with_variant(sa.String(100, collation="C"), "postgresql")
RECORD_ID = sa.String(64).with_variant(sa.String(64, collation="C"), "postgresql")
SERIAL = sa.BigInteger().with_variant(sa.Integer, "sqlite")
OPEN = sa.text("state = 'dead'")
LEASED = sa.text("lease_id IS NOT NULL")
LIVE = sa.text("closed_at IS NULL")
DISCARDED = sa.text("state = 'discarded'")


def upgrade() -> None:
    _inbox()
    _dead_letters()
    _held_changes()
    _deliveries()
    _runs()
    _polls_and_links()
    _channels_and_tokens()
    _alarms_and_polls()
    _credits()
    _photos()
    _moodle_events()
    _pushes()


def _inbox() -> None:
    op.create_table(
        "inbox",
        sa.Column("tenant", NAME, nullable=False),
        sa.Column("module", NAME, nullable=False),
        sa.Column("record_id", RECORD_ID, nullable=False),
        sa.Column("generation", sa.BigInteger, nullable=False),
        sa.Column("changed_at_ms", sa.BigInteger),
        sa.Column("deleted_at_ms", sa.BigInteger),
        sa.Column("first_noticed_at", sa.Double, nullable=False),
        sa.Column("last_noticed_at", sa.Double, nullable=False),
        sa.Column("priority", sa.SmallInteger, nullable=False),
        sa.Column("source", NAME, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("crashes", sa.Integer, nullable=False),
        sa.Column("ready_at", sa.Double, nullable=False),
        sa.Column("lease_id", sa.String(32)),
        sa.Column("lease_owner", sa.String(200)),
        sa.Column("last_reason", WORD, nullable=False),
        sa.PrimaryKeyConstraint("tenant", "module", "record_id", name="pk_inbox"),
    )
    op.create_index("ix_inbox_ready", "inbox", ["priority", "tenant", "module", "ready_at"])
    op.create_index(
        "ix_inbox_lease", "inbox", ["lease_id"], sqlite_where=LEASED, postgresql_where=LEASED
    )
    op.create_table(
        "inbox_modules",
        sa.Column("tenant", NAME, nullable=False),
        sa.Column("module", NAME, nullable=False),
        sa.Column("turn", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("tenant", "module", name="pk_inbox_modules"),
    )


def _dead_letters() -> None:
    op.create_table(
        "dead_letters",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("tenant", NAME, nullable=False),
        sa.Column("module", NAME, nullable=False),
        sa.Column("record_id", RECORD_ID, nullable=False),
        sa.Column("reason", WORD, nullable=False),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("changed_at_ms", sa.BigInteger),
        sa.Column("deleted_at_ms", sa.BigInteger),
        sa.Column("first_noticed_at", sa.Double, nullable=False),
        sa.Column("died_at", sa.Double, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("closed_at", sa.Double),
        sa.Column("note", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_dead_letters"),
    )
    op.create_index(
        "ix_dead_letters_open",
        "dead_letters",
        ["tenant", "module", "record_id"],
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )


def _held_changes() -> None:
    op.create_table(
        "held_changes",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("tenant", NAME, nullable=False),
        sa.Column("module", NAME, nullable=False),
        sa.Column("record_id", RECORD_ID, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("reason", WORD, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("changed_at_ms", sa.BigInteger),
        sa.Column("deleted_at_ms", sa.BigInteger),
        sa.Column("held_at", sa.Double, nullable=False),
        sa.Column("last_held_at", sa.Double, nullable=False),
        sa.Column("confirmed_at", sa.Double),
        sa.Column("closed_at", sa.Double),
        sa.Column("note", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_held_changes"),
    )
    op.create_index(
        "ix_held_changes_live",
        "held_changes",
        ["tenant", "module", "record_id"],
        unique=True,
        sqlite_where=LIVE,
        postgresql_where=LIVE,
    )
    op.create_index(
        "ix_held_changes_discarded",
        "held_changes",
        ["tenant", "module", "record_id"],
        sqlite_where=DISCARDED,
        postgresql_where=DISCARDED,
    )


def _deliveries() -> None:
    op.create_table(
        "deliveries",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("tenant", NAME, nullable=False),
        sa.Column("received_at", sa.Double, nullable=False),
        sa.Column("channel_id", WORD, nullable=False),
        sa.Column("module", NAME, nullable=False),
        sa.Column("operation", WORD, nullable=False),
        sa.Column("record_count", sa.Integer, nullable=False),
        sa.Column("ids", sa.JSON, nullable=False),
        sa.Column("server_time_ms", sa.BigInteger),
        sa.Column("source", WORD, nullable=False),
        sa.Column("result", WORD, nullable=False),
        sa.Column("reason", WORD, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_deliveries"),
    )
    op.create_index("ix_deliveries_received", "deliveries", ["tenant", "received_at"])
    op.create_index("ix_deliveries_module", "deliveries", ["tenant", "module", "id"])


def _runs() -> None:
    op.create_table(
        "runs",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("tenant", NAME, nullable=False),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("module", NAME),
        sa.Column("dry_run", sa.Boolean, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("total", sa.BigInteger),
        sa.Column("position", sa.JSON),
        sa.Column("counts", sa.JSON, nullable=False),
        sa.Column("started_at", sa.Double, nullable=False),
        sa.Column("updated_at", sa.Double, nullable=False),
        sa.Column("finished_at", sa.Double),
        sa.Column("error_reason", WORD, nullable=False),
        sa.Column("owner", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_runs"),
    )
    op.create_index("ix_runs_kind", "runs", ["tenant", "kind", "state"])


def _polls_and_links() -> None:
    op.create_table(
        "cursors",
        sa.Column("tenant", NAME, nullable=False),
        sa.Column("module", NAME, nullable=False),
        sa.Column("kind", NAME, nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("updated_at", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("tenant", "module", "kind", name="pk_cursors"),
    )
    op.create_table(
        "links",
        sa.Column("tenant", NAME, nullable=False),
        sa.Column("link", NAME, nullable=False),
        sa.Column("reason", WORD, nullable=False),
        sa.Column("paused_at", sa.Double, nullable=False),
        sa.Column("until", sa.Double, nullable=False),
        sa.Column("pauses", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("tenant", "link", name="pk_links"),
    )
    op.create_table(
        "field_faults",
        sa.Column("tenant", NAME, nullable=False),
        sa.Column("module", NAME, nullable=False),
        sa.Column("record_id", RECORD_ID, nullable=False),
        sa.Column("column_name", NAME, nullable=False),
        sa.Column("code", WORD, nullable=False),
        sa.Column("noticed_at", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint(
            "tenant", "module", "record_id", "column_name", name="pk_field_faults"
        ),
    )


def _channels_and_tokens() -> None:
    op.create_table(
        "channels",
        sa.Column("tenant", NAME, nullable=False),
        sa.Column("channel_id", NAME, nullable=False),
        sa.Column("module", NAME, nullable=False),
        sa.Column("events", sa.JSON, nullable=False),
        sa.Column("notify_url", sa.Text, nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("previous_token_hash", sa.String(64)),
        sa.Column("previous_valid_until", sa.Double),
        sa.Column("expires_at", sa.Double, nullable=False),
        sa.Column("granted_at", sa.Double, nullable=False),
        sa.Column("last_notice_at", sa.Double),
        sa.PrimaryKeyConstraint("tenant", "channel_id", name="pk_channels"),
    )
    op.create_table(
        "tokens",
        sa.Column("tenant", NAME, nullable=False),
        sa.Column("link", NAME, nullable=False),
        sa.Column("account", sa.String(64), nullable=False),
        sa.Column("sealed", sa.Text, nullable=False),
        sa.Column("expires_at", sa.Double, nullable=False),
        sa.Column("api_domain", sa.Text),
        sa.Column("saved_at", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("tenant", "link", name="pk_tokens"),
    )
    op.create_table(
        "locks",
        sa.Column("tenant", NAME, nullable=False),
        sa.Column("name", NAME, nullable=False),
        sa.Column("holder", sa.String(32), nullable=False),
        sa.Column("until", sa.Double, nullable=False),
        sa.Column("seconds", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("tenant", "name", name="pk_locks"),
    )


def _alarms_and_polls() -> None:
    op.create_table(
        "alarms",
        sa.Column("tenant", NAME, nullable=False),
        sa.Column("kind", NAME, nullable=False),
        sa.Column("subject", NAME, nullable=False),
        sa.Column("since", sa.Double, nullable=False),
        sa.Column("last_seen_at", sa.Double, nullable=False),
        sa.Column("logged_at", sa.Double, nullable=False),
        sa.Column("message", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("tenant", "kind", "subject", name="pk_alarms"),
    )
    op.create_table(
        "polls",
        sa.Column("tenant", NAME, nullable=False),
        sa.Column("module", NAME, nullable=False),
        sa.Column("due_at", sa.Double, nullable=False),
        sa.Column("reason", WORD, nullable=False),
        sa.Column("asked", sa.BigInteger, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("untold", sa.Integer, nullable=False),
        sa.Column("started_at", sa.Double),
        sa.Column("done_at", sa.Double),
        sa.Column("lease_id", sa.String(32)),
        sa.Column("lease_until", sa.Double),
        sa.PrimaryKeyConstraint("tenant", "module", name="pk_polls"),
    )


def _photos() -> None:
    op.create_table(
        "photos",
        sa.Column("tenant", NAME, nullable=False),
        sa.Column("module", NAME, nullable=False),
        sa.Column("record_id", RECORD_ID, nullable=False),
        sa.Column("version", sa.BigInteger),
        sa.Column("mark", sa.String(64), nullable=False),
        sa.Column("content_hash", sa.String(64)),
        sa.Column("attachment_id", RECORD_ID),
        sa.Column("asked_at", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("tenant", "module", "record_id", name="pk_photos"),
    )
    op.create_index("ix_photos_asked", "photos", ["tenant", "module", "asked_at"])


def _credits() -> None:
    op.create_table(
        "credits",
        sa.Column("tenant", NAME, nullable=False),
        sa.Column("bucket", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("spent", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("tenant", "bucket", name="pk_credits"),
    )
    op.create_table(
        "credit_totals",
        sa.Column("tenant", NAME, nullable=False),
        sa.Column("total", sa.BigInteger, nullable=False),
        sa.Column("said", sa.BigInteger),
        sa.Column("said_at", sa.Double),
        sa.Column("said_total", sa.BigInteger),
        sa.PrimaryKeyConstraint("tenant", name="pk_credit_totals"),
    )


def _moodle_events() -> None:
    op.create_table(
        "moodle_events",
        sa.Column("tenant", NAME, nullable=False),
        sa.Column("event_id", sa.String(36), nullable=False),
        sa.Column("event_type", NAME, nullable=False),
        sa.Column("body_hash", sa.String(64), nullable=False),
        sa.Column("result", sa.String(20), nullable=False),
        sa.Column("reason", NAME, nullable=False),
        sa.Column("occurred_at_ms", sa.BigInteger, nullable=False),
        sa.Column("received_at", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("tenant", "event_id", name="pk_moodle_events"),
    )
    op.create_index("ix_moodle_events_received", "moodle_events", ["tenant", "received_at"])


def _pushes() -> None:
    op.create_table(
        "pushes",
        sa.Column("tenant", NAME, nullable=False),
        sa.Column("kind", NAME, nullable=False),
        sa.Column("record_key", RECORD_ID, nullable=False),
        sa.Column("module", NAME, nullable=False),
        sa.Column("generation", sa.BigInteger, nullable=False),
        sa.Column("occurred_ms", sa.BigInteger, nullable=False),
        sa.Column("sealed", sa.Text),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("step", sa.String(20), nullable=False),
        sa.Column("sent_at", sa.Double),
        sa.Column("crm_id", RECORD_ID),
        sa.Column("content_hash", sa.String(64)),
        sa.Column("rows_hash", sa.String(64)),
        sa.Column("written_ms", sa.BigInteger),
        sa.Column("echoes", sa.Integer, nullable=False),
        sa.Column("first_at", sa.Double, nullable=False),
        sa.Column("last_at", sa.Double, nullable=False),
        sa.Column("settled_at", sa.Double),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("crashes", sa.Integer, nullable=False),
        sa.Column("ready_at", sa.Double, nullable=False),
        sa.Column("lease_id", sa.String(32)),
        sa.Column("lease_owner", sa.String(200)),
        sa.Column("last_reason", NAME, nullable=False),
        sa.Column("message", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("tenant", "kind", "record_key", name="pk_pushes"),
    )
    op.create_index("ix_pushes_ready", "pushes", ["state", "tenant", "kind", "ready_at"])
    op.create_index("ix_pushes_written", "pushes", ["tenant", "module", "crm_id"])
    op.create_index(
        "ix_pushes_lease", "pushes", ["lease_id"], sqlite_where=LEASED, postgresql_where=LEASED
    )
