"""How the demonstration asks both sides, and what it found."""

from __future__ import annotations

from dataclasses import dataclass

import httpx2

from mzi_bridge.demo.edits import Edit

ARRIVAL_SECONDS = 30.0


@dataclass(frozen=True)
class Arrival:
    """One change and the seconds until `what` stood on the other side; None if it never did.

    `crm_calls` is None where the looking itself called the CRM.
    """

    story: str
    what: str
    record_id: str
    seconds: float | None
    crm_calls: int | None = None


class Crm:
    """The emulated CRM's control: edits as the office makes them, and a count of API calls."""

    def __init__(self, http: httpx2.AsyncClient, api_url: str) -> None:
        self._http = http
        self._api_url = api_url

    async def edit(self, edit: Edit, record_id: str | None) -> str:
        body = {"module": edit.module, "operation": edit.operation, "record": dict(edit.fields)}
        if record_id is not None:
            body["id"] = record_id
        answer = await self._http.post(f"{self._api_url}/_control/edit", json=body)
        answer.raise_for_status()
        return str(answer.json()["id"])

    async def calls(self) -> int:
        answer = await self._http.get(f"{self._api_url}/_control/calls")
        return int(answer.json()["count"])
