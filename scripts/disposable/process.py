"""Running a command to its end, and a server until it is told to stop."""

from __future__ import annotations

import os
import random
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from scripts.disposable.account import Account
from scripts.disposable.errors import SiteError

# Below the ports that the kernel hands out by itself, so that no client's socket is in the way.
_PORTS = range(18_000, 32_000)
_SYSTEM_FOLDERS = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def which(program: str) -> str | None:
    """The program's path; the folders for administrators count, whoever runs us."""
    return shutil.which(program, path=f"{os.environ.get('PATH', '')}:{_SYSTEM_FOLDERS}")


def run(
    command: Sequence[str | Path],
    account: Account | None,
    cwd: Path,
    *,
    stdin: str | None = None,
    env: Mapping[str, str] | None = None,
) -> str:
    """Runs to the end, as ourselves if no account is given, and answers what it printed.

    Raises `SiteError` with the command's last words if it fails.
    """
    done: subprocess.CompletedProcess[str] = subprocess.run(  # noqa: S603
        [str(part) for part in command],
        cwd=cwd,
        input=stdin or "",
        env=clean_environment(cwd, env),
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
        **(account.popen if account else {}),
    )
    if done.returncode != 0:
        said = "\n".join((done.stdout + done.stderr).strip().splitlines()[-20:])
        raise SiteError(f"{_named(command)} failed with exit code {done.returncode}:\n{said}")
    return done.stdout


def run_in_sight(
    command: Sequence[str | Path], account: Account, cwd: Path, env: Mapping[str, str]
) -> int:
    """Runs with its output on ours and answers its exit code."""
    return subprocess.run(  # noqa: S603
        [str(part) for part in command],
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        env=clean_environment(cwd, env),
        check=False,
        **account.popen,
    ).returncode


def _named(command: Sequence[str | Path]) -> str:
    words = [Path(part).name for part in command]
    return " ".join([word for word in words if not set("-=") & set(word)][:2])


def clean_environment(home: Path, extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """An environment that carries nothing of the caller's but the path."""
    path = f"{_SYSTEM_FOLDERS}:{os.environ.get('PATH', '')}"
    return {"PATH": path, "HOME": str(home), "LANG": "C.UTF-8", "TZ": "UTC", **(extra or {})}


def port_is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_port() -> int:
    for port in random.sample(_PORTS, 200):
        if port_is_free(port):
            return port
    raise SiteError("no free loopback port between 18000 and 32000")


def port_answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


@dataclass(frozen=True)
class Server:
    """A server in the foreground, detached from us, known by its pid file and log in `folder`."""

    name: str
    command: tuple[str, ...]
    folder: Path
    account: Account
    stop_signal: signal.Signals = signal.SIGTERM

    @property
    def log(self) -> Path:
        return self.folder / f"{self.name}.log"

    @property
    def _pid_file(self) -> Path:
        return self.folder / f"{self.name}.pid"

    def start(self, ready: Callable[[], bool], seconds: float = 60) -> None:
        """Returns once `ready()` holds; `SiteError` with the log's end if it ends before."""
        if self.running():
            return
        self.account.make_folder(self.folder)
        with self.account.write(self.log, "").open("a") as log:
            child = subprocess.Popen(  # noqa: S603
                self.command,
                cwd=self.folder,
                env=clean_environment(self.folder),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **self.account.popen,
            )
        self.account.write(self._pid_file, f"{child.pid} {_birth(child.pid)}\n")
        deadline = time.monotonic() + seconds
        while not ready():
            if child.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise SiteError(f"{self.name} did not start:\n{self._last_words()}")
            time.sleep(0.05)
        child.returncode = 0  # it outlives us: Popen need not wait for it, nor warn

    def running(self) -> bool:
        return self._pid() is not None

    def stop(self, seconds: float = 30) -> None:
        """Asks it to end, and ends it by force after `seconds`."""
        deadline = time.monotonic() + seconds
        asked = False
        while (pid := self._pid()) is not None:
            with suppress(ProcessLookupError):
                if time.monotonic() > deadline:
                    os.kill(pid, signal.SIGKILL)
                elif not asked:
                    os.kill(pid, self.stop_signal)
            asked = True
            time.sleep(0.02)
        self._pid_file.unlink(missing_ok=True)

    def _pid(self) -> int | None:
        """The pid, if that process still lives and is the one we started, not a later namesake."""
        try:
            pid, birth = self._pid_file.read_text().split()
        except (FileNotFoundError, ValueError):
            return None
        return int(pid) if _birth(int(pid)) == birth else None

    def _last_words(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-20:])


def _birth(pid: int) -> str:
    """The process's start time in clock ticks (proc(5), field 22); '' when it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return ""
    return "" if fields[0] == "Z" else fields[19]
