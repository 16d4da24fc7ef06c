"""The emulated Zoho: the accounts server and CRM API v2 under one address.

    /oauth/v2/…   tokens        /crm/v2/…   the API        /_control/…   see control and faults

Serve it by `mzi_bridge.sandbox.listener.listening`: every answer bears a `Date` of the CRM's
own clock, which a server's own must not double.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final

from starlette.applications import Starlette
from starlette.convertors import Convertor, register_url_convertor
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mzi_bridge.clock import Clock
from mzi_bridge.sandbox.faults import FaultLayer
from mzi_bridge.sandbox.zoho import (
    bulk,
    control,
    coql,
    deleted,
    files,
    metadata,
    people,
    records,
    search,
    tokens,
    watch,
    writes,
)
from mzi_bridge.sandbox.zoho.answers import refused
from mzi_bridge.sandbox.zoho.bulk_jobs import BulkJobs
from mzi_bridge.sandbox.zoho.callbacks import Notifier
from mzi_bridge.sandbox.zoho.channels import ChannelBook
from mzi_bridge.sandbox.zoho.emulator import Emulator, Switches
from mzi_bridge.sandbox.zoho.gate import Handler, guarded
from mzi_bridge.sandbox.zoho.limits import Limits
from mzi_bridge.sandbox.zoho.oauth import OAuthServer
from mzi_bridge.sandbox.zoho.refusals import unknown_url, wrong_method
from mzi_bridge.sandbox.zoho.render import Renderer
from mzi_bridge.sandbox.zoho.state import Crm
from mzi_bridge.sandbox.zoho.times import http_date


class _Digits(Convertor[str]):
    """An id in a path: too long to be trusted to an int."""

    regex = "[0-9]+"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("digits", _Digits())


class ZohoApp(Starlette):
    """A Starlette app under a fault layer that stands outermost, so that it can drop connections.

    `faults` and `state.emulator` are open to tests in the same process.
    """

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.faults = FaultLayer(super().__call__)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.faults(scope, receive, send)


def create_zoho_app(
    crm: Crm,
    *,
    client_id: str,
    client_secret: str,
    refresh_token: str,
    switches: Switches | None = None,
) -> ZohoApp:
    """The accounts server and the API for one client, who owns `refresh_token` from the start."""
    switches = switches or Switches()
    channels = ChannelBook()
    crm.keeps_rows = switches.subform_merge == "keep"
    parts = Emulator(
        crm=crm,
        oauth=OAuthServer(
            crm.clock,
            client_id=client_id,
            client_secret=client_secret,
            refresh_token=refresh_token,
            scope=switches.scope,
            rules=switches.oauth,
        ),
        channels=channels,
        notifier=Notifier(crm, channels, retries=switches.callback_retries),
        limits=Limits(crm.clock, concurrency=switches.concurrency, credits=switches.credits),
        bulk=BulkJobs(crm.clock, seconds=switches.bulk_seconds, rows=switches.bulk_rows),
        switches=switches,
        renderer=Renderer(crm),
        published=len(crm.history),
    )

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        yield
        await parts.notifier.close()

    app = ZohoApp(
        routes=_routes(),
        middleware=[Middleware(_CrmDate, clock=crm.clock)],
        exception_handlers={HTTPException: _refuse},
        lifespan=lifespan,
    )
    app.router.redirect_slashes = False
    app.state.emulator = parts
    return app


class _CrmDate:
    """Puts the `Date` of the CRM's clock on every answer."""

    def __init__(self, app: ASGIApp, clock: Clock) -> None:
        self._app = app
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def dated(message: Message) -> None:
            if message["type"] == "http.response.start":
                date = http_date(self._clock.now()).encode()
                message["headers"] = [*message.get("headers", ()), (b"date", date)]
            await send(message)

        await self._app(scope, receive, dated)


async def _refuse(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 404
    return refused(wrong_method() if status == 405 else unknown_url())


def _routes() -> list[BaseRoute]:
    return [
        Route("/oauth/v2/token", tokens.token, methods=["POST"]),
        Route("/oauth/v2/token/revoke", tokens.revoke, methods=["POST"]),
        Route("/oauth/v2/auth", tokens.consent, methods=["GET"]),
        Route("/_control/edit", control.edit, methods=["POST"]),
        Route("/_control/grant", control.grant, methods=["POST"]),
        Route("/_control/expire", control.expire, methods=["POST"]),
        Route("/_control/callbacks", control.callbacks, methods=["GET", "POST"]),
        *_settings_routes(),
        *_bulk_routes(),
        *(route for path, handlers in _RECORDS.items() for route in _at(path, handlers, "modules")),
    ]


def _settings_routes() -> list[BaseRoute]:
    watching = {
        "GET": watch.list_channels,
        "POST": watch.enable,
        "PUT": watch.replace_channels,
        "PATCH": watch.change_channels,
        "DELETE": watch.end_channels,
    }
    return [
        *_at("/settings/modules", {"GET": metadata.list_modules}, "settings.modules"),
        *_at("/settings/modules/{name}", {"GET": metadata.get_module}, "settings.modules"),
        *_at("/settings/fields", {"GET": metadata.list_fields}, "settings.fields"),
        *_at("/settings/fields/{field_id}", {"GET": metadata.get_field}, "settings.fields"),
        *_at("/org", {"GET": people.get_org}, "org"),
        *_at("/users", {"GET": people.list_users}, "users"),
        *_at("/users/{user_id}", {"GET": people.get_user}, "users"),
        *_at("/coql", {"POST": coql.run_query}, "coql"),
        *_at("/actions/watch", watching, "notifications"),
    ]


def _bulk_routes() -> list[BaseRoute]:
    root = "/crm/bulk/v2"
    return [
        *_at("/read", {"POST": bulk.create_job}, "bulk", root=root),
        *_at("/read/{job_id:digits}", {"GET": bulk.get_job}, "bulk", root=root),
        *_at("/read/{job_id:digits}/result", {"GET": bulk.download_result}, "bulk", root=root),
    ]


_RECORDS: Final[Mapping[str, Mapping[str, Handler]]] = {
    "/{module}": {
        "GET": records.list_records,
        "POST": writes.insert_records,
        "PUT": writes.update_records,
        "DELETE": writes.delete_records,
    },
    "/{module}/deleted": {"GET": deleted.list_deleted},
    "/{module}/search": {"GET": search.search_records},
    "/{module}/upsert": {"POST": writes.upsert_records},
    "/{module}/{record_id:digits}": {
        "GET": records.get_record,
        "PUT": writes.update_record,
        "DELETE": writes.delete_records,
    },
    "/{module}/{record_id:digits}/photo": {
        "GET": files.download_photo,
        "POST": files.upload_photo,
        "DELETE": files.delete_photo,
    },
    "/{module}/{record_id:digits}/Attachments": {
        "GET": files.list_attachments,
        "POST": files.upload_attachment,
        "DELETE": files.delete_attachments,
    },
    "/{module}/{record_id:digits}/Attachments/{attachment_id:digits}": {
        "GET": files.download_attachment,
        "DELETE": files.delete_attachments,
    },
}


def _at(
    path: str, handlers: Mapping[str, Handler], *areas: str, root: str = "/crm/v2"
) -> list[BaseRoute]:
    return [
        Route(f"{root}{path}", guarded(handler, *areas), methods=[method])
        for method, handler in handlers.items()
    ]
