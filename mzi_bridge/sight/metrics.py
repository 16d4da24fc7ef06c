"""What one process counts, for as long as it lives: generations of the bridge come and go."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial

from mzi_bridge.journal.activity_points import DELIVERED, Word
from mzi_bridge.sight import families
from mzi_bridge.sight.families import Family, Kind, Values
from mzi_bridge.sight.lags import Lags
from mzi_bridge.zoho.transport import CallReport

MOST_WORDS = 200
OTHER = "other"
_WORD = re.compile(r"[A-Za-z0-9_.]{0,60}", re.ASCII)

_NOTIFICATIONS = (Word.ACCEPTED, Word.IGNORED, Word.REFUSED)
_RECORDS = (*DELIVERED, Word.UNCHANGED, Word.STALE, Word.HELD, Word.REJECTED, Word.RETRIED)
_EVENTS = {Word.EVENTS: "accepted", Word.EVENTS_REFUSED: "refused"}
_PUSHES = {Word.PUSHED: "written", Word.PUSHES_REFUSED: "refused"}


class Metrics:
    """Listens to the journal's account of what happens, and to the clients of both sides.

    Labels are machine words; what does not look like one, and what comes after `MOST_WORDS`
    different ones of a label, counts as `other`.
    """

    def __init__(self) -> None:
        self.lags = Lags()
        self._seen: dict[tuple[Family, str], set[str]] = {}
        self._counted: dict[Family, dict[tuple[str, ...], float]] = {
            family: {} for family in families.COUNTED if family.kind is Kind.COUNTER
        }

    def counted(self) -> Mapping[Family, Values]:
        """As it is now."""
        return {family: dict(counts) for family, counts in self._counted.items()}

    def noted(self, word: Word, number: int, of: str) -> None:
        """`of`: the reason of a request, the entity of a record."""
        if word in _NOTIFICATIONS:
            self._count(families.NOTIFICATIONS, number, word.value, of)
        elif word in _RECORDS:
            self._count(families.RECORDS, number, of, word.value)
        elif word in _EVENTS:
            self._count(families.EVENTS, number, _EVENTS[word])
        elif word in _PUSHES:
            self._count(families.PUSHES, number, _PUSHES[word])

    def lagged(self, seconds: float) -> None:
        self.lags.note(seconds)

    def zoho_called(self, report: CallReport) -> None:
        """The CRM client's observer."""
        status = str(report.status) if report.status else "none"
        self._count(families.ZOHO_REQUESTS, 1, report.operation, status)

    def moodle_called(self, function: str, outcome: str, seconds: float) -> None:
        """The Moodle client's observer."""
        self._count(families.MOODLE_CALLS, 1, function, outcome)

    def _count(self, family: Family, number: int, *values: str) -> None:
        counts = self._counted[family]
        if values not in counts:
            # What has a count of its own was looked at when it came first.
            values = tuple(map(partial(self._word, family), family.labels, values))
        counts[values] = counts.get(values, 0) + number

    def _word(self, family: Family, label: str, value: str) -> str:
        seen = self._seen.setdefault((family, label), set())
        if value not in seen:
            if len(seen) >= MOST_WORDS or not is_word(value):
                return OTHER
            seen.add(value)
        return value


def is_word(value: str) -> bool:
    """Whether it may stand in a label: no text of a person does."""
    return _WORD.fullmatch(value) is not None
