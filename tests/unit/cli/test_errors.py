"""What a person in an office reads when something is wrong."""

from __future__ import annotations

import pytest

from mzi_bridge.cli.main import exit_code
from mzi_bridge.errors import (
    ContractError,
    MziError,
    OperatorError,
    PauseLink,
    RejectRecord,
    RetryLater,
)
from tests.unit.cli.desk import Mzi

SECRET = "canary-secret-0123456789"


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (OperatorError("x", reason="x"), 2),
        (RetryLater("x", reason="x"), 3),
        (PauseLink("x", reason="x"), 3),
        (ContractError("x", reason="x"), 4),
        (RejectRecord("x", reason="x"), 1),
    ],
)
def test_each_error_has_its_exit_code(error: MziError, code: int) -> None:
    assert exit_code(error) == code


@pytest.mark.parametrize("command", [["serve"], ["work"], ["sync", "full"], ["channels", "list"]])
def test_missing_settings_are_all_named_with_an_example(mzi: Mzi, command: list[str]) -> None:
    said = mzi(*command, ZOHO_CLIENT_ID=None, MOODLE_TOKEN=None, ADMIN_TOKEN=None)
    assert said.code == 2
    assert said.err.startswith("mzi: 2 setting(s) cannot be used:")
    for line in (
        "ZOHO_CLIENT_ID is not set (example: 1000.ABC",
        "MOODLE_TOKEN is not set (example: 32 hexadecimal characters)",
    ):
        assert line in said.err
    assert "Traceback" not in said.err


def test_a_wrong_setting_is_named_and_never_quoted(mzi: Mzi) -> None:
    said = mzi("serve", MZI_SECRET_KEY=SECRET, MZI_PORT="eighty")
    assert said.code == 2
    assert "MZI_SECRET_KEY" in said.err and "MZI_PORT" in said.err
    assert SECRET not in said.err


def test_an_env_file_that_is_not_there_is_named(mzi: Mzi) -> None:
    said = mzi("sync", "full", "--env-file", "office.env")
    assert said.code == 2
    assert "office.env is not a file" in said.err


def test_settings_may_stand_in_a_file(mzi: Mzi) -> None:
    lines = "\n".join(f"{name}={value}" for name, value in mzi.values.items())
    (mzi.folder / "office.env").write_text(lines)
    mzi.values = {}
    assert mzi("sync", "delta", "--module", "teachers", "--env-file", "office.env").code == 0


def test_a_database_that_cannot_be_opened_is_said_in_one_line(mzi: Mzi) -> None:
    said = mzi("dead", "list", DATABASE_URL="sqlite:////no/such/folder/journal.sqlite3")
    assert said.code == 2
    assert "no directory" in said.err and "Traceback" not in said.err


def test_a_crm_that_is_away_is_worth_another_try(mzi: Mzi) -> None:
    away = "http://127.0.0.1:9"
    said = mzi("sync", "full", "--module", "teachers", ZOHO_API_URL=away, ZOHO_ACCOUNTS_URL=away)
    assert said.code == 3
    assert "Check the network" in said.err and "Traceback" not in said.err


def test_a_moodle_token_that_is_refused_says_what_to_run(mzi: Mzi) -> None:
    said = mzi("sync", "full", "--module", "teachers", MOODLE_TOKEN="0" * 32)
    assert said.code == 3
    assert "Make a new token on Moodle's page Access of the bridge" in said.err


def test_an_unknown_module_is_answered_with_the_known_ones(mzi: Mzi) -> None:
    said = mzi("sync", "full", "--module", "aliens")
    assert said.code == 2
    assert "BTEC_Students (students)" in said.err


def test_help_names_every_command(mzi: Mzi) -> None:
    said = mzi("--help")
    for word in ("serve", "work", "sandbox", "demo", "doctor", "sync", "channels", "mappings"):
        assert word in said.out
