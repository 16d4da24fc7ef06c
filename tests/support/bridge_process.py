"""`mzi serve` as a process of its own, which can be killed."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import anyio
import httpx2

ROOT = Path(__file__).parents[2]
SECONDS_TO_START = 60.0


@dataclass
class BridgeProcess:
    """`environment` holds all its settings; `log` is appended to at every start."""

    environment: Mapping[str, str]
    port: int
    log: Path
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-c", "from mzi_bridge.cli import main; main()", "serve"],
                cwd=self.log.parent,
                env=kept | {"PYTHONPATH": str(ROOT)} | dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def kill(self) -> None:
        """SIGKILL."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def resident_mib(self) -> float:
        """Its memory that is in use now (Linux)."""
        assert self._process is not None
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        [line] = [line for line in status.splitlines() if line.startswith("VmRSS:")]
        return int(line.split()[1]) / 1024

    @property
    def cpu_seconds(self) -> float:
        """How long cores have worked for it (Linux)."""
        assert self._process is not None
        after_name = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(after_name[11]) + int(after_name[12])) / os.sysconf("SC_CLK_TCK")

    async def answers(self) -> None:
        """Returns once it serves."""
        with anyio.fail_after(SECONDS_TO_START):
            async with httpx2.AsyncClient(trust_env=False) as http:
                while True:
                    assert self.alive, self.words()[-3000:]
                    try:
                        await http.get(f"{self.url}/health")
                        return
                    except httpx2.TransportError:
                        await anyio.sleep(0.05)

    def words(self) -> str:
        """All it ever logged."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""
