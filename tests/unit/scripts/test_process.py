from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.disposable.account import service_account
from scripts.disposable.errors import SiteError
from scripts.disposable.process import Server, free_port, port_is_free, run

SLEEPER = (sys.executable, "-c", "import signal; print('up', flush=True); signal.pause()")
STUBBORN = (
    sys.executable,
    "-c",
    "import signal; signal.signal(15, signal.SIG_IGN); print('up', flush=True)\n"
    "while True: signal.pause()",
)


def server(folder: Path, command: tuple[str, ...]) -> Server:
    own = service_account()
    account = type(own)(own.name, os.geteuid(), os.getegid(), switched=False)
    return Server("sleeper", command, folder, account)


def started(folder: Path, command: tuple[str, ...] = SLEEPER) -> Server:
    one = server(folder, command)
    one.start(lambda: "up" in one.log.read_text(), seconds=20)
    return one


def pid_of(one: Server) -> int:
    return int((one.folder / "sleeper.pid").read_text().split()[0])


def test_a_server_runs_until_it_is_stopped(tmp_path: Path) -> None:
    one = started(tmp_path)
    assert one.running()
    one.stop()
    assert not one.running()


def test_another_object_finds_and_stops_it(tmp_path: Path) -> None:
    started(tmp_path)
    server(tmp_path, SLEEPER).stop()
    assert not server(tmp_path, SLEEPER).running()


def test_starting_twice_keeps_the_first(tmp_path: Path) -> None:
    one = started(tmp_path)
    first = pid_of(one)
    started(tmp_path)
    assert pid_of(one) == first
    one.stop()


def test_a_server_that_does_not_listen_is_ended_by_force(tmp_path: Path) -> None:
    one = started(tmp_path, STUBBORN)
    one.stop(seconds=0.2)
    assert not one.running()


def test_stopping_what_does_not_run_is_no_error(tmp_path: Path) -> None:
    server(tmp_path, SLEEPER).stop()


def test_a_later_process_with_the_same_pid_is_left_alone(tmp_path: Path) -> None:
    with subprocess.Popen(SLEEPER, stdout=subprocess.DEVNULL) as stranger:
        (tmp_path / "sleeper.pid").write_text(f"{stranger.pid} 1\n")
        one = server(tmp_path, SLEEPER)
        assert not one.running()
        one.stop()
        assert stranger.poll() is None
        stranger.kill()


def test_a_server_that_dies_at_once_is_told_with_its_last_words(tmp_path: Path) -> None:
    one = server(tmp_path, (sys.executable, "-c", "raise SystemExit('no such luck')"))
    with pytest.raises(SiteError, match="no such luck"):
        one.start(lambda: False, seconds=20)


def test_the_files_of_a_server_are_for_its_account_alone(tmp_path: Path) -> None:
    one = started(tmp_path)
    one.stop()
    assert one.log.stat().st_mode & 0o077 == 0


def test_a_failed_command_is_told_with_its_last_words(tmp_path: Path) -> None:
    with pytest.raises(SiteError, match="exit code 3:\nbad news"):
        run([sys.executable, "-c", "print('bad news'); raise SystemExit(3)"], None, tmp_path)


def test_a_command_sees_nothing_of_our_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_OF_OURS", "1")
    said = run([sys.executable, "-c", "import os; print(sorted(os.environ))"], None, tmp_path)
    assert "SECRET_OF_OURS" not in said


def test_a_free_port_is_free() -> None:
    assert port_is_free(free_port())


def test_a_port_in_use_is_not_free() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        assert not port_is_free(taken.getsockname()[1])
