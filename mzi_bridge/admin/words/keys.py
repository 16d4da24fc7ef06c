"""What the scopes of an API key open, as people read it."""

from __future__ import annotations

from types import MappingProxyType

from mzi_bridge.admin.text import N_, Text

SCOPES = MappingProxyType(
    {
        "read": N_("Read states, mappings and the history of syncs"),
        "sync": N_("Start, pause and cancel syncs and comparisons"),
        "mappings:write": N_("Change the field mapping"),
        "settings:read": N_("Read the settings"),
        "settings:write": N_("Change the settings"),
    }
)


def scope_text(word: str) -> Text:
    return Text(SCOPES[word]) if word in SCOPES else Text("%(word)s", {"word": word})
