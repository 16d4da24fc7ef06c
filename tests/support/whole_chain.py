"""A real Moodle, a bridge process and an emulated CRM, each behind its own address."""

from __future__ import annotations

import json
import secrets
import sqlite3
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import anyio
import httpx2

from scripts.disposable.process import free_port
from tests.support.bridge_process import ROOT, BridgeProcess
from tests.support.http_crm import HttpCrm, http_crm
from tests.support.real_moodle import MoodleSite, Rest
from tests.support.stream import environment, new_secret_key
from tests.support.world import ADMIN_TOKEN

PLAY = ROOT / "tests" / "moodle" / "play.php"
LOOK = ROOT / "tests" / "moodle" / "look.php"
PASSWORD = "Play-4-everybody"
CRON = ("admin/cli/cron.php", "--keep-alive=0")
SECONDS = 60.0
Found = TypeVar("Found")


@dataclass(frozen=True)
class Chain:
    site: MoodleSite
    rest: Rest
    crm: HttpCrm
    bridge: BridgeProcess
    journal: Path

    # Moodle

    def play(self, act: str, **given: Any) -> Any:
        """One act of `play.php`."""
        return self.play_all([{"act": act, **given}])[0]

    def play_all(self, acts: list[dict[str, Any]]) -> list[Any]:
        answers: list[Any] = json.loads(self.site.run_file(PLAY, json.dumps(acts)))
        return answers

    def look(self, act: str, **given: Any) -> Any:
        """One act of `look.php`."""
        return json.loads(self.site.run_file(LOOK, json.dumps([{"act": act, **given}])))[0]

    def rows(self, table: str, **where: Any) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self.look("rows", table=f"local_mzi_{table}", where=where)
        return rows

    def set(self, **values: str | int | None) -> None:
        """Settings of the plugin; None takes one away."""
        self.look("set", values=values)

    def cron(self, *due: str) -> None:
        """One run of cron, a minute after the last: the delivery and the tasks named are due."""
        self.look("due", names=["queue_deliveries", *due])
        self.site.run_cli(*CRON)

    def two_crons(self, *due: str) -> None:
        """Two processes at once."""
        self.look("due", names=["queue_deliveries", *due])
        command = [*self.site.cli.split(), *CRON]
        runs = [subprocess.Popen(command, stdout=subprocess.DEVNULL) for _ in range(2)]
        assert [run.wait() for run in runs] == [0, 0]

    # The whole

    def rest_of(self) -> None:
        """Cron, minute by minute, until nothing is due any more, here or in the bridge."""
        for _ in range(8):
            self.until(lambda: not self.owed())
            if not any(self.look("due", names=["queue_deliveries"]).values()):
                return
            self.site.run_cli(*CRON)
        raise AssertionError("it does not come to rest")

    def until(self, look: Callable[[], Found], seconds: float = SECONDS) -> Found:
        """What `look` answers, once that is true."""
        end = time.monotonic() + seconds
        while not (found := look()):
            assert time.monotonic() < end, self.bridge.words()[-3000:]
            time.sleep(0.1)
        return found

    # The bridge

    def owed(self, *, shown: bool = False) -> list[tuple[Any, ...]]:
        """What the bridge has still to do; `shown`: also the later look at what it wrote itself."""
        looks = "SELECT module, record_id, last_reason FROM inbox"
        if not shown:
            now = time.time()
            looks += f" WHERE ready_at <= {now} OR attempts > 0 OR lease_id IS NOT NULL"
        pushes = "SELECT kind, record_key, last_reason FROM pushes WHERE state = 'due'"
        return self.asked(pushes) + self.asked(looks)

    def asked(self, question: str) -> list[tuple[Any, ...]]:
        """Rows of the bridge's journal."""
        with closing(sqlite3.connect(self.journal, timeout=30)) as journal:
            return journal.execute(question).fetchall()

    def dashboard(self, user: int) -> dict[str, Any]:
        """What the pages of this user show, by way of the bridge."""
        answer = httpx2.get(
            f"{self.bridge.url}/api/v1/students/profile",
            params={"moodle_user_id": user},
            headers={"Authorization": f"Bearer {ADMIN_TOKEN}"},
            timeout=30,
        )
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def start_bridge(self) -> None:
        self.bridge.start()
        anyio.run(self.bridge.answers)


@contextmanager
def whole_chain(site: MoodleSite, folder: Path, **switches: Any) -> Iterator[Chain]:
    """All of it from nothing but the site's users; notices alone carry what the office does."""
    key = "whsec_" + b64encode(secrets.token_bytes(32)).decode()
    port, journal = free_port(), folder / "journal.sqlite3"
    with http_crm(**switches) as crm, closing(Rest(site)) as rest:
        names = _settings(crm.url, site, journal, port, key)
        chain = Chain(site, rest, crm, BridgeProcess(names, port, folder / "bridge.log"), journal)
        chain.look("begin")
        told = (f"--bridge-url={chain.bridge.url}", f"--event-key={key}")
        chain.site.run_cli("local/mzi/cli/setup_bridge.php", *told)
        try:
            chain.start_bridge()
            _register_channels(names, folder)
            chain.site.run_cli(*CRON)
            yield chain
        finally:
            chain.bridge.kill()
            chain.set(bridgeurl=None, eventkey=None, eventkeyprevious=None)


def _settings(crm_url: str, site: MoodleSite, journal: Path, port: int, key: str) -> dict[str, str]:
    return environment(crm_url, f"sqlite:///{journal}", new_secret_key()) | {
        "MOODLE_BASE_URL": site.base_url,
        "MOODLE_TOKEN": site.token,
        "MZI_PORT": str(port),
        "WEBHOOK_BASE_URL": f"http://127.0.0.1:{port}",
        "MZI_EVENT_SECRETS": key,
        "MZI_PUSH_LINGER": "0.2",
        "MZI_PROFILE_FIELDS": "Phone_Number,City",
        "MZI_POLL_SECONDS": "0",
        "MZI_RECONCILE_HOURS": "0",
    }


def _register_channels(names: dict[str, str], folder: Path) -> None:
    """As an operator does, by `mzi channels setup`."""
    command = [sys.executable, "-c", "from mzi_bridge.cli import main; main()", "channels", "setup"]
    done = subprocess.run(
        command,
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), **names},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
