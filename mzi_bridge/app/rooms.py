"""What people and their programs come to: a process to which nobody comes does without it.

Each room imports what only it needs, when it is built.
"""

from __future__ import annotations

import httpx2
from starlette.routing import Router
from starlette.types import ASGIApp

from mzi_bridge.api.open_routes import BEHIND_THE_DOOR
from mzi_bridge.app.doors import Doors
from mzi_bridge.app.engine import Engine
from mzi_bridge.app.room import Room
from mzi_bridge.clock import Clock
from mzi_bridge.settings import Settings


def documentation_room() -> Room:
    """The OpenAPI document and its pages."""

    def build() -> ASGIApp:
        from mzi_bridge.api.document_routes import document_routes
        from mzi_bridge.app.interface import all_problems, openapi_document

        return Router(document_routes(openapi_document, all_problems()))

    return Room("the documentation", ("/openapi.json", "/docs", "/redoc"), build)


def console_room(
    engine: Engine,
    settings: Settings,
    clock: Clock,
    transport: httpx2.AsyncBaseTransport | None,
) -> Room:
    def build() -> ASGIApp:
        from mzi_bridge.app.console import console

        return console(engine, settings, clock, transport)

    return Room("the console", ("/admin",), build)


def operations_room(
    engine: Engine, settings: Settings, clock: Clock, doors: Doors, at_work: ASGIApp
) -> Room:
    """The API; `at_work` answers what needs a bridge at work."""

    def build() -> ASGIApp:
        from mzi_bridge.app.operations import operations_always

        return operations_always(engine, settings, clock, doors, at_work)

    return Room("the API", BEHIND_THE_DOOR, build)
