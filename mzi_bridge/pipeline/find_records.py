"""Records of a module as a person names them: by the CRM's id, a number or a name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mzi_bridge.errors import OperatorError
from mzi_bridge.mapping import ModuleMapping
from mzi_bridge.pipeline.links import Links

SHORTEST_WORD = 2
SHORTEST_ID = 8
"""Student numbers are digits, too; the CRM's ids have 15 to 19."""
SHOWN = 20
_TOLD = 3


@dataclass(frozen=True)
class Found:
    """`words` are the first texts of the record, by which a person knows it."""

    record_id: str
    words: str


async def find_records(links: Links, mapping: ModuleMapping, words: str) -> tuple[Found, ...]:
    """At most `SHOWN` records. An id is answered unread; for a word the CRM is asked, whose index
    lags by some seconds. Raises OperatorError too_short, and what the CRM raises."""
    words = words.strip()
    if words.isascii() and words.isdigit() and len(words) >= SHORTEST_ID:
        return (Found(words, ""),)
    if len(words) < SHORTEST_WORD:
        raise OperatorError(
            "A search takes two characters or more.",
            reason="search_too_short",
            fix="Write the id of the CRM, a number or a name.",
        )
    page = await links.zoho.search.by_word(mapping.module, words, per_page=SHOWN)
    names = _names(mapping)
    return tuple(Found(str(record["id"]), _words(record, names)) for record in page.records)


def _names(mapping: ModuleMapping) -> tuple[str, ...]:
    plain = (c.paths[0] for c in mapping.columns if c.type == "text" and len(c.paths) == 1)
    return tuple(path for path in plain if "." not in path)


def _words(record: Mapping[str, Any], names: tuple[str, ...]) -> str:
    texts = (record.get(name) for name in names)
    return " · ".join([text for text in texts if isinstance(text, str) and text][:_TOLD])
