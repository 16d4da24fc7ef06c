"""Errors that may lie with one record, or with a whole side: another that goes well tells."""

from __future__ import annotations

from collections.abc import Mapping

from mzi_bridge.errors import MziError

LONE_FAILURES = 4


class Suspects:
    """Collects the errors of single records until it is known whom they speak of."""

    def __init__(self) -> None:
        self._met: dict[str, MziError] = {}
        self._went_well = False

    def cleared(self) -> None:
        """One went well: the side is in order."""
        self._went_well = True

    def add(self, record_id: str, error: MziError) -> None:
        """Raises `error` when the first few have met nothing but errors."""
        self._met[record_id] = error
        if not self._went_well and len(self._met) >= LONE_FAILURES:
            raise error

    def blamed(self) -> Mapping[str, MziError]:
        """The errors that are of their records. Raises the first if not one went well."""
        if self._met and not self._went_well:
            raise next(iter(self._met.values()))
        return self._met
