"""The doors by which Moodle says what happened there."""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence

from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from mzi_bridge.body_limit import BodyLimit
from mzi_bridge.errors import OperatorError, RetryLater
from mzi_bridge.pipeline.take_events import BAD_ENVELOPE, EventAnswer
from mzi_bridge.webhooks.moodle import answers
from mzi_bridge.webhooks.moodle.envelope import (
    BATCH,
    IMPORTED,
    Envelope,
    Unread,
    is_known,
    read_envelopes,
    read_rows,
)
from mzi_bridge.webhooks.moodle.operations import EVENTS, GRADES, IMPORTS, REQUESTS
from mzi_bridge.webhooks.moodle.ports import EventGuards, EventPorts
from mzi_bridge.webhooks.moodle.verify import Proof, check_window, verify
from mzi_bridge.webhooks.reasons import RefusalReason, Refused
from mzi_bridge.webhooks.sender import check_sender, failed_too_often

GRADE_EVENTS = frozenset({"user_graded", "submission_graded"})

log = logging.getLogger(__name__)


def moodle_routes(ports: EventPorts, guards: EventGuards) -> list[Route]:
    """200 once what came is durably taken in, else a refusal; each body has the same keys."""
    limit = [Middleware(BodyLimit, limit=guards.body_limit)]
    return [
        Route(EVENTS.path, _Events(ports, guards), middleware=limit),
        Route(REQUESTS.path, _Requests(ports, guards), middleware=limit),
        Route(GRADES.path, _Grades(ports, guards), middleware=limit),
        Route(IMPORTS.path, _Imports(ports, guards), middleware=limit),
    ]


class _Door(ABC):
    """Answers every request itself, wrong methods included: one shape of refusal."""

    def __init__(self, ports: EventPorts, guards: EventGuards) -> None:
        self.ports = ports
        self.guards = guards

    @abstractmethod
    async def take(self, request: Request, body: bytes, proof: Proof) -> Response:
        """The answer. Raises Refused, or RetryLater from a port."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            response = await self._answer(request)
        except Refused as refused:
            self.ports.refused(1)
            response = self._refused(request, refused.reason)
        except (RetryLater, OperatorError) as error:
            log.error("event not stored: %s", error.reason, extra={"reason": error.reason})
            self.ports.refused(1)
            response = self._refusal(RefusalReason.JOURNAL_UNAVAILABLE)
        except ClientDisconnect:
            return
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        check_sender(request, self.guards)
        body = await request.body()
        proof = verify(request.headers, body, self.guards)
        if proof.sent_at is not None:
            check_window(proof.sent_at, self.guards.clock.now())
        # A token says nothing of its tenant, so a header must.
        if proof.by_token or proof.tenant is not None:
            self.check_tenants([proof.tenant])
        return await self.take(request, body, proof)

    def _refused(self, request: Request, reason: RefusalReason) -> Response:
        if wait := failed_too_often(request, self.guards, reason):
            return answers.failed_too_often(wait, self.guards.clock.now())
        log.warning("event refused: %s", reason, extra={"reason": reason})
        return self._refusal(reason)

    def _refusal(self, reason: RefusalReason) -> Response:
        return answers.refusal(reason, self.guards.clock.now())

    def answered(self, given: Sequence[EventAnswer], proof: Proof, now: float) -> Response:
        """A batch: what was good in it is stored."""
        self.ports.refused(sum(not answer.success for answer in given))
        return answers.taken_batch(given, proof.message_id, now)

    def check_tenants(self, tenants: Iterable[str | None]) -> None:
        if any(tenant != self.guards.tenant for tenant in tenants):
            raise Refused(RefusalReason.UNKNOWN_TENANT)


class _Events(_Door):
    def event_of(self, request: Request) -> str:
        """The event that the address names, or `batch`."""
        event = str(request.path_params["event"])
        if not is_known(event):
            raise Refused(RefusalReason.UNKNOWN_EVENT)
        return event

    def check_types(self, found: Iterable[Envelope]) -> None:
        """For addresses that take several types, but not all."""

    async def take(self, request: Request, body: bytes, proof: Proof) -> Response:
        batch = read_envelopes(body, self.event_of(request))
        found = [item for item in batch.items if isinstance(item, Envelope)]
        self.check_types(found)
        self.check_tenants(item.tenant_id for item in found)
        now = self.guards.clock.now()
        if proof.sent_at is None:
            for item in found:
                check_window(item.occurred_at, now)
        if batch.is_single:
            _check_id(found[0], proof)
        taken = iter(await self.ports.take([item.event for item in found]))
        given = [
            EventAnswer(item.event_id, False, BAD_ENVELOPE)
            if isinstance(item, Unread)
            else next(taken)
            for item in batch.items
        ]
        if not batch.is_single:
            return self.answered(given, proof, now)
        if not given[0].success:
            raise Refused(RefusalReason(given[0].message))
        return answers.taken(given[0], now)


class _Requests(_Events):
    def event_of(self, request: Request) -> str:
        return "request_submitted"


class _Grades(_Events):
    def event_of(self, request: Request) -> str:
        return BATCH

    def check_types(self, found: Iterable[Envelope]) -> None:
        if any(item.event_type not in GRADE_EVENTS for item in found):
            raise Refused(RefusalReason.WRONG_EVENT)


class _Imports(_Door):
    async def take(self, request: Request, body: bytes, proof: Proof) -> Response:
        kind = str(request.path_params["kind"])
        if kind not in IMPORTED:
            raise Refused(RefusalReason.UNKNOWN_EVENT)
        now = self.guards.clock.now()
        tenant, events = read_rows(body, kind, now)
        self.check_tenants([tenant])
        return self.answered(await self.ports.take(events), proof, now)


def _check_id(item: Envelope, proof: Proof) -> None:
    if (proof.message_id or "").lower() != str(item.event_id):
        raise Refused(RefusalReason.ID_MISMATCH)
