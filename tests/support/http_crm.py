"""An emulated organisation on the loopback, and the office that edits and reads it by HTTP."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx2

from mzi_bridge.clock import SystemClock
from mzi_bridge.sandbox.sample import schema
from mzi_bridge.sandbox.zoho import Crm, Switches, create_zoho_app
from tests.support.served import served
from tests.support.world import CLIENT, REFRESH_TOKEN

Record = dict[str, Any]
STUDENTS = "BTEC_Students"


class HttpCrm:
    """Edits as in the CRM's own screens, reads as any client of its API."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._http = httpx2.Client(base_url=url, timeout=30, trust_env=False)
        form = {"grant_type": "refresh_token", "refresh_token": REFRESH_TOKEN, **CLIENT}
        token = self._http.post("/oauth/v2/token", data=form).json()["access_token"]
        self._proof = {"Authorization": f"Zoho-oauthtoken {token}"}

    def close(self) -> None:
        self._http.close()

    def insert(self, module: str, **fields: Any) -> str:
        """The id of the new record."""
        return self._edit(module=module, operation="insert", record=fields)

    def update(self, module: str, record_id: str, **fields: Any) -> None:
        self._edit(module=module, operation="update", id=record_id, record=fields)

    def delete(self, module: str, record_id: str) -> None:
        self._edit(module=module, operation="delete", id=record_id)

    def record(self, module: str, record_id: str) -> Record:
        """With its subforms, which a list leaves out."""
        [record] = self._get(f"/crm/v2/{module}/{record_id}")["data"]
        return dict(record)

    def records(self, module: str, **fields: Any) -> list[Record]:
        """Those whose fields, or the ids of whose lookups, have these values."""
        found = self._get(f"/crm/v2/{module}?per_page=200").get("data", [])
        return [r for r in found if all(_plain(r[name]) == want for name, want in fields.items())]

    def files(self, module: str, record_id: str) -> dict[str, bytes]:
        """The content of each attachment by its name; fails if two have the same."""
        path = f"/crm/v2/{module}/{record_id}/Attachments"
        listed = self._get(path).get("data", [])
        found = {
            row["File_Name"]: self._http.get(f"{path}/{row['id']}", headers=self._proof).content
            for row in listed
        }
        assert len(found) == len(listed), [row["File_Name"] for row in listed]
        return found

    def _edit(self, **body: Any) -> str:
        answer = self._http.post("/_control/edit", json=body)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["id"])

    def _get(self, path: str) -> dict[str, Any]:
        answer = self._http.get(path, headers=self._proof)
        if answer.status_code == 204:
            return {}
        assert answer.status_code == 200, answer.text
        return dict(answer.json())


def _plain(value: Any) -> Any:
    return value["id"] if isinstance(value, dict) else value


@contextmanager
def http_crm(**switches: Any) -> Iterator[HttpCrm]:
    """An organisation of nobody yet. Its ids and student numbers are those of no other run: a site
    keeps what earlier ones left there."""
    crm = Crm(schema("btec"), SystemClock())
    stamp = time.time_ns() // 1_000_000
    first = crm.insert(
        STUDENTS,
        {
            "id": str(8 * 10**18 + stamp * 1000),
            "Name": f"STU-{stamp}0000",
            "First_Name": "First",
            "Last_Name": "Of Run",
        },
    )
    crm.delete(STUDENTS, first)
    app = create_zoho_app(crm, refresh_token=REFRESH_TOKEN, switches=Switches(**switches), **CLIENT)
    with served(app) as url:
        client = HttpCrm(url)
        try:
            yield client
        finally:
            client.close()
