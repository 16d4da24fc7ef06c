"""The commands as a person meets them, on a machine that lacks Moodle's code."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).resolve().parents[3] / "scripts"


def moodle_site(run_dir: Path, moodle: Path, *words: str) -> subprocess.CompletedProcess[str]:
    settings = {"MZI_RUN_DIR": str(run_dir), "MOODLE_DIR": str(moodle)}
    return subprocess.run(
        [str(SCRIPTS / "moodle_site"), *words],
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_missing_moodle_is_named_in_one_line(tmp_path: Path) -> None:
    done = moodle_site(tmp_path, tmp_path / "none", "up")
    assert done.returncode == 3
    assert done.stderr == "moodle_site: no Moodle code directory at $MOODLE_DIR\n"


def test_too_old_a_moodle_is_named(tmp_path: Path) -> None:
    (tmp_path / "version.php").write_text("<?php\n$branch   = '404';\n")
    done = moodle_site(tmp_path, tmp_path, "lacks")
    assert (done.returncode, done.stdout) == (3, "no Moodle 4.5 or later at $MOODLE_DIR\n")


def test_what_no_package_brings_asks_for_no_package(tmp_path: Path) -> None:
    done = moodle_site(tmp_path, tmp_path / "none", "lacks", "--packages")
    assert (done.returncode, done.stdout.strip()) == (3, "")


@pytest.mark.parametrize("words", [("status",), ("status", "--json"), ("status", "--db=mariadb")])
def test_no_site_is_a_status_of_its_own(tmp_path: Path, words: tuple[str, ...]) -> None:
    done = moodle_site(tmp_path, tmp_path / "none", *words)
    assert (done.returncode, done.stdout) == (1, "")
    assert "no Moodle site is running" in done.stderr


@pytest.mark.parametrize("command", ["down", "stop"])
def test_ending_what_is_not_there_is_well(tmp_path: Path, command: str) -> None:
    assert moodle_site(tmp_path, tmp_path / "none", command).returncode == 0


def test_too_long_a_place_for_sockets_is_told(tmp_path: Path) -> None:
    done = moodle_site(tmp_path / ("x" * 90), tmp_path / "none", "status")
    assert done.returncode == 1
    assert "set MZI_RUN_DIR to a shorter folder" in done.stderr
