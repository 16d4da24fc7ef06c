"""Which module of the mapping has the students."""

from __future__ import annotations

from mzi_bridge.errors import OperatorError
from mzi_bridge.mapping import ModuleMapping
from mzi_bridge.pipeline.links import Links

STUDENTS = "students"
NUMBER = "student_id"
"""The column of the number by which a school knows its student."""


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
