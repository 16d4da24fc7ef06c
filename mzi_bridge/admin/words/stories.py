"""What happened to a record, as people read it."""

from __future__ import annotations

from types import MappingProxyType

from mzi_bridge.admin.text import N_, Text
from mzi_bridge.pipeline.record_story import EventKind, StoryEvent

NOTICES = MappingProxyType(
    {
        "insert": N_("Zoho told of a new record"),
        "update": N_("Zoho told of a change"),
        "delete": N_("Zoho told of a deletion"),
    }
)
TURNS = MappingProxyType(
    {
        "notice": N_("Looked at after a notice"),
        "poll": N_("Looked at by the regular look for changes"),
        "sync": N_("Carried over by a sync"),
        "reconcile": N_("Looked at by a comparison"),
        "operator": N_("Looked at as somebody asked"),
        "photo": N_("Photo looked at"),
        "push": N_("Looked at after the bridge's own write"),
    }
)
OUTCOMES = MappingProxyType(
    {
        "accepted": N_("Taken in"),
        "ignored": N_("Passed over"),
        "retry": N_("Tried again later"),
        "echo": N_("The bridge's own write"),
        "written": N_("Written into the CRM"),
        "superseded": N_("Overtaken by a newer notice"),
        "due": N_("On the way"),
    }
)
KINDS = MappingProxyType(
    {
        "accepted": "good",
        "inserted": "good",
        "updated": "good",
        "deleted": "good",
        "written": "good",
        "unchanged": "good",
        "retry": "warn",
        "held": "warn",
        "rejected": "bad",
        "dead": "bad",
    }
)
WORKFLOW = "workflow"


def event_text(event: StoryEvent) -> Text:
    """What happened, without what came of it."""
    if event.kind is EventKind.PUSH:
        return Text(N_("Write into the CRM: %(kind)s"), {"kind": event.source})
    if event.kind is EventKind.TURN:
        return _known(TURNS, event.source)
    if event.source == WORKFLOW:
        return Text(N_("A workflow of the CRM told of it"))
    return _known(NOTICES, event.operation)


def story_outcome(word: str) -> Text | None:
    """What came of it, where the story says it otherwise than the rest of the console."""
    return Text(OUTCOMES[word]) if word in OUTCOMES else None


def story_kind(word: str) -> str:
    """The colour and sign of an outcome: good, warn, bad or note."""
    return KINDS.get(word, "note")


def _known(words: MappingProxyType[str, str], word: str) -> Text:
    return Text(words[word]) if word in words else Text("%(word)s", {"word": word})
