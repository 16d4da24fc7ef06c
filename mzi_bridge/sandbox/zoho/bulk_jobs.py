"""The bulk reads of an organisation: how far each one is, and how often results are fetched."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from mzi_bridge.clock import Clock
from mzi_bridge.sandbox.zoho.limits import too_many_requests
from mzi_bridge.sandbox.zoho.refusals import Refusal

KEPT_SECONDS: Final = 86_400
DOWNLOADS_PER_MINUTE: Final = 10

Ending = Literal["COMPLETED", "FAILURE", "never"]


@dataclass(frozen=True)
class Job:
    """`csv` is the page asked for, `count` its rows; `more` whether another follows."""

    id: str
    query: Mapping[str, Any]
    added: float
    csv: bytes
    count: int
    page: int
    more: bool


class BulkJobs:
    """A job is ADDED, a third of `seconds` later IN PROGRESS, then COMPLETED, by the CRM's
    clock, and kept for a day. `ending` is how jobs come out; a test sets it. `rows` go into
    one result."""

    def __init__(self, clock: Clock, *, seconds: float, rows: int) -> None:
        self.ending: Ending = "COMPLETED"
        self.rows = rows
        self._clock = clock
        self._seconds = seconds
        self._jobs: dict[str, Job] = {}
        self._downloads: deque[float] = deque()

    def add(self, job: Job) -> None:
        self._jobs[job.id] = job

    def get(self, job_id: str) -> Job:
        """Raises Refusal RESOURCE_NOT_FOUND for an unknown job and one of yesterday."""
        job = self._jobs.get(job_id)
        if job is None or self._clock.now() - job.added > KEPT_SECONDS:
            raise not_found()
        return job

    def forget(self) -> None:
        """Lose every job, as a test may wish."""
        self._jobs.clear()

    def state(self, job: Job) -> str:
        passed = self._clock.now() - job.added
        if passed >= self._seconds and self.ending != "never":
            return self.ending
        return "ADDED" if passed < self._seconds / 3 else "IN PROGRESS"

    def count_download(self) -> None:
        """Raises Refusal TOO_MANY_REQUESTS for the eleventh within a minute."""
        now = self._clock.now()
        while self._downloads and self._downloads[0] <= now - 60:
            self._downloads.popleft()
        if len(self._downloads) >= DOWNLOADS_PER_MINUTE:
            raise too_many_requests()
        self._downloads.append(now)


def not_found() -> Refusal:
    return Refusal("RESOURCE_NOT_FOUND", "The requested resource doesn't exist.", http=404)
