from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from mzi_bridge.api.door import Door
from mzi_bridge.api.open_routes import standing_routes
from mzi_bridge.api.ports import Operations
from mzi_bridge.api.routes import api_routes
from mzi_bridge.errors import ContractError, MziError, OperatorError, PauseLink, RetryLater
from mzi_bridge.journal.alarms import Alarm
from mzi_bridge.journal.runs import RunState
from mzi_bridge.pipeline.channel_terms import ChannelOutcome
from mzi_bridge.pipeline.sync import Mode
from mzi_bridge.pipeline.sync_standing import Job
from tests.support.problems import refusal, says_nothing
from tests.unit.api.bench import Trail, client_of, open_door
from tests.unit.api.desk import Desk

TOKEN = "admin-token-of-thirty-two-characters"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
SYNC = "/api/v1/sync/students"
FULL = "/api/v1/admin/full-sync"
STATUS = "/api/v1/admin/full-sync/status"
HELD = "/api/v1/admin/held"
CHANNELS = "/api/v1/admin/setup-zoho-webhooks"
PROFILE = "/api/v1/students/profile"
DOORS = [("POST", SYNC), ("POST", FULL), ("GET", STATUS), ("POST", CHANNELS), ("GET", HELD)]


@dataclass
class Fakes:
    """Ports that remember what was asked, and fail on demand."""

    asked: list[tuple[Any, ...]] = field(default_factory=list)
    fault: MziError | None = None
    jobs: dict[int, Job] = field(default_factory=dict)
    outcomes: Sequence[ChannelOutcome] = ()
    token: str | None = TOKEN
    held: Desk = field(default_factory=Desk)
    audit: Trail = field(default_factory=Trail)

    async def start(self, name: str | None, mode: Mode, *, dry_run: bool = False) -> Job:
        self._note("start", name, mode, dry_run)
        return job(mode=mode, dry_run=dry_run)

    async def status(self, job_id: int | None = None) -> Job | None:
        self._note("status", job_id)
        return self.jobs.get(job_id or max(self.jobs, default=0))

    async def set_up(self) -> Sequence[ChannelOutcome]:
        self._note("set_up")
        return self.outcomes

    async def profile(self, user_id: int) -> Mapping[str, Any]:
        self._note("profile", user_id)
        return {"student": {"moodle_user_id": user_id, "display_name": "Canary Name"}}

    async def alarms(self) -> Sequence[Alarm]:
        return ()

    def _note(self, *what: Any) -> None:
        self.asked.append(what)
        if self.fault:
            raise self.fault

    @property
    def client(self) -> TestClient:
        self.held.fault = self.held.fault or self.fault
        return self.behind(open_door(self.token))

    def behind(self, door: Door) -> TestClient:
        operations = Operations(self, self.set_up, self.held, self.profile, self.audit)
        standing = standing_routes({}, self.alarms, door)
        return client_of([*standing, *api_routes(operations, door)])


@pytest.fixture
def fakes() -> Fakes:
    return Fakes()


def job(**changes: Any) -> Job:
    values: dict[str, Any] = {
        "id": 7,
        "mode": Mode.FULL,
        "dry_run": False,
        "state": RunState.RUNNING,
        "reason": "",
        "modules": {"BTEC_Students": {"inserted": 3}},
        "finished": (),
        "started_at": 1.0,
        "finished_at": None,
    }
    return Job(**(values | changes))


WRONG = [
    {},
    {"Authorization": "Bearer "},
    {"Authorization": "Bearer " + TOKEN + "x"},
    {"Authorization": "Bearer " + TOKEN.upper()},
    {"Authorization": "Basic " + TOKEN},
    {"Authorization": TOKEN},
    {"X-Admin-Token": "wrong"},
    {"X-Admin-Token": ""},
    {"Cookie": f"X-Admin-Token={TOKEN}"},
    {"Authorization": "Bearer wrong", "X-Admin-Token": TOKEN},
]


@pytest.mark.parametrize(("method", "path"), DOORS)
@pytest.mark.parametrize("headers", WRONG)
def test_without_the_token_no_door_opens(
    fakes: Fakes, method: str, path: str, headers: dict[str, str]
) -> None:
    response = fakes.client.request(method, f"{path}?token={TOKEN}", headers=headers)
    assert says_nothing(response)
    assert not fakes.asked


@pytest.mark.parametrize(("method", "path"), DOORS)
def test_without_a_token_set_every_door_says_so(fakes: Fakes, method: str, path: str) -> None:
    fakes.token = None
    response = fakes.client.request(method, path, headers={"X-Admin-Token": ""})
    assert refusal(response) == (503, "admin_not_configured")
    assert not fakes.asked


@pytest.mark.parametrize("headers", [BEARER, {"authorization": f"bearer {TOKEN}"}])
@pytest.mark.parametrize(("method", "path"), DOORS)
def test_a_bearer_token_opens(
    fakes: Fakes, method: str, path: str, headers: dict[str, str]
) -> None:
    fakes.jobs[7] = job()
    assert fakes.client.request(method, path, headers=headers).is_success


def test_the_admin_header_opens_too(fakes: Fakes) -> None:
    assert fakes.client.post(FULL, headers={"X-Admin-Token": TOKEN}).status_code == 202


def test_the_token_is_compared_in_constant_time(
    fakes: Fakes, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[tuple[int, int]] = []

    def spy(one: bytes, other: bytes) -> bool:
        compared.append((len(one), len(other)))
        return False

    monkeypatch.setattr(hmac, "compare_digest", spy)
    for token in ("", "x", TOKEN):
        fakes.client.post(FULL, headers={"X-Admin-Token": token})
    assert compared == [(32, 32)] * 3


def test_the_token_is_never_logged(fakes: Fakes, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG", logger="mzi_bridge")
    fakes.client.post(FULL, headers={"X-Admin-Token": "canary"})
    assert caplog.records and "canary" not in str([r.__dict__ for r in caplog.records])


@pytest.mark.parametrize(
    ("query", "mode", "dry_run"),
    [
        ("", Mode.DELTA, False),
        ("?mode=full", Mode.FULL, False),
        ("?mode=delta&dry_run=true", Mode.DELTA, True),
        ("?dry_run=1", Mode.DELTA, True),
    ],
)
def test_one_entity_can_be_synced(fakes: Fakes, query: str, mode: Mode, dry_run: bool) -> None:
    response = fakes.client.post(SYNC + query, headers=BEARER)
    assert response.status_code == 202
    assert fakes.asked == [("start", "students", mode, dry_run)]
    assert response.json()["id"] == 7


def test_options_may_stand_in_a_json_body(fakes: Fakes) -> None:
    fakes.client.post(SYNC, json={"mode": "full", "dry_run": True}, headers=BEARER)
    assert fakes.asked == [("start", "students", Mode.FULL, True)]


def test_a_full_sync_is_of_everything(fakes: Fakes) -> None:
    response = fakes.client.post(f"{FULL}?dry_run=true", headers=BEARER)
    assert (response.status_code, response.json()["state"]) == (202, "running")
    assert fakes.asked == [("start", None, Mode.FULL, True)]


@pytest.mark.parametrize(
    ("path", "wrong"),
    [
        (f"{SYNC}?mode=all", ["mode"]),
        (f"{SYNC}?dry_run=perhaps", ["dry_run"]),
        (f"{SYNC}?dryrun=true", ["dryrun"]),
        (f"{FULL}?mode=delta", ["mode"]),
        (f"{FULL}?base_url=https://evil.example", ["base_url"]),
    ],
)
def test_a_wrong_or_misspelt_option_starts_nothing(
    fakes: Fakes, path: str, wrong: list[str]
) -> None:
    response = fakes.client.post(path, headers=BEARER)
    assert refusal(response) == (400, "bad_option")
    assert response.json()["options"] == wrong
    assert not fakes.asked


@pytest.mark.parametrize("body", [b"[", b"[]", b"\xff", b"[" * 20_000])
def test_a_body_that_is_no_object_starts_nothing(fakes: Fakes, body: bytes) -> None:
    response = fakes.client.post(FULL, content=body, headers=BEARER)
    assert (response.status_code, response.json()["error"]) == (400, "not_json")
    assert not fakes.asked


def test_a_large_body_is_refused(fakes: Fakes) -> None:
    assert fakes.client.post(FULL, content=b" " * 65_537, headers=BEARER).status_code == 413


def test_the_status_is_of_the_latest_sync_or_of_one(fakes: Fakes) -> None:
    fakes.jobs = {7: job(), 9: job(id=9, state=RunState.DONE)}
    client = fakes.client
    assert client.get(STATUS, headers=BEARER).json()["state"] == "done"
    shown = client.get(f"{STATUS}?id=7", headers=BEARER).json()
    assert shown["modules"] == {"BTEC_Students": {"inserted": 3}}


@pytest.mark.parametrize(
    ("query", "status"), [("", 404), ("?id=3", 404), ("?id=x", 400), ("?id=-1", 400)]
)
def test_a_sync_that_is_not_there_is_not_found(fakes: Fakes, query: str, status: int) -> None:
    assert fakes.client.get(STATUS + query, headers=BEARER).status_code == status


@pytest.mark.parametrize(("method", "path"), DOORS)
@pytest.mark.parametrize(
    ("fault", "status"),
    [
        (OperatorError("No such.", reason="module_not_mapped", fix="Use x."), 404),
        (OperatorError("Busy.", reason="sync_running"), 409),
        (OperatorError("Wrong.", reason="other"), 400),
        (RetryLater("Later.", reason="database_locked"), 503),
        (PauseLink("Later.", reason="maintenance", retry_after=90.0), 503),
        (ContractError("Bug.", reason="contract_broken"), 502),
    ],
)
def test_a_named_error_becomes_its_status(
    fakes: Fakes, method: str, path: str, fault: MziError, status: int
) -> None:
    fakes.fault = fault
    response = fakes.client.request(method, path, headers=BEARER)
    assert (response.status_code, response.json()["error"]) == (status, fault.reason)
    if status == 503:
        wanted = "90" if isinstance(fault, PauseLink) else "5"
        assert response.headers["retry-after"] == wanted


def test_channels_are_set_up_and_reported(fakes: Fakes) -> None:
    fakes.outcomes = [ChannelOutcome("BTEC_Students", "1001", "enabled", 5.0, 5.0)]
    response = fakes.client.post(CHANNELS, headers=BEARER)
    assert (response.status_code, response.json()["failed"]) == (200, 0)
    assert response.json()["channels"][0]["done"] == "enabled"


def test_a_channel_that_failed_is_no_success(fakes: Fakes) -> None:
    fakes.outcomes = [
        ChannelOutcome("A", "1", "kept"),
        ChannelOutcome("B", "2", "failed", reason="no_permission"),
    ]
    response = fakes.client.post(CHANNELS, headers=BEARER)
    assert (response.status_code, response.json()["failed"]) == (502, 1)


@settings(max_examples=100)
@given(body=st.binary(max_size=200), query=st.text(max_size=50))
def test_no_admin_request_causes_a_server_error(body: bytes, query: str) -> None:
    client = Fakes().client
    for path in (SYNC, FULL):
        response = client.post(path, params={"q": query}, content=body, headers=BEARER)
        assert response.status_code in {202, 400}
