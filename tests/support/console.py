"""A browser before the console, as far as HTTP goes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx2

from mzi_bridge.journal.sessions import Role, Sessions
from tests.support.world import ADMIN_TOKEN, BRIDGE_URL, World

OWN = {"Sec-Fetch-Site": "same-origin"}
COOKIE = "__Host-mzi_session"
ADDRESS = ("203.0.113.7", 4711)


@dataclass
class Visitor:
    """Posts as one of the console's own pages would, unless `headers` say otherwise."""

    http: httpx2.AsyncClient
    world: World

    @property
    def sessions(self) -> Sessions:
        return self.world.links.journal.sessions

    async def get(self, path: str, **headers: str) -> httpx2.Response:
        return await self.http.get(f"/admin{path}", headers=headers)

    async def post(
        self, path: str, form: dict[str, Any] | None = None, headers: dict[str, str] | None = None
    ) -> httpx2.Response:
        given = OWN if headers is None else headers
        return await self.http.post(f"/admin{path}", data=form or {}, headers=given)

    async def follow(self, answer: httpx2.Response) -> httpx2.Response:
        """The page that a 303 leads to."""
        assert answer.status_code == 303, answer.text
        return await self.http.get(answer.headers["location"])

    async def sign_in(self, token: str = ADMIN_TOKEN) -> httpx2.Response:
        return await self.post("/sign-in", {"token": token})

    async def as_role(self, role: Role) -> None:
        """Signed in with this role, whatever it takes."""
        await self.sign_in()
        method = (await self.sessions.list())[0].method
        token = await self.sessions.begin(f"{role}@school.example", role, method)
        self.http.cookies.set(COOKIE, token, domain="bridge.test")

    def session_token(self) -> str | None:
        return self.http.cookies.get(COOKIE)


@asynccontextmanager
async def visiting(world: World, **changes: Any) -> AsyncIterator[Visitor]:
    async with world.serving(with_worker=False, **changes):
        app = world.wires.apps["bridge.test"]
        transport = httpx2.ASGITransport(app, client=ADDRESS)
        async with httpx2.AsyncClient(base_url=BRIDGE_URL, transport=transport) as http:
            yield Visitor(http, world)
