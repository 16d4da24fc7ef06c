"""Both sides and the bridge between them in one process: everything real but the wires."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import httpx2
from cryptography.fernet import Fernet
from starlette.applications import Starlette

from mzi_bridge.app import Bridge, Engine, create_app, open_bridge
from mzi_bridge.journal.dead import DeadLetter
from mzi_bridge.journal.faults import FieldFaultRow
from mzi_bridge.journal.records import Notice, Operation, Source
from mzi_bridge.pipeline.links import Links
from mzi_bridge.pipeline.worker import drain
from mzi_bridge.sandbox.faults import ConnectionDropped
from mzi_bridge.sandbox.moodle import Site, create_moodle_app, load_contract, users_from_csv
from mzi_bridge.sandbox.sample import generate, moodle_users, schema
from mzi_bridge.sandbox.zoho import Crm, Switches, create_zoho_app
from mzi_bridge.settings import Settings, setting_name
from tests.support.clock import ManualClock

CRM_URL = "https://crm.test"
MOODLE_URL = "https://moodle.test"
BRIDGE_URL = "https://bridge.test"
ADMIN_TOKEN = "an-admin-token-of-thirty-two-characters"
MOODLE_TOKEN = "0123456789abcdef0123456789abcdef"
CLIENT = {"client_id": "1000.CLIENT", "client_secret": "canary-client-secret"}
REFRESH_TOKEN = "1000.canary.refresh"
NOW = 1_800_000_000.0

MODULES = (
    "BTEC_Students",
    "Products",
    "BTEC_Registrations",
    "BTEC_Payments",
    "BTEC_Teachers",
    "BTEC",
    "BTEC_Classes",
    "BTEC_Enrollments",
    "BTEC_Grades",
    "BTEC_Student_Requests",
)
Side = Literal["crm", "moodle"]
Fault = Mapping[str, Any]
Record = dict[str, Any]
Rewrite = Callable[[httpx2.Request, httpx2.Response], Awaitable[httpx2.Response]]


class Wires(httpx2.AsyncBaseTransport):
    """Leads each host to its app. A connection that an app drops ends as on a real wire."""

    def __init__(self, apps: dict[str, Any]) -> None:
        self.apps = apps
        self.rewrite: Rewrite | None = None

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        app = self.apps.get(request.url.host)
        if app is None:
            raise httpx2.ConnectError("nobody listens there", request=request)
        try:
            response = await httpx2.ASGITransport(app).handle_async_request(request)
        except ConnectionDropped:
            raise httpx2.ReadError("the connection was dropped", request=request) from None
        return await self.rewrite(request, response) if self.rewrite else response


@dataclass
class World:
    """`crm` and `site` are the emulators' insides; `links` what the use cases work with.

    One clock for all; it stands still until a test moves it.
    """

    clock: ManualClock
    crm: Crm
    crm_app: Starlette
    site: Site
    wires: Wires
    settings: Settings
    bridge: Bridge

    @property
    def links(self) -> Links:
        return self.bridge.links

    # The office

    def some(self, module: str, number: int = 0) -> str:
        """The id of one of the module's records."""
        return sorted(self.crm.records(module))[number]

    def edit(self, module: str, record_id: str, **fields: Any) -> None:
        """An edit a second later, unheard of unless a notice tells of it."""
        self.clock.advance(1)
        self.crm.update(module, record_id, fields)

    def spoil(self, module: str, record_id: str, **values: Any) -> None:
        """Puts values into a record that the CRM itself would refuse."""
        self.crm.records(module)[record_id].values.update(values)

    def tell_channels(self) -> None:
        """Sends the notices of all edits so far, over the wires; `settled()` waits for them."""
        self.crm_app.state.emulator.publish()

    async def settled(self) -> None:
        await self.crm_app.state.emulator.notifier.settled()

    # The bridge

    async def notice(
        self, module: str, *ids: str, operation: Operation = Operation.UPDATE, at: float = 0.0
    ) -> None:
        """Marks records as a notification would; `at` in epoch seconds, now by default."""
        ms = int((at or self.clock.now()) * 1000)
        await self.links.journal.inbox.mark(
            [Notice(module, i, operation, ms, Source.NOTIFICATION) for i in ids]
        )

    async def work(self) -> None:
        """Until nothing is due."""
        await drain(self.links)

    async def carry(self, module: str, *ids: str) -> None:
        """Notice and work: the records then stand in Moodle."""
        await self.notice(module, *ids)
        await self.work()

    async def dead(self) -> tuple[DeadLetter, ...]:
        return await self.links.journal.dead.list()

    async def faults(self) -> tuple[FieldFaultRow, ...]:
        return await self.links.journal.faults.list()

    async def dirty(self) -> int:
        return (await self.links.journal.inbox.counts()).dirty

    @asynccontextmanager
    async def serving(
        self, *, with_worker: bool = True, without: Sequence[str] = (), **changes: Any
    ) -> AsyncIterator[httpx2.AsyncClient]:
        """The service itself on the same journal, reachable by Zoho and by this client.

        `without` names settings that its environment does not have.
        """
        settings = self.settings.model_copy(update=changes)
        if without:
            # By their own names, so that what is stored can stand in their place.
            named = {setting_name(f): getattr(settings, f) for f in settings.model_fields_set}
            settings = Settings.model_validate(
                {name: value for name, value in named.items() if name not in without}
            )
        app = create_app(settings, with_worker=with_worker, clock=self.clock, transport=self.wires)
        async with (
            app.router.lifespan_context(app),
            httpx2.AsyncClient(base_url=BRIDGE_URL, transport=self.wires) as http,
        ):
            self.wires.apps["bridge.test"] = app
            try:
                yield http
            finally:
                del self.wires.apps["bridge.test"]

    @property
    def engine(self) -> Engine:
        """Of the service, while it runs."""
        engine: Engine = self.wires.apps["bridge.test"].state.engine
        return engine

    # Moodle

    def row(self, module: str, record_id: str) -> dict[str, Any] | None:
        """The stored row with its children, tombstones included."""
        stored = self.site.tables[self.entity(module)].get(record_id)
        return None if stored is None else {**stored.row, **stored.children}

    def stands(self, module: str, record_id: str) -> bool:
        """Whether a live row is there."""
        row = self.row(module, record_id)
        return row is not None and row["deleted_at"] is None

    def entity(self, module: str) -> str:
        return self.links.preset.modules[module].entity

    # Misbehaviour

    async def disturb(
        self, side: Side, fault: Fault, *, times: int | None = None, **match: str
    ) -> None:
        """A rule of the side's fault layer (see `sandbox.faults`), for good unless `times`."""
        rule = {"match": match, "times": times, "fault": dict(fault)}
        answer = await self._control(side, "POST", "faults", [rule])
        assert answer.status_code == 201, answer.text

    def rewrite_records(self, module: str, change: Callable[[Record], Any]) -> None:
        """Each record that the CRM answers for the module becomes what `change` makes of it."""

        def each(path: str, body: Any) -> Any:
            parts = path.split("/")
            if parts[3:4] == [module] and parts[4:5] != ["deleted"]:
                body["data"] = [change(record) for record in body["data"]]
            return body

        self.rewrite_crm(each)

    def rewrite_crm(self, change: Callable[[str, Any], Any]) -> None:
        """Each JSON answer of the CRM's API becomes `change(path, body)`; the last rule counts."""

        async def rewrite(request: httpx2.Request, response: httpx2.Response) -> httpx2.Response:
            path = request.url.path
            if not path.startswith("/crm/") or response.status_code != 200:
                return response
            body = change(path, json.loads(await response.aread()))
            headers = {"date": response.headers["date"], "content-type": "application/json"}
            return httpx2.Response(200, headers=headers, content=json.dumps(body).encode())

        self.wires.rewrite = rewrite

    async def behave(self, side: Side) -> None:
        await self._control(side, "DELETE", "faults")

    async def calls(self, side: Side) -> list[dict[str, Any]]:
        """The calls since the start or since `forget_calls`."""
        calls: list[dict[str, Any]] = (await self._control(side, "GET", "calls")).json()["calls"]
        return calls

    async def forget_calls(self, side: Side) -> None:
        await self._control(side, "DELETE", "calls")

    async def _control(self, side: Side, method: str, what: str, body: Any = None) -> Any:
        async with httpx2.AsyncClient(
            base_url=f"https://{side}.test", transport=self.wires
        ) as http:
            return await http.request(method, f"/_control/{what}", json=body)


@asynccontextmanager
async def open_world(
    folder: Path, *, students: int = 3, switches: Switches | None = None, **changes: Any
) -> AsyncIterator[World]:
    """A small school in the CRM, an empty Moodle with its users, a journal in `folder`.

    `changes` are settings by their attribute's name.
    """
    clock = ManualClock(NOW)
    records = _school(students)
    crm = Crm(schema("btec"), clock)
    crm.insert_all((module, r) for module, found in records.items() for r in found)
    crm_app = create_zoho_app(crm, refresh_token=REFRESH_TOKEN, switches=switches, **CLIENT)
    users = users_from_csv(moodle_users(records))
    moodle_app = create_moodle_app(load_contract(), users, clock, MOODLE_TOKEN)
    wires = Wires({"crm.test": crm_app, "moodle.test": moodle_app})
    settings = Settings.model_validate(settings_values(folder)).model_copy(update=changes)
    notifier = crm_app.state.emulator.notifier
    # Its own client would leave this process; there is no other way in.
    notifier._client = httpx2.AsyncClient(transport=wires)
    try:
        async with open_bridge(settings, clock=clock, transport=wires) as bridge:
            yield World(clock, crm, crm_app, moodle_app.state.site, wires, settings, bridge)
    finally:
        await notifier.close()


@cache
def _school(students: int) -> Mapping[str, list[Record]]:
    return generate("btec", students, 1)


def settings_values(folder: Path) -> dict[str, str]:
    """The settings of a bridge in this world, as an environment would give them."""
    return {
        "DATABASE_URL": f"sqlite:///{folder / 'world.sqlite3'}",
        "MZI_SECRET_KEY": Fernet.generate_key().decode(),
        "ZOHO_API_URL": CRM_URL,
        "ZOHO_ACCOUNTS_URL": CRM_URL,
        "ZOHO_CLIENT_ID": CLIENT["client_id"],
        "ZOHO_CLIENT_SECRET": CLIENT["client_secret"],
        "ZOHO_REFRESH_TOKEN": REFRESH_TOKEN,
        "MOODLE_BASE_URL": MOODLE_URL,
        "MOODLE_TOKEN": MOODLE_TOKEN,
        "WEBHOOK_BASE_URL": BRIDGE_URL,
        "ADMIN_TOKEN": ADMIN_TOKEN,
        "MZI_PHOTOS": "false",
    }
