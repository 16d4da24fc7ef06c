"""A tiny organisation, and a client in the same process that speaks to its API."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx2

from mzi_bridge.sandbox.schema import CrmSchema, FieldSpec, ModuleSpec, SubformSpec
from mzi_bridge.sandbox.zoho import Crm, Switches, create_zoho_app
from mzi_bridge.sandbox.zoho.app import ZohoApp
from tests.support.clock import ManualClock

NOW = 1_778_747_770.0  # 2026-05-14T11:36:10+03:00
CLIENT = {"client_id": "1000.CLIENT", "client_secret": "hush"}
REFRESH = "1000.refresh.token"

LEADS = ModuleSpec(
    "Leads",
    "Lead",
    "Leads",
    "default",
    (
        FieldSpec("First_Name", "First Name", "text", 40),
        FieldSpec("Last_Name", "Last Name", "text", 80, mandatory=True),
        FieldSpec("Full_Name", "Full Name", "text", 120),
        FieldSpec("Email", "Email", "email", 100, unique=True),
        FieldSpec("Phone", "Phone", "phone", 30),
        FieldSpec("Rating", "Rating", "picklist", picklist=("Hot", "Cold")),
        FieldSpec("Skills", "Skills", "multiselectpicklist", picklist=("Art", "Law")),
        FieldSpec("Age", "Age", "integer", 9),
        FieldSpec("Revenue", "Revenue", "currency", 16),
        FieldSpec("Opt_Out", "Opt Out", "boolean"),
        FieldSpec("Born", "Born", "date"),
        FieldSpec("Called_At", "Called At", "datetime"),
        FieldSpec("Note", "Note", "textarea", 2000),
        FieldSpec("Score", "Score", "integer", read_only=True),
    ),
    name_field="Full_Name",
)
REGISTRATIONS = ModuleSpec(
    "Registrations",
    "Registration",
    "Registrations",
    "custom",
    (
        FieldSpec("Name", "Registration Number", "autonumber", 120, auto_number="REG-"),
        FieldSpec("Lead", "Lead", "lookup", 120, lookup="Leads"),
        FieldSpec("Schedule", "Schedule", "subform", subform="Schedule"),
    ),
    (
        SubformSpec(
            "Schedule",
            (
                FieldSpec("No", "No", "integer", mandatory=True),
                FieldSpec("Amount", "Amount", "currency"),
                FieldSpec("Due", "Due", "date"),
            ),
        ),
    ),
)
ENROLMENTS = ModuleSpec(
    "Enrolments",
    "Enrolment",
    "Enrolments",
    "linking",
    (
        FieldSpec("Name", "Name", "autonumber", auto_number="E"),
        FieldSpec("Lead", "Lead", "lookup", lookup="Leads"),
    ),
    has_modified_time=False,
)
SCHOOL = CrmSchema({module.api_name: module for module in (LEADS, REGISTRATIONS, ENROLMENTS)})


@dataclass
class School:
    """The CRM, its app and clock, and a client that holds a token. `base` is where it listens."""

    crm: Crm
    app: ZohoApp
    clock: ManualClock
    http: httpx2.AsyncClient

    async def sign_in(self) -> None:
        form = {**CLIENT, "grant_type": "refresh_token", "refresh_token": REFRESH}
        answer = await self.http.post("/oauth/v2/token", data=form)
        token = answer.json()["access_token"]
        self.http.headers["Authorization"] = f"Zoho-oauthtoken {token}"

    async def get(self, path: str, **query: Any) -> httpx2.Response:
        return await self.http.get(f"/crm/v2/{path}", params=query)

    async def since(self, path: str, moment: str, **query: Any) -> httpx2.Response:
        headers = {"If-Modified-Since": moment}
        return await self.http.get(f"/crm/v2/{path}", params=query, headers=headers)

    async def post(self, path: str, body: Any, **query: Any) -> httpx2.Response:
        return await self.http.post(f"/crm/v2/{path}", json=body, params=query)

    async def put(self, path: str, body: Any) -> httpx2.Response:
        return await self.http.put(f"/crm/v2/{path}", json=body)

    async def patch(self, path: str, body: Any) -> httpx2.Response:
        return await self.http.patch(f"/crm/v2/{path}", json=body)

    async def delete(self, path: str, **query: Any) -> httpx2.Response:
        return await self.http.delete(f"/crm/v2/{path}", params=query)

    async def control(self, path: str, body: Any) -> httpx2.Response:
        return await self.http.post(f"/_control/{path}", json=body)

    async def insert(self, module: str, **fields: Any) -> str:
        """Insert one record by the API; its id."""
        answer = await self.post(module, {"data": [fields]})
        row = answer.json()["data"][0]
        assert row["status"] == "success", row
        return str(row["details"]["id"])


def build_app(crm: Crm, switches: Switches | None = None) -> ZohoApp:
    return create_zoho_app(crm, **CLIENT, refresh_token=REFRESH, switches=switches)


@asynccontextmanager
async def open_school(switches: Switches | None = None) -> AsyncIterator[School]:
    """A fresh school, signed in."""
    clock = ManualClock(NOW)
    crm = Crm(SCHOOL, clock)
    app = build_app(crm, switches)
    transport = httpx2.ASGITransport(app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://crm.test") as http:
        school = School(crm, app, clock, http)
        await school.sign_in()
        yield school
        await app.state.emulator.notifier.close()
