from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from anyio.from_thread import start_blocking_portal
from cryptography.fernet import Fernet

from mzi_bridge.sandbox.serve import SandboxAddresses, SandboxOptions, running_sandbox
from mzi_bridge.settings import Settings
from tests.unit.cli.desk import Mzi


@pytest.fixture
def sandbox() -> Iterator[SandboxAddresses]:
    options = SandboxOptions(students=3)
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(running_sandbox(options)) as addresses,
    ):
        yield addresses


@pytest.fixture
def mzi(
    sandbox: SandboxAddresses,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Mzi:
    for info in Settings.model_fields.values():
        monkeypatch.delenv(str(info.validation_alias), raising=False)
    monkeypatch.chdir(tmp_path)
    values = {
        **sandbox.as_json()["env"],
        "DATABASE_URL": f"sqlite:///{tmp_path / 'journal.sqlite3'}",
        "MZI_SECRET_KEY": Fernet.generate_key().decode(),
        "WEBHOOK_BASE_URL": "http://127.0.0.1:9",
        "ADMIN_TOKEN": "an-admin-token-of-thirty-two-characters",
        "COLUMNS": "200",
    }
    return Mzi(sandbox, values, monkeypatch, capsys, tmp_path)
