"""`mzi init`: a bridge to begin with."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from typer.testing import CliRunner

from mzi_bridge.cli.main import app
from mzi_bridge.settings import load_settings


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("MZI_SECRET_KEY", "ADMIN_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_new_bridge_gets_its_key_and_its_token(folder: Path) -> None:
    said = CliRunner().invoke(app, ["init"])
    assert said.exit_code == 0
    file = folder / ".env"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    settings = load_settings(file, require=["secret_key", "admin"])
    assert settings.admin_token is not None
    assert settings.admin_token.get_secret_value() in said.output
    assert settings.secret_keys[0].get_secret_value() not in said.output


def test_a_file_that_is_there_is_left_as_it_is(folder: Path) -> None:
    (folder / ".env").write_text("ADMIN_TOKEN=mine\n")
    said = CliRunner().invoke(app, ["init"])
    assert said.exit_code != 0
    assert (folder / ".env").read_text() == "ADMIN_TOKEN=mine\n"
    assert "is there already" in str(said.exception)


def test_a_folder_that_is_not_there_is_named(folder: Path) -> None:
    said = CliRunner().invoke(app, ["init", "--env-file", "no/such/.env"])
    assert said.exit_code != 0
    assert "cannot be written" in str(said.exception)
