"""Each subcommand is found and imported alone."""

from __future__ import annotations

import subprocess
import sys

import pytest
from typer.testing import CliRunner

from mzi_bridge.cli.main import app
from mzi_bridge.cli.subcommands import COMMANDS

FOR_OTHERS = ("vcr", "alembic", "mzi_bridge.sandbox", "mzi_bridge.demo", "mzi_bridge.cassettes")


@pytest.mark.parametrize("name", COMMANDS)
def test_a_subcommand_answers_for_itself(name: str) -> None:
    told = CliRunner().invoke(app, [name, "--help"])
    assert told.exit_code == 0, told.output
    assert f"mzi {name}" in told.output


def test_an_unknown_one_is_named() -> None:
    told = CliRunner().invoke(app, ["nosuch"])
    assert told.exit_code == 2
    assert "nosuch" in told.output


def test_serving_imports_nothing_that_only_others_want() -> None:
    code = "import sys, mzi_bridge.cli.main, mzi_bridge.cli.serve; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert not set(FOR_OTHERS) & set(loaded.stdout.split())


COLLECTING = """
import gc, typer
from mzi_bridge.cli.main import app
begun = []
gc.callbacks.append(lambda phase, info: begun.append(phase))
typer.main.get_group(app).get_command(None, "serve")
print(len(begun), gc.isenabled(), gc.get_freeze_count())
"""


def test_what_a_subcommand_loads_is_never_walked_through_by_the_collector() -> None:
    done = subprocess.run(
        [sys.executable, "-c", COLLECTING], capture_output=True, text=True, check=True
    )
    walks, enabled, kept = done.stdout.split()
    assert enabled == "True"
    assert int(walks) < 50 and int(kept) > 50_000
