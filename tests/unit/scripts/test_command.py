"""The commands as a person meets them, on a machine that lacks Moodle's code."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).resolve().parents[3] / "scripts"


@pytest.fixture
def run_dir() -> Iterator[Path]:
    """Short enough for sockets, which pytest's own is not, and open to the web account."""
    with tempfile.TemporaryDirectory(prefix="mzi-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def moodle_site(run_dir: Path, moodle: Path, *words: str) -> subprocess.CompletedProcess[str]:
    settings = {"MZI_RUN_DIR": str(run_dir), "MOODLE_DIR": str(moodle)}
    return subprocess.run(
        [str(SCRIPTS / "moodle_site"), *words],
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_missing_moodle_is_named_in_one_line(run_dir: Path) -> None:
    done = moodle_site(run_dir, run_dir / "none", "up")
    assert done.returncode == 3
    assert done.stderr == "moodle_site: no Moodle code directory at $MOODLE_DIR\n"


def test_too_old_a_moodle_is_named(run_dir: Path) -> None:
    (run_dir / "version.php").write_text("<?php\n$branch   = '404';\n")
    done = moodle_site(run_dir, run_dir, "lacks")
    assert (done.returncode, done.stdout) == (3, "no Moodle 4.5 or later at $MOODLE_DIR\n")


def test_what_no_package_brings_asks_for_no_package(run_dir: Path) -> None:
    done = moodle_site(run_dir, run_dir / "none", "lacks", "--packages")
    assert (done.returncode, done.stdout.strip()) == (3, "")


@pytest.mark.parametrize("words", [("status",), ("status", "--json"), ("status", "--db=mariadb")])
def test_no_site_is_a_status_of_its_own(run_dir: Path, words: tuple[str, ...]) -> None:
    done = moodle_site(run_dir, run_dir / "none", *words)
    assert (done.returncode, done.stdout) == (1, "")
    assert "no Moodle site is running" in done.stderr


@pytest.mark.parametrize("command", ["down", "stop"])
def test_ending_what_is_not_there_is_well(run_dir: Path, command: str) -> None:
    assert moodle_site(run_dir, run_dir / "none", command).returncode == 0


def test_too_long_a_place_for_sockets_is_told(run_dir: Path) -> None:
    # One that the servers' account can enter: it is swapped for another place else.
    run_dir.chmod(0o755)
    done = moodle_site(run_dir / ("x" * 90), run_dir / "none", "status")
    assert done.returncode == 1
    assert "set MZI_RUN_DIR to a shorter folder" in done.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="only root hands the servers to another account")
def test_a_place_that_the_web_account_cannot_enter_is_told(run_dir: Path) -> None:
    run_dir.chmod(0o700)
    done = moodle_site(run_dir, run_dir / "none", "status")
    assert done.returncode == 1
    assert "cannot enter" in done.stderr
