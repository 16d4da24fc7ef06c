"""One student read anew, with every record of other modules that names them.

The CRM is asked which these are: one query for each module whose mapping takes the student's id
from a look-up field, five credits with the shipped mappings. Moodle could not say it by fewer
calls: it lists ids by entity only, and knows nothing of a record that has not arrived.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from mzi_bridge.errors import OperatorError
from mzi_bridge.journal.records import Notice, Operation, Source
from mzi_bridge.pipeline.links import Links
from mzi_bridge.pipeline.records_where import only_field, records_where
from mzi_bridge.pipeline.students import students_of


class Resync(Struct, frozen=True):
    """How many records of each module are dirty now, the student's own among them; `not_asked`:
    why a module could not be asked, by module."""

    student_id: str
    marked: Mapping[str, int]
    not_asked: Mapping[str, OperatorError]

    @property
    def total(self) -> int:
        return sum(self.marked.values())


async def resync_student(links: Links, student_id: str) -> Resync:
    """Makes the records dirty, all in one transaction; the workers read them within seconds.

    What the CRM has deleted is not among them: its list of deleted records tells of it. Raises
    OperatorError students_not_mapped, RejectRecord (bad_record_id), JournalUnavailable, and what
    the CRM's client raises; then nothing is marked.
    """
    students = students_of(links)
    found = {students.module: [student_id]}
    not_asked: dict[str, OperatorError] = {}
    # A notice of now: what the CRM showed before the worker reads is no proof of anything.
    at_ms = int(links.clock.now() * 1000)
    own = Notice(students.module, student_id, Operation.UPDATE, at_ms, Source.OPERATOR)
    for mapping in links.preset.modules.values():
        field = only_field(mapping, students.key_column)
        if mapping is students or field is None:
            continue
        try:
            named = await records_where(links, mapping.module, field, student_id)
        except OperatorError as error:
            not_asked[mapping.module] = error
        else:
            found[mapping.module] = list(named.ids)
    notices = [
        Notice(module, record_id, Operation.UPDATE, at_ms, Source.OPERATOR)
        for module, ids in found.items()
        if module != students.module
        for record_id in ids
    ]
    await links.journal.inbox.mark([own, *notices])
    marked = {module: len(set(ids)) for module, ids in found.items() if ids}
    return Resync(student_id, marked, not_asked)
