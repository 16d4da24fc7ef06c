"""Both emulators start together, say where they are in one line and stop cleanly."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import sys
from typing import Any

import httpx2
import pytest

from mzi_bridge.errors import OperatorError
from mzi_bridge.sandbox.serve import SandboxOptions, running_sandbox

SMALL = SandboxOptions(students=3)


async def _status(moodle: dict[str, str]) -> dict[str, Any]:
    form = {
        "wstoken": moodle["token"],
        "wsfunction": "local_mzi_get_status",
        "moodlewsrestformat": "json",
    }
    async with httpx2.AsyncClient() as http:
        answer = await http.post(f"{moodle['base_url']}/webservice/rest/server.php", data=form)
    found: dict[str, Any] = answer.json()
    return found


async def _first_students(zoho: dict[str, str], field: str) -> set[str]:
    keys = {name: zoho[name] for name in ("client_id", "client_secret", "refresh_token")}
    async with httpx2.AsyncClient() as http:
        granted = await http.post(
            f"{zoho['accounts_url']}/oauth/v2/token", data={"grant_type": "refresh_token", **keys}
        )
        token = granted.json()["access_token"]
        listed = await http.get(
            f"{zoho['api_url']}/crm/v2/BTEC_Students",
            headers={"Authorization": f"Zoho-oauthtoken {token}"},
        )
    return {student[field] for student in listed.json()["data"]}


async def test_both_answer_under_the_addresses_and_keys_told() -> None:
    async with running_sandbox(SMALL) as addresses:
        told = addresses.as_json()
        assert (await _status(told["moodle"]))["contract_version"] == 1
        names = await _first_students(told["zoho"], "Name")
        assert names == {"STU-000001", "STU-000002", "STU-000003"}


async def test_the_settings_of_a_bridge_repeat_them() -> None:
    async with running_sandbox(SMALL) as addresses:
        told = addresses.as_json()
    assert told["env"] == {
        "ZOHO_API_URL": told["zoho"]["api_url"],
        "ZOHO_ACCOUNTS_URL": told["zoho"]["accounts_url"],
        "ZOHO_CLIENT_ID": told["zoho"]["client_id"],
        "ZOHO_CLIENT_SECRET": told["zoho"]["client_secret"],
        "ZOHO_REFRESH_TOKEN": told["zoho"]["refresh_token"],
        "MOODLE_BASE_URL": told["moodle"]["base_url"],
        "MOODLE_TOKEN": told["moodle"]["token"],
    }


async def test_the_guides_school_can_be_served_too() -> None:
    async with running_sandbox(SandboxOptions(students=3, schema="guide")) as addresses:
        emails = await _first_students(addresses.as_json()["zoho"], "Email")
    assert all(email.endswith("@example.edu") for email in emails)


async def test_a_port_that_is_taken_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(OperatorError, match=str(port)) as caught:
            async with running_sandbox(SandboxOptions(students=0, moodle_port=port)):
                pass
    assert caught.value.reason == "port_taken"


PROGRAM = """
import anyio, json
from mzi_bridge.sandbox.serve import SandboxOptions, serve_sandbox
ready = lambda addresses: print(json.dumps(addresses.as_json()), flush=True)
anyio.run(serve_sandbox, SandboxOptions(students=2), ready)
"""


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_ends_it_with_success_and_frees_the_ports(stop: signal.Signals) -> None:
    program = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PROGRAM, stdout=asyncio.subprocess.PIPE
    )
    assert program.stdout is not None
    told = json.loads(await program.stdout.readline())
    assert (await _status(told["moodle"]))["contract_version"] == 1
    program.send_signal(stop)
    assert await program.wait() == 0
    assert await program.stdout.read() == b""
    port = int(told["moodle"]["base_url"].rpartition(":")[2])
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))
