"""The two doors by which Zoho says that records have changed."""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod

from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from mzi_bridge.body_limit import BodyLimit
from mzi_bridge.errors import RetryLater
from mzi_bridge.problems import TOO_MANY_FAILURES
from mzi_bridge.webhooks import notification, workflow
from mzi_bridge.webhooks.body import read_fields
from mzi_bridge.webhooks.operations import NOTIFY, WORKFLOW
from mzi_bridge.webhooks.ports import Guards, Ports
from mzi_bridge.webhooks.reasons import MEANING, RefusalReason, Refused, problem_of
from mzi_bridge.webhooks.recent_channels import RecentChannels
from mzi_bridge.webhooks.sender import check_sender, failed_too_often
from mzi_bridge.webhooks.verify import verify_channel, verify_workflow

RETRY_AFTER_SECONDS = 5

log = logging.getLogger(__name__)


def webhook_routes(ports: Ports, guards: Guards) -> list[Route]:
    """202 `{"accepted": n}` once n distinct records are durably dirty, else a refusal."""
    limit = [Middleware(BodyLimit, limit=guards.body_limit)]
    return [
        Route(NOTIFY.path, _Notifications(ports, guards), middleware=limit),
        Route(WORKFLOW.path, _Workflows(ports, guards), middleware=limit),
    ]


class _Webhook(ABC):
    """Answers every request itself, wrong methods included: one shape of refusal."""

    def __init__(self, ports: Ports, guards: Guards) -> None:
        self.ports = ports
        self.guards = guards

    @abstractmethod
    async def take(self, request: Request) -> int:
        """How many records became dirty. Raises Refused, or RetryLater from a port."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        response: Response
        try:
            check_sender(request, self.guards)
            accepted = await self.take(request)
        except Refused as refused:
            self.ports.refused(refused.reason)
            wait = failed_too_often(request, self.guards, refused.reason)
            response = TOO_MANY_FAILURES.come_again(wait) if wait else _refusal(refused.reason)
        except RetryLater as error:
            log.error("webhook not stored: %s", error.reason, extra={"reason": error.reason})
            self.ports.refused(RefusalReason.JOURNAL_UNAVAILABLE)
            response = _refusal(RefusalReason.JOURNAL_UNAVAILABLE)
        except ClientDisconnect:
            return
        else:
            response = JSONResponse({"accepted": accepted}, 202)
        await response(scope, receive, send)


class _Notifications(_Webhook):
    def __init__(self, ports: Ports, guards: Guards) -> None:
        super().__init__(ports, guards)
        self._channels = RecentChannels(ports.channel, guards.clock)

    async def take(self, request: Request) -> int:
        fields = await read_fields(request.headers, await request.body())
        now = self.guards.clock.now()
        channel = await verify_channel(fields, self._channels, now)
        notice = notification.read_notification(fields)
        if notice.module != channel.module:
            raise Refused(RefusalReason.WRONG_MODULE)
        return await self.ports.accept(
            notification.notices_of(notice, channel.channel_id, now),
            [notification.delivery_of(notice, channel.channel_id)],
        )


class _Workflows(_Webhook):
    async def take(self, request: Request) -> int:
        event = workflow.find_event(request.path_params["event"])
        body = await request.body()
        fields = await read_fields(request.headers, body)
        verify_workflow(request.headers, fields, body, self.guards)
        ids = workflow.read_record_ids(fields)
        module = self.ports.module_of(event.entity)
        now = self.guards.clock.now()
        notices = workflow.notices_of(event, module, ids, now) if module else []
        return await self.ports.accept(notices, [workflow.delivery_of(event, module, ids)])


def _refusal(reason: RefusalReason) -> Response:
    log.warning("webhook refused: %s", reason.value, extra={"reason": reason.value})
    problem = problem_of(reason)
    headers = {}
    if reason is RefusalReason.METHOD_NOT_ALLOWED:
        headers["Allow"] = "POST"
    if reason is RefusalReason.JOURNAL_UNAVAILABLE:
        headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    if problem.word != reason.value:
        return problem.answer(headers=headers)
    return problem.answer(MEANING[reason], headers=headers, message=MEANING[reason])
