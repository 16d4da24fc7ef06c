"""Which commands of a disposable site wait for each other."""

from __future__ import annotations

import fcntl
from pathlib import Path

import pytest

from scripts.disposable.account import service_account
from scripts.disposable.folder import Folder


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder("pgsql", tmp_path / "moodle-pgsql", service_account())


def can_lock(folder: Folder, how: int) -> bool:
    with folder.top.with_suffix(".lock").open("w") as lock:
        try:
            fcntl.flock(lock, how | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def test_what_changes_nothing_in_the_folder_runs_beside_its_like(folder: Folder) -> None:
    with folder.beside_others():
        assert can_lock(folder, fcntl.LOCK_SH)
        assert not can_lock(folder, fcntl.LOCK_EX)


def test_what_changes_the_folder_runs_alone(folder: Folder) -> None:
    with folder.alone():
        assert not can_lock(folder, fcntl.LOCK_SH)
    assert can_lock(folder, fcntl.LOCK_EX)
