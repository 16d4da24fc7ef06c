"""States, kinds and counts of the data as people read them."""

from __future__ import annotations

from types import MappingProxyType

from mzi_bridge.admin.text import N_, Text

WORDS = MappingProxyType(
    {
        # Runs
        "running": N_("Running"),
        "failed": N_("Failed"),
        "cancelled": N_("Cancelled"),
        "paused": N_("Paused"),
        "job": N_("Sync"),
        "sync": N_("Sync of one module"),
        "reconcile": N_("Comparison"),
        "full": N_("Everything"),
        "delta": N_("Only what changed"),
        # Outcomes of records
        "read": N_("Read"),
        "done": N_("Done"),
        "inserted": N_("New in Moodle"),
        "updated": N_("Changed in Moodle"),
        "unchanged": N_("Unchanged"),
        "stale": N_("Newer in Moodle already"),
        "held": N_("Held back"),
        "rejected": N_("Refused"),
        "deleted": N_("Deleted"),
        "dead": N_("Given up"),
        "marked": N_("Left to the worker"),
        "retried": N_("Tried again"),
        "discarded": N_("Discarded"),
        "superseded": N_("Overtaken"),
        "absent": N_("Not shown by the CRM"),
        # Held changes
        "open": N_("Waits for your word"),
        "confirmed": N_("Confirmed"),
        "applied": N_("Applied"),
        "delete": N_("Deletion"),
        "closing": N_("Closing change"),
        # Channels
        "kept": N_("Kept as it is"),
        "enabled": N_("Registered"),
        "renewed": N_("Renewed"),
        "replaced": N_("Replaced"),
        "removed": N_("Removed"),
        # Checks
        "ok": N_("In order"),
        "warning": N_("Worth a look"),
        # Drift
        "missing": N_("Missing in Moodle"),
        "extra": N_("Only in Moodle"),
        "altered": N_("Same version, other content"),
        "orphan": N_("Its parent is missing"),
        "unreadable": N_("Refused by the mapping"),
        "unlinked": N_("No Moodle user"),
        "repaired": N_("Mended"),
        "moving": N_("Changing just now"),
        "unchecked": N_("Not looked at"),
        "reading": N_("reading from the CRM"),
        "comparing": N_("comparing with Moodle"),
        "looking again": N_("looking again at what differs"),
    }
)
KINDS = MappingProxyType(
    {
        "running": "wait",
        "failed": "bad",
        "cancelled": "note",
        "paused": "warn",
        "done": "good",
        "ok": "good",
        "warning": "warn",
        "open": "warn",
        "confirmed": "wait",
        "applied": "good",
        "kept": "good",
        "enabled": "good",
        "renewed": "good",
        "replaced": "good",
        "removed": "note",
    }
)


def word_text(word: str) -> Text:
    """A machine word in words; a field name or a word that is new here as it is."""
    return Text(WORDS[word]) if word in WORDS else Text("%(word)s", {"word": word})


def state_kind(word: str) -> str:
    """The colour and sign of a state: good, warn, bad, wait or note."""
    return KINDS.get(word, "note")
