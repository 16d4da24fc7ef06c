"""One cassette for each entity and operation, recorded against the sandbox."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx2
from cryptography.fernet import Fernet

from mzi_bridge.app import Bridge, open_bridge
from mzi_bridge.cassettes.capture import Capture, capturing
from mzi_bridge.cassettes.record import record
from mzi_bridge.clock import SystemClock
from mzi_bridge.demo.stage import sandbox
from mzi_bridge.mapping import load_preset
from mzi_bridge.settings import Settings
from mzi_bridge.zoho.channels import ChannelRequest, Event

OF_THE_CRM = frozenset(
    ["id", "Parent_Id", "Created_Time", "Modified_Time", "Created_By", "Modified_By", "Owner"]
)
PRESET = "btec"
CHANNEL_ID = "900000000000000001"
STUDENTS = 8
SEED = 7
EVENTS: tuple[Event, ...] = ("create", "edit", "delete")


async def record_sandbox_set(folder: Path) -> list[Path]:
    """Writes `sandbox-<entity>-<operation>.yaml` for all of them; the files, in order.

    A sandbox for each module: every cassette begins without a token, and the CRM grants ten
    in ten minutes.
    """
    paths: list[Path] = []
    for module in load_preset(PRESET).modules:
        async with sandbox(STUDENTS, SEED) as addresses, capturing() as capture:
            with TemporaryDirectory() as journal:
                values = dict(addresses["env"])
                settings = _settings(values, Path(journal))
                async with open_bridge(settings) as bridge, httpx2.AsyncClient() as http:
                    office = _Office(http, values["ZOHO_API_URL"], capture)
                    await _register(bridge, module, capture.url)
                    paths += await _record_module(bridge, office, module, values, folder)
    return paths


def _settings(values: Mapping[str, str], folder: Path) -> Settings:
    return Settings.model_validate(
        {
            **values,
            "DATABASE_URL": f"sqlite:///{folder / 'journal.sqlite3'}",
            "MZI_SECRET_KEY": Fernet.generate_key().decode(),
        }
    )


class _Office:
    """Edits records as the office does, and hands over the notification of each."""

    def __init__(self, http: httpx2.AsyncClient, api_url: str, capture: Capture) -> None:
        self._http = http
        self._control = f"{api_url}/_control/edit"
        self._capture = capture

    async def edit(self, operation: str, module: str, **more: Any) -> tuple[str, bytes]:
        body = {"module": module, "operation": operation, "record": {}, **more}
        answer = await self._http.post(self._control, json=body)
        answer.raise_for_status()
        record_id = str(answer.json()["id"])
        return record_id, await self._capture.notification(record_id, operation)


async def _register(bridge: Bridge, module: str, url: str) -> None:
    request = ChannelRequest(
        channel_id=CHANNEL_ID,
        module=module,
        events=EVENTS,
        notify_url=url,
        token=secrets.token_urlsafe(36)[:48],
        expiry=datetime.now(UTC) + timedelta(hours=1),
    )
    await bridge.links.zoho.channels.enable([request])


async def _record_module(
    bridge: Bridge, office: _Office, module: str, values: Mapping[str, str], folder: Path
) -> list[Path]:
    entity = bridge.links.preset.modules[module].entity
    template = await _template(bridge, module)
    record_id, inserted = await office.edit("insert", module, record=template)
    paths = [await _keep(values, inserted, folder, entity, "insert")]
    _, updated = await office.edit("update", module, id=record_id, record=template)
    paths.append(await _keep(values, updated, folder, entity, "update"))
    _, deleted = await office.edit("delete", module, id=record_id)
    paths.append(await _keep(values, deleted, folder, entity, "delete"))
    return paths


async def _template(bridge: Bridge, module: str) -> dict[str, Any]:
    """The fields of a record that exists, without what the CRM gives by itself."""
    listed = await bridge.links.zoho.records.page(module, 1, per_page=1)
    full = await bridge.links.zoho.records.by_id(module, str(listed.records[0]["id"]))
    return {name: _given(value) for name, value in full.records[0].items() if _is_ours(name)}


def _is_ours(name: str) -> bool:
    return name not in OF_THE_CRM and not name.startswith("$")


def _given(value: Any) -> Any:
    """Rows of a subform without their own ids."""
    if isinstance(value, list):
        return [
            {name: inner for name, inner in row.items() if _is_ours(name)}
            if isinstance(row, dict)
            else row
            for row in value
        ]
    return value


async def _keep(
    values: Mapping[str, str], notification: bytes, folder: Path, entity: str, operation: str
) -> Path:
    path = folder / f"sandbox-{entity}-{operation}.yaml"
    await record(values, notification, path, SystemClock())
    return path
