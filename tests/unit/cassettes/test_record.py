"""Recording for real, against the sandbox, with a canary in every text of the record."""

from __future__ import annotations

import json
from pathlib import Path

import httpx2
import pytest

from mzi_bridge.cassettes.record import record
from mzi_bridge.cassettes.replay import replay
from mzi_bridge.clock import SystemClock
from mzi_bridge.demo.stage import sandbox
from mzi_bridge.errors import OperatorError

CANARY = "CANARY-51c9"
STUDENT = "7300000160000000001"
TEXTS = (
    "First_Name",
    "Last_Name",
    "Display_Name",
    "Phone_Number",
    "National_Number",
    "Address",
    "City",
    "Nationality",
    "Emergency_Contact_Name",
    "Emergency_Phone_Number",
)


def notification(record_id: str) -> bytes:
    notice = {
        "module": "BTEC_Students",
        "ids": [record_id],
        "operation": "update",
        "channel_id": "900000000000000001",
        "token": CANARY,
        "server_time": int(SystemClock().now() * 1000),
        "query_params": {"who": CANARY},
    }
    return json.dumps(notice).encode()


async def test_no_canary_and_no_secret_reaches_the_file(tmp_path: Path) -> None:
    path = tmp_path / "sandbox-students-canary.yaml"
    async with sandbox(students=3, seed=5) as addresses, httpx2.AsyncClient() as http:
        values = addresses["env"]
        edit = {
            "module": "BTEC_Students",
            "operation": "update",
            "id": STUDENT,
            "record": {name: f"{CANARY} {name}"[:30] for name in TEXTS}
            | {"Academic_Email": f"{CANARY}@example.edu".lower()},
        }
        answer = await http.post(f"{values['ZOHO_API_URL']}/_control/edit", json=edit)
        assert answer.status_code == 200, answer.text
        assert await record(values, notification(STUDENT), path, SystemClock()) == 1
    text = path.read_text()
    assert CANARY.lower() not in text.lower()
    secrets = ("ZOHO_CLIENT_ID", "ZOHO_CLIENT_SECRET", "ZOHO_REFRESH_TOKEN", "MOODLE_TOKEN")
    for name in secrets:
        assert values[name] not in text, name
    assert "127.0.0.1" not in text
    replayed = await replay(path)
    assert replayed.agrees
    assert b"First_Name+text" in replayed.sent[0]


async def test_a_record_that_is_not_there_leaves_no_file(tmp_path: Path) -> None:
    path = tmp_path / "nothing.yaml"
    async with sandbox(students=3, seed=5) as addresses:
        with pytest.raises(OperatorError, match="Nothing was sent to Moodle"):
            await record(addresses["env"], notification("7300000000000009999"), path, SystemClock())
    assert not path.exists()


async def test_no_made_up_value_is_written_over_a_real_school(tmp_path: Path) -> None:
    values = {"MOODLE_BASE_URL": "https://moodle.example.edu"}
    with pytest.raises(OperatorError) as caught:
        await record(values, notification("1"), tmp_path / "c.yaml", SystemClock())
    assert caught.value.reason == "moodle_not_disposable"
