"""Records as a person names them: by the CRM's id, a student's number, or a word of the record.

What is looked for is asked of both sides and kept nowhere.
"""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from mzi_bridge.errors import MziError, OperatorError
from mzi_bridge.mapping import ModuleMapping
from mzi_bridge.pipeline.few_at_once import few_at_once
from mzi_bridge.pipeline.links import Links
from mzi_bridge.pipeline.record_story import story_of
from mzi_bridge.pipeline.records_where import only_field, records_where
from mzi_bridge.pipeline.students import NUMBER, students_of

SHORTEST_ID, LONGEST_ID = 8, 30
"""The CRM's ids have 15 to 19 digits; students' numbers may be digits, too."""
SHORTEST_WORD = 2
SHOWN = 20
AT_ONCE = 4
_TOLD = 3


class Known(Struct, frozen=True):
    """`in_journal`: the journal knows the record; `in_moodle`: it has a row there, which may be a
    tombstone (`deleted`)."""

    in_journal: bool
    in_moodle: bool
    deleted: bool = False


class Hit(Struct, frozen=True):
    """`words` are the first texts of the record, by which a person knows it, where a word was
    searched. `known` is None where the CRM alone was asked, or nobody."""

    module: str
    record_id: str
    words: str = ""
    known: Known | None = None


class Found(Struct, frozen=True):
    """`troubles`: what could not be asked, so that more may be there."""

    hits: tuple[Hit, ...] = ()
    troubles: tuple[MziError, ...] = ()

    @property
    def only(self) -> Hit | None:
        return self.hits[0] if len(self.hits) == 1 and not self.troubles else None


async def find_records(links: Links, wanted: str, mapping: ModuleMapping | None = None) -> Found:
    """Looks in one module, or in all of them.

    In one, an id is answered unread, and the CRM is searched for a word, by an index that lags by
    some seconds. In all, an id is looked up in the journal and in Moodle's rows (a call a module);
    else it is taken for a student's number, which costs a credit. Raises OperatorError
    search_too_short, JournalUnavailable.
    """
    wanted = wanted.strip()
    if mapping is not None:
        if may_be_id(wanted):
            return Found((Hit(mapping.module, wanted),))
        return await _asked(_by_word(links, mapping, _long_enough(wanted)))
    found = await _by_id(links, wanted) if may_be_id(wanted) else Found()
    if found.hits:
        return found
    by_number = await _asked(_by_number(links, wanted))
    return replace(by_number, troubles=(*found.troubles, *by_number.troubles))


def may_be_id(wanted: str) -> bool:
    return wanted.isascii() and wanted.isdigit() and SHORTEST_ID <= len(wanted) <= LONGEST_ID


async def _asked(hits: Awaitable[tuple[Hit, ...]]) -> Found:
    try:
        return Found(await hits)
    except MziError as error:
        return Found(troubles=(error,))


def _long_enough(word: str) -> str:
    if len(word) < SHORTEST_WORD:
        raise OperatorError(
            "A search takes two characters or more.",
            reason="search_too_short",
            fix="Write the id of the CRM, a number or a name.",
        )
    return word


async def _by_word(links: Links, mapping: ModuleMapping, word: str) -> tuple[Hit, ...]:
    page = await links.zoho.search.by_word(mapping.module, word, per_page=SHOWN)
    names = _names(mapping)
    return tuple(
        Hit(mapping.module, str(record["id"]), _words(record, names)) for record in page.records
    )


def _names(mapping: ModuleMapping) -> tuple[str, ...]:
    plain = (c.paths[0] for c in mapping.columns if c.type == "text" and len(c.paths) == 1)
    return tuple(path for path in plain if "." not in path)


def _words(record: Mapping[str, Any], names: tuple[str, ...]) -> str:
    texts = (record.get(name) for name in names)
    return " · ".join([text for text in texts if isinstance(text, str) and text][:_TOLD])


async def _by_number(links: Links, number: str) -> tuple[Hit, ...]:
    """Raises OperatorError (students_not_mapped, number_not_mapped), BadArgument for what no query
    can hold, and what the CRM's client raises."""
    mapping = students_of(links)
    field = only_field(mapping, NUMBER)
    if field is None:
        raise OperatorError(
            f"The mapping fills {NUMBER} of {mapping.module} from no single field.",
            reason="number_not_mapped",
            fix="Search by the CRM's record id.",
        )
    ids = (await records_where(links, mapping.module, field, number)).ids
    return tuple(Hit(mapping.module, record_id) for record_id in ids)


async def _by_id(links: Links, record_id: str) -> Found:
    story = await story_of(links, record_id)
    rows: dict[str, bool] = {}

    async def look(mapping: ModuleMapping) -> None:
        found = await links.moodle.rows(mapping.entity, [record_id])
        if found:
            rows[mapping.module] = found[0].get("deleted_at") is not None

    troubles: tuple[MziError, ...] = ()
    try:
        await few_at_once(AT_ONCE, links.preset.modules.values(), look)
    except MziError as error:
        troubles = (error,)
    hits = tuple(
        Hit(module, record_id, known=_known(module, story.modules, rows))
        for module in links.preset.modules
        if module in story.modules or module in rows
    )
    return Found(hits, troubles)


def _known(module: str, told: tuple[str, ...], rows: Mapping[str, bool]) -> Known:
    return Known(module in told, module in rows, rows.get(module, False))
