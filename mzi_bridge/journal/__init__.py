"""The journal: durable state on SQLite or PostgreSQL, shared by any number of processes."""

from mzi_bridge.journal.channels import ChannelRow, hash_token
from mzi_bridge.journal.deliveries import Delivery
from mzi_bridge.journal.errors import JournalUnavailable
from mzi_bridge.journal.journal import Journal
from mzi_bridge.journal.records import (
    Claim,
    ClaimedRecord,
    HeldKind,
    Notice,
    Operation,
    Outcome,
    OutcomeKind,
    Source,
)
from mzi_bridge.journal.tokens import TokenRow

__all__ = [
    "ChannelRow",
    "Claim",
    "ClaimedRecord",
    "Delivery",
    "HeldKind",
    "Journal",
    "JournalUnavailable",
    "Notice",
    "Operation",
    "Outcome",
    "OutcomeKind",
    "Source",
    "TokenRow",
    "hash_token",
]
