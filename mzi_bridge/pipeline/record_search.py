"""Records found by CRM id or by a student's number.

A number is asked for in the CRM and kept nowhere.
"""

from __future__ import annotations

from dataclasses import dataclass

from mzi_bridge.errors import MziError, OperatorError
from mzi_bridge.mapping import ModuleMapping
from mzi_bridge.pipeline.few_at_once import few_at_once
from mzi_bridge.pipeline.links import Links
from mzi_bridge.pipeline.record_story import story_of
from mzi_bridge.pipeline.records_where import only_field, records_where

STUDENTS = "students"
NUMBER = "student_id"
"""The column of the number by which a school knows its student."""

AT_ONCE = 4


@dataclass(frozen=True)
class FoundRecord:
    """A record in one mapped module. `in_journal`: the journal knows it; `in_moodle`: it has a
    row there, which may be a tombstone (`deleted`)."""

    module: str
    entity: str
    in_journal: bool
    in_moodle: bool
    deleted: bool = False


@dataclass(frozen=True)
class FoundRecords:
    """Where an id is known; `trouble` is why Moodle could not be asked, if it could not."""

    record_id: str
    found: tuple[FoundRecord, ...]
    trouble: MziError | None = None


async def find_by_id(links: Links, record_id: str) -> FoundRecords:
    """The mapped modules that know the id, by the journal and by Moodle's rows: a call of Moodle
    for each module, none of the CRM. Raises JournalUnavailable."""
    story = await story_of(links, record_id)
    rows: dict[str, bool] = {}

    async def look(mapping: ModuleMapping) -> None:
        deleted = await _deleted_row(links, mapping, record_id)
        if deleted is not None:
            rows[mapping.module] = deleted

    trouble: MziError | None = None
    try:
        await few_at_once(AT_ONCE, links.preset.modules.values(), look)
    except MziError as error:
        trouble = error
    found = tuple(
        FoundRecord(
            m.module,
            m.entity,
            m.module in story.modules,
            m.module in rows,
            rows.get(m.module, False),
        )
        for m in links.preset.modules.values()
        if m.module in story.modules or m.module in rows
    )
    return FoundRecords(record_id, found, trouble)


async def find_by_student_number(links: Links, number: str) -> tuple[str, ...]:
    """The CRM ids of the students with exactly this number: one credit.

    Raises OperatorError (students_not_mapped, number_not_mapped), BadArgument for what no query
    can hold, and what the CRM's client raises.
    """
    mapping = students_of(links)
    field = only_field(mapping, NUMBER)
    if field is None:
        raise OperatorError(
            f"The mapping fills {NUMBER} of {mapping.module} from no single field.",
            reason="number_not_mapped",
            fix="Search by the CRM's record id.",
        )
    return (await records_where(links, mapping.module, field, number.strip())).ids


def students_of(links: Links) -> ModuleMapping:
    """Raises OperatorError students_not_mapped."""
    mapping = links.preset.module_for(STUDENTS)
    if mapping is None:
        raise OperatorError(
            "The mapping has no students.",
            reason="students_not_mapped",
            fix=f'Map the CRM\'s module of students to the entity "{STUDENTS}".',
        )
    return mapping


async def _deleted_row(links: Links, mapping: ModuleMapping, record_id: str) -> bool | None:
    """Whether its row is a tombstone; None if there is no row."""
    rows = await links.moodle.rows(mapping.entity, [record_id])
    return rows[0].get("deleted_at") is not None if rows else None
