"""What may be wrong with a record when both sides are compared, and what mending does about it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from mzi_bridge.admin.text import N_, Text
from mzi_bridge.admin.words.reason import Reason
from mzi_bridge.admin.words.states import word_text
from mzi_bridge.pipeline.reconcile import Kind

CORRECT = N_("Mending cannot help: correct the record in the CRM.")
DRIFT: Mapping[str, Reason] = MappingProxyType(
    {
        "missing": Reason(
            N_("The CRM has the record, Moodle does not show it."),
            N_("Mending reads it and writes it."),
        ),
        "stale": Reason(
            N_("Moodle has an older version of the record."),
            N_("Mending reads it and writes it."),
        ),
        "altered": Reason(
            N_("The version is the same, but these columns hold something else."),
            N_("Mending writes the record as the CRM has it."),
        ),
        "orphan": Reason(
            N_("The column names a record that is not in Moodle."),
            N_("Mending brings that record."),
        ),
        "extra": Reason(
            N_("Moodle shows a record that the CRM does not."),
            N_("Mending deletes only what the CRM lists as deleted."),
        ),
        "unreadable": Reason(N_("The field mapping refuses the record."), CORRECT),
        "unlinked": Reason(
            N_("A person without a Moodle user. That is no drift: applicants may have none."),
            N_("Mending lets Moodle look for the user again."),
        ),
        "repaired": Reason(N_("These were mended by this comparison.")),
    }
)


OLDER = N_("Older in Moodle")
"""Of a sync's outcomes `stale` says the contrary: what came was older."""


def drift_text(kind: str) -> Text:
    """The name of a kind, or of another count of a comparison."""
    return Text(OLDER) if kind == Kind.STALE else word_text(kind)


def drift_of(kind: str) -> Reason:
    return DRIFT[kind]


def faults_in(reason: str) -> list[tuple[str, str]]:
    """Column and reason word of each fault that a reason names; one that names none has no
    column."""
    parts = [part.rpartition(": ") for part in reason.split("; ")] if reason else []
    return [(column, word) for column, _, word in parts]
