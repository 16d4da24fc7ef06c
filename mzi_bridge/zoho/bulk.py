"""Bulk read: every id of a module with its modified time, 200,000 rows for 50 credits.

Zoho works on a job in its own time; its file is fetched once the job says COMPLETED. Paths,
states, codes and bounds follow Zoho's v2 pages and the model in its SDK. Not settled by any of
them: whether rows keep one order from result page to result page (a record that changes
between two jobs might be missing from both, or come in both), and what the file of an empty
module looks like, so that one is not fetched.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import Any

import anyio
import anyio.to_thread
from msgspec import Struct

from mzi_bridge.clock import Clock
from mzi_bridge.zoho.answers import judge, refusal
from mzi_bridge.zoho.bulk_file import ZIP_LIMIT, read_versions
from mzi_bridge.zoho.errors import (
    BadAnswer,
    BulkFailed,
    BulkLost,
    BulkTooSlow,
    RateLimited,
    RecordRefused,
    RequestRefused,
    ServerFault,
    UnexpectedAnswer,
    Unreachable,
)
from mzi_bridge.zoho.naming import field_name, id_path, module_path
from mzi_bridge.zoho.rows import details_of, row_list, text_of
from mzi_bridge.zoho.transport import Call, Sender, named_faults, read

JOB_CREDITS = 50
WAIT_SECONDS = 1200.0
"""How long a job may take. A module of a school is ready within a minute."""
DOWNLOADS_PER_MINUTE = 10

_FIRST_PAUSE = 3.0
_LONGEST_PAUSE = 60.0
_TRIES = 4
_PAGES = 100
_PASSING = (RateLimited, ServerFault, BadAnswer, Unreachable)
_GONE = "RESOURCE_NOT_FOUND"


class DownloadPace:
    """Zoho allows ten downloads of results in a minute; one pace for all users of a client."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = anyio.Lock()
        self._begun: deque[float] = deque()

    async def wait(self) -> None:
        """Until one more may begin."""
        async with self._lock:
            while (left := self._wait_left()) > 0:
                await self._clock.sleep(left)
            self._begun.append(self._clock.now())

    def _wait_left(self) -> float:
        now = self._clock.now()
        # What the clock calls later than now was begun before it was set back.
        while self._begun and not now - 60.0 < self._begun[0] <= now:
            self._begun.popleft()
        full = len(self._begun) >= DOWNLOADS_PER_MINUTE
        return self._begun[0] + 60.0 - now if full else 0.0


class _Result(Struct, frozen=True):
    count: int
    more: bool


class Bulk:
    """The bulk family of one API version. Sleeps by `clock`."""

    def __init__(self, transport: Sender, version: str, clock: Clock, pace: DownloadPace) -> None:
        self._transport = transport
        self._clock = clock
        self._pace = pace
        self._names_objects = version != "v2"
        self._root = f"/crm/bulk/{version}/read"

    async def versions(self, module: str, modified_time_field: str | None) -> Mapping[str, int]:
        """Every record id of the module with its modified time in epoch seconds (0 where the
        module has no such field).

        As old as the moment Zoho ran the job. Takes seconds to minutes. Raises BulkFailed,
        BulkLost or BulkTooSlow beside the errors of any call; an empty mapping is Zoho's own
        word that there are no records.
        """
        found: dict[str, int] = {}
        for page in range(1, _PAGES + 1):
            job = await self._create(self._query(module, modified_time_field, page))
            result = await self._finished(job)
            if result.count:
                self._merge(found, await self._fetch(job, modified_time_field, result.count))
            if not result.more:
                return found
        raise UnexpectedAnswer(f"A bulk read did not end after {_PAGES} pages.")

    async def knows(self, job: str) -> bool:
        """Whether Zoho has a bulk read of this id. Costs one credit."""
        call = Call("bulk.state", "GET", f"{self._root}/{id_path(job)}")
        try:
            await self._transport.call(call)
        except (RequestRefused, RecordRefused):
            return False
        return True

    @staticmethod
    def _merge(found: dict[str, int], versions: Mapping[str, int]) -> None:
        for record_id, version in versions.items():
            found[record_id] = max(version, found.get(record_id, 0))

    def _query(self, module: str, time_field: str | None, page: int) -> Mapping[str, Any]:
        """The id comes unasked. Asking for no field at all would bring every field."""
        name = module_path(module)
        return {
            "module": {"api_name": name} if self._names_objects else name,
            "fields": [field_name(time_field or "Created_Time")],
            "page": page,
        }

    async def _create(self, query: Mapping[str, Any]) -> str:
        body = {"query": query, "file_type": "csv"}
        call = Call("bulk.create", "POST", self._root, body=body, cost=JOB_CREDITS)
        row = _only_row((await self._transport.call(call)).body)
        if row.get("status") != "success":
            raise refusal(200, row)
        job = text_of(details_of(row), "id")
        if job is None:
            raise UnexpectedAnswer("Zoho began a bulk read without naming it.")
        return id_path(job)

    async def _finished(self, job: str) -> _Result:
        waited, pause, faults = 0.0, _FIRST_PAUSE, 0
        while waited <= WAIT_SECONDS:
            try:
                if result := await self._look(job):
                    return result
                faults = 0
            except _PASSING as error:
                faults += 1
                if faults == _TRIES:
                    raise
                pause = max(pause, min(error.retry_after or 0.0, _LONGEST_PAUSE))
            await self._clock.sleep(pause)
            waited, pause = waited + pause, min(pause * 2, _LONGEST_PAUSE)
        raise BulkTooSlow("Zoho has not finished a bulk read in time.")

    async def _look(self, job: str) -> _Result | None:
        """The result, None while there is none yet."""
        call = Call("bulk.state", "GET", f"{self._root}/{job}", follows=True)
        try:
            row = _only_row((await self._transport.call(call)).body)
        except RequestRefused as error:
            raise _lost(error) from None
        state = row.get("state")
        if state == "COMPLETED":
            return _result(row)
        if state == "FAILURE":
            raise BulkFailed("Zoho could not carry out a bulk read.", code="FAILURE")
        if not isinstance(state, str):
            raise UnexpectedAnswer("Zoho does not say how far a bulk read is.")
        return None

    async def _fetch(self, job: str, time_field: str | None, count: int) -> Mapping[str, int]:
        content = await self._download(job)
        read_rows = await anyio.to_thread.run_sync(read_versions, content, time_field)
        if read_rows.rows != count:
            raise BadAnswer(f"A bulk read brought {read_rows.rows} rows of {count}.")
        return read_rows.versions

    async def _download(self, job: str) -> bytes:
        for left in reversed(range(_TRIES)):
            await self._pace.wait()
            try:
                return await self._content(job)
            except _PASSING as error:
                if not left:
                    raise
                await self._clock.sleep(min(error.retry_after or _LONGEST_PAUSE, _LONGEST_PAUSE))
        raise AssertionError("the last try returns or raises")

    async def _content(self, job: str) -> bytes:
        call = Call("bulk.result", "GET", f"{self._root}/{job}/result", follows=True)
        content = bytearray()
        async with self._transport.open(call) as opened:
            response = opened.response
            kind = response.headers.get("content-type", "")
            if response.status_code != 200 or kind.startswith(("application/json", "text/html")):
                try:
                    judge(await read(response, call))
                except RequestRefused as error:
                    raise _lost(error) from None
                raise UnexpectedAnswer("No file came of a finished bulk read.")
            with named_faults(call):
                async for chunk in response.aiter_bytes():
                    content += chunk
                    if len(content) > ZIP_LIMIT:
                        raise UnexpectedAnswer(f"A bulk read's zip has over {ZIP_LIMIT} bytes.")
        return bytes(content)


def _only_row(body: Mapping[str, Any] | None) -> Mapping[str, Any]:
    rows = row_list(body or {}, "data")
    if len(rows) != 1:
        raise UnexpectedAnswer(f"Zoho answered {len(rows)} bulk reads for one.")
    return rows[0]


def _result(row: Mapping[str, Any]) -> _Result:
    result = row.get("result")
    count = result.get("count") if isinstance(result, Mapping) else None
    more = result.get("more_records") if isinstance(result, Mapping) else None
    if type(count) is not int or count < 0 or type(more) is not bool or (more and not count):
        raise UnexpectedAnswer("Zoho does not say how many records a bulk read found.")
    return _Result(count, more)


def _lost(error: RequestRefused) -> Exception:
    if error.code != _GONE:
        return error
    return BulkLost("Zoho no longer knows a bulk read that it began.", code=error.code)
