"""The wheel has all that the bridge needs at run time: looked at, then used without the tree."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parents[2]
USE = Path(__file__).with_name("wheel_in_use.py")


def run(*words: str, cwd: Path, env: Mapping[str, str] | None = None) -> str:
    done = subprocess.run(
        [sys.executable, *words], cwd=cwd, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    run("-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder), cwd=ROOT)
    [built] = folder.glob("mzi_bridge-*.whl")
    return built


@pytest.fixture(scope="module")
def names(wheel: Path) -> frozenset[str]:
    with ZipFile(wheel) as archive:
        return frozenset(archive.namelist())


def test_every_file_of_the_package_is_in_the_wheel(names: frozenset[str]) -> None:
    tracked = subprocess.run(
        ["git", "ls-files", "mzi_bridge"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert set(tracked.stdout.split()) - names == set()


@pytest.mark.parametrize(
    "wanted",
    [
        "mzi_bridge/admin/templates/base.html",
        "mzi_bridge/admin/static/console.css",
        "mzi_bridge/admin/locale/ar.po",
        "mzi_bridge/api/static/redoc/redoc.standalone.js",
        "mzi_bridge/api/static/swagger-ui/swagger-ui-bundle.js",
        "mzi_bridge/journal/migrations/env.py",
        "mzi_bridge/sandbox/contract.json",
        "mzi_bridge/mapping/presets/btec.toml",
    ],
)
def test_what_is_no_code_is_in_the_wheel(names: frozenset[str], wanted: str) -> None:
    assert wanted in names


def test_every_shipped_preset_is_in_the_wheel(names: frozenset[str]) -> None:
    in_tree = {file.name for file in (ROOT / "config" / "field_mappings").glob("*.toml")}
    assert {f"mzi_bridge/mapping/presets/{name}" for name in in_tree} <= names


def test_nothing_but_the_package_is_in_the_wheel(names: frozenset[str]) -> None:
    assert {name.partition("/")[0].partition("-")[0] for name in names} == {"mzi_bridge"}


def test_a_bridge_of_the_wheel_alone_serves_console_and_documentation(
    wheel: Path, tmp_path: Path
) -> None:
    home, elsewhere = tmp_path / "site", tmp_path / "elsewhere"
    with ZipFile(wheel) as archive:
        archive.extractall(home)
    elsewhere.mkdir()
    env = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")}
    said = run("-P", str(USE), str(home), cwd=elsewhere, env={**env, "PYTHONPATH": str(home)})
    assert said.split() == ["used"]
