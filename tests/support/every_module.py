"""A day at the office: in every module a record is made, changed and deleted, and each time
Moodle must show it. All by HTTP, with the programs as a user starts them."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import anyio
import httpx2

from mzi_bridge.demo import stage
from mzi_bridge.sandbox.sample import generate

ARRIVAL_SECONDS = 30.0
STUDENTS, SEED = 2, 7
SCHOOL = generate("btec", STUDENTS, SEED)
STUDENT, CLASS = (SCHOOL[module][0]["id"] for module in ("BTEC_Students", "BTEC_Classes"))
Row = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """`made` and `changed` are written in the CRM; the row must then hold the other two."""

    module: str
    entity: str
    made: Mapping[str, Any]
    stands: Mapping[str, Any]
    changed: Mapping[str, Any]
    then: Mapping[str, Any]
    children: Mapping[str, int] = field(default_factory=dict)


CASES = (
    Case(
        "BTEC_Students",
        "students",
        {"First_Name": "سلمى", "Last_Name": "Sample", "Birth_Date": "2004-02-29"},
        {"first_name": "سلمى", "last_name": "Sample", "birth_date": "2004-02-29"},
        {"Phone_Number": "+962 6 555 0142", "Birth_Date": None},
        {"phone": "+962 6 555 0142", "birth_date": None},
    ),
    Case(
        "Products",
        "programs",
        {"Product_Name": "Sample programme", "Program_Price": 100},
        {"name": "Sample programme", "price": "100.00"},
        {"Program_Price": 4321.5},
        {"price": "4321.50"},
    ),
    Case(
        "BTEC_Registrations",
        "registrations",
        {
            "Intake": "September 2027",
            "Payment_Schedule": [
                {"Installment_No": 1, "Installment_Amount": 500, "Due_Date": "2027-01-31"},
                {"Installment_No": 2, "Installment_Amount": 250, "Due_Date": "2027-02-28"},
            ],
        },
        {"intake": "September 2027"},
        {"Intake": "January 2028"},
        {"intake": "January 2028"},
        {"installments": 2},
    ),
    Case(
        "BTEC_Payments",
        "payments",
        {"Payment_Amount": 250, "Currency": "USD", "Payment_Date": "2026-11-20"},
        {"amount": "250.00", "currency": "USD", "payment_date": "2026-11-20"},
        {"Note": "Paid at the desk"},
        {"note": "Paid at the desk"},
    ),
    Case(
        "BTEC_Teachers",
        "teachers",
        {"Name": "Sample Teacher"},
        {"name": "Sample Teacher"},
        {"Phone_Number": "+962 6 555 0177"},
        {"phone": "+962 6 555 0177"},
    ),
    Case(
        "BTEC",
        "units",
        {"Name": "Sample unit", "P1_description": "Explain it.", "M1_description": "Judge it."},
        {"name": "Sample unit"},
        {"Name": "Renamed unit"},
        {"name": "Renamed unit"},
        {"criteria": 2},
    ),
    Case(
        "BTEC_Classes",
        "classes",
        {"Class_Name": "Sample class", "Start_Date": "2027-01-10"},
        {"name": "Sample class", "start_date": "2027-01-10"},
        {"Classroom": "Lab 7"},
        {"classroom": "Lab 7"},
    ),
    Case(
        "BTEC_Enrollments",
        "enrollments",
        {"Enrolled_Students": STUDENT, "Classes": CLASS, "Start_Date": "2027-01-10"},
        {"zoho_student_id": STUDENT, "zoho_class_id": CLASS, "start_date": "2027-01-10"},
        {"End_Date": "2027-06-30"},
        {"end_date": "2027-06-30"},
    ),
    Case(
        "BTEC_Grades",
        "grades",
        {"Grade": "M", "BTEC_Unit": "Sample unit"},
        {"grade": "M", "unit_name": "Sample unit"},
        {"Grade": "D", "Feedback": "Clear and complete."},
        {"grade": "D", "feedback": "Clear and complete."},
    ),
    Case(
        "BTEC_Student_Requests",
        "requests",
        {"Reason": "A sample reason"},
        {"reason": "A sample reason"},
        {"Status": "Approved"},
        {"status": "Approved"},
    ),
)


@dataclass(frozen=True)
class Office:
    """The CRM's screens and Moodle's web services, both by HTTP."""

    http: httpx2.AsyncClient
    crm_url: str
    moodle_url: str
    moodle_token: str

    async def edit(self, operation: str, case: Case, record: Any, record_id: str = "") -> str:
        """An edit in the CRM; the record's id."""
        answer = await self.http.post(
            f"{self.crm_url}/_control/edit",
            json={
                "module": case.module,
                "operation": operation,
                "id": record_id,
                "record": dict(record),
            },
        )
        assert answer.status_code == 200, answer.text
        return str(answer.json()["id"])

    async def row(self, case: Case, record_id: str) -> Row | None:
        answer = await self.http.post(
            f"{self.moodle_url}/webservice/rest/server.php",
            data={
                "wstoken": self.moodle_token,
                "wsfunction": "local_mzi_get_rows",
                "moodlewsrestformat": "json",
                "entity": case.entity,
                "ids": json.dumps([record_id]),
            },
        )
        rows: list[Row] = json.loads(answer.json()["rows"])
        return rows[0] if rows else None

    async def arrives(self, case: Case, record_id: str, wanted: Mapping[str, Any]) -> Row:
        """Waits until the live row holds `wanted`; fails with what it holds instead."""

        def is_there(row: Row) -> bool:
            return row.get("deleted_at", 0) is None and _holds(row, wanted)

        return await self._sees(case, record_id, is_there)

    async def disappears(self, case: Case, record_id: str) -> Row:
        """Waits until the row bears a tombstone."""
        return await self._sees(case, record_id, lambda row: bool(row.get("deleted_at")))

    async def _sees(self, case: Case, record_id: str, true: Callable[[Row], bool]) -> Row:
        row: Row = {}
        with anyio.move_on_after(ARRIVAL_SECONDS):
            while True:
                row = await self.row(case, record_id) or {}
                if true(row):
                    return row
                await anyio.sleep(0.05)
        raise AssertionError(f"{case.module} {record_id} did not arrive: {row}")


@asynccontextmanager
async def open_office(folder: Path, moodle: tuple[str, str] | None = None) -> AsyncIterator[Office]:
    """Emulated CRM and bridge as subprocesses, channels registered by the bridge's own API.

    `moodle` is a real site's address and token, else the emulated one.
    """
    async with stage.sandbox(STUDENTS, SEED) as addresses:
        env = dict(addresses["env"])
        if moodle is not None:
            env |= {"MOODLE_BASE_URL": moodle[0], "MOODLE_TOKEN": moodle[1]}
        values = stage.bridge_settings(env, folder)
        async with stage.bridge(values) as bridge, httpx2.AsyncClient(timeout=60) as http:
            bearer = {"Authorization": f"Bearer {values['ADMIN_TOKEN']}"}
            answer = await http.post(f"{bridge}/api/v1/admin/setup-zoho-webhooks", headers=bearer)
            assert answer.status_code == 200, answer.text
            yield Office(http, env["ZOHO_API_URL"], env["MOODLE_BASE_URL"], env["MOODLE_TOKEN"])


async def live_through(office: Office, case: Case) -> None:
    """Insert, update, delete; each must stand in Moodle before the next."""
    record_id = await office.edit("insert", case, case.made)
    row = await office.arrives(case, record_id, case.stands)
    assert {name: len(row[name]) for name in case.children} == dict(case.children)
    await office.edit("update", case, case.changed, record_id)
    row = await office.arrives(case, record_id, case.then)
    kept = {name: value for name, value in case.stands.items() if name not in case.then}
    assert _holds(row, kept)
    assert {name: len(row[name]) for name in case.children} == dict(case.children)
    await office.edit("delete", case, {}, record_id)
    await office.disappears(case, record_id)


def _holds(row: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    return all(row[name] == value for name, value in wanted.items())
