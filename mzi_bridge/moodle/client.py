"""One call of a Moodle web-service function over REST."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, Self

import anyio
import httpx2
from pydantic import SecretStr

from mzi_bridge.errors import MziError
from mzi_bridge.moodle.errors import (
    MoodleBadAnswer,
    MoodleFault,
    MoodleMaintenance,
    MoodleRefused,
    MoodleThrottled,
    MoodleTooLarge,
    MoodleUnreachable,
    error_of_exception,
)
from mzi_bridge.moodle.form import FORM_TYPE, form_body
from mzi_bridge.tls import trusted

REST_PATH = "/webservice/rest/server.php"
CallObserver = Callable[[str, str, float], None]


class MoodleClient:
    """Posts form-encoded calls and returns decoded JSON.

    `parallel` is the gate: at most so many calls in flight from this process.
    `observer(function, outcome, seconds)` is told of every call; outcome is `ok`, an error's
    reason, or `cut_off`; the time is that of the call without its wait for a place.
    Raises the errors of `moodle.errors`, nothing else; they carry no cause, for httpx2's
    keep the request with the token and the rows in it.
    """

    def __init__(
        self,
        base_url: str,
        token: SecretStr,
        *,
        parallel: int = 2,
        timeout: float = 60.0,
        transport: httpx2.AsyncBaseTransport | None = None,
        observer: CallObserver = lambda function, outcome, seconds: None,
    ) -> None:
        self._token = token
        self._gate = anyio.Semaphore(parallel)
        self._observer = observer
        self._http = httpx2.AsyncClient(
            base_url=base_url.rstrip("/"),
            timeout=httpx2.Timeout(timeout, connect=10.0),
            transport=transport,
            verify=trusted(),
            follow_redirects=False,
        )

    async def __aenter__(self) -> Self:
        await self._http.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._http.__aexit__(kind, error, trace)

    async def call(self, function: str, arguments: Mapping[str, str | int]) -> Any:
        async with self._gate:
            begun, outcome = time.monotonic(), "cut_off"
            try:
                result = read_answer(function, await self._post(function, arguments))
                outcome = "ok"
            except MziError as error:
                outcome = error.reason
                raise
            finally:
                self._observer(function, outcome, time.monotonic() - begun)
        return result

    async def _post(self, function: str, arguments: Mapping[str, str | int]) -> httpx2.Response:
        form = {
            "wstoken": self._token.get_secret_value(),
            "wsfunction": function,
            "moodlewsrestformat": "json",
            **{name: str(value) for name, value in arguments.items()},
        }
        try:
            return await self._http.post(
                REST_PATH, content=form_body(form), headers={"content-type": FORM_TYPE}
            )
        except httpx2.TimeoutException:
            raise MoodleUnreachable(
                f"Moodle did not answer {function} in time.",
                reason="timeout",
                fix="If it persists, look at the site's load and at MZI_BATCH_SIZE.",
            ) from None
        except httpx2.HTTPError as error:
            raise MoodleUnreachable(
                f"No connection to Moodle for {function} ({type(error).__name__}).",
                reason="unreachable",
                fix="Is MOODLE_BASE_URL right and the site up?",
            ) from None


def read_answer(function: str, response: httpx2.Response) -> Any:
    """The decoded result of a call, or the named error for what came instead."""
    if response.status_code != 200:
        raise _error_of_status(function, response)
    try:
        body = json.loads(response.content)
    except (ValueError, RecursionError):
        raise MoodleBadAnswer(
            f"Moodle answered {function} with something that is not whole JSON.",
            reason="not_json",
            fix="Is debugdisplay off, and does a proxy stand in between?",
        ) from None
    if isinstance(body, dict) and "exception" in body:
        raise error_of_exception(function, str(body.get("errorcode", "")))
    return body


def _error_of_status(function: str, response: httpx2.Response) -> MziError:
    status = response.status_code
    what = f"Moodle answered {function} with HTTP {status}."
    if status == 503:
        return MoodleMaintenance(
            what,
            reason="maintenance",
            fix="Wait until the site is back.",
            retry_after=_retry_after(response),
        )
    if status == 429:
        return MoodleThrottled(what, reason="throttled", retry_after=_retry_after(response))
    if status == 413:
        return MoodleTooLarge(what, reason="too_large", fix="Raise post_max_size on the server.")
    if status == 403:
        return MoodleRefused(
            what,
            reason="web_services_off",
            fix="Press Set up on Moodle's page Access of the bridge: it enables them.",
        )
    if 300 <= status < 400:
        return MoodleRefused(
            what, reason="redirected", fix="Set MOODLE_BASE_URL to the site's exact wwwroot."
        )
    if status >= 500:
        return MoodleFault(what, reason="server_error", fix="Look into the server's error log.")
    return MoodleRefused(
        what, reason="wrong_address", fix="Does MOODLE_BASE_URL point at a Moodle site?"
    )


def _retry_after(response: httpx2.Response) -> float | None:
    value = response.headers.get("Retry-After", "")
    return float(value) if value.isascii() and value.isdigit() and len(value) < 7 else None
