"""The real site under the browser: seeded once, known by the ids of its people and rows.

As a program it says what this machine lacks for it, and ends with 3 then.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.browser.school import School, wanted
from tests.browser.school_records import build_school

SETTING = "MZI_TEST_MOODLE"
_PROGRAMS = ("chromium", "chromium-browser", "google-chrome")


def chromium() -> str | None:
    """The path of a Chromium that the system brings; MZI_CHROMIUM names another."""
    named = os.environ.get("MZI_CHROMIUM")
    found = [named] if named else [shutil.which(name) for name in _PROGRAMS]
    return next((path for path in found if path and Path(path).exists()), None)


def lacks() -> str | None:
    """Why the browser tests cannot run here, or None."""
    if not os.environ.get(SETTING):
        return f"no real Moodle: {SETTING} is not set, see scripts/moodle_site"
    return None if chromium() else "no Chromium (Debian package chromium)"


@dataclass(frozen=True)
class Site:
    """A site with one school on it.

    `admin` logs in by name and password; `rows` holds the ids of rows by entity and CRM id.
    """

    base_url: str
    token: str
    password: str
    admin: tuple[str, str]
    cli: str
    run: str
    school: School
    users: Mapping[str, int]
    courses: Mapping[str, int]
    rows: Mapping[str, Mapping[str, int]]

    def url(self, path: str) -> str:
        return f"{self.base_url}/local/mzi/{path}"

    def student_row(self, person: str) -> int:
        return self.rows["students"][self.school.student_id(person)]

    def rows_of(self, entity: str, person: str) -> list[int]:
        """The ids of all rows of this entity that are this student's."""
        key = _key(self.school.records[entity][0])
        return [
            self.rows[entity][record[key]]
            for record in self.school.records[entity]
            if record.get("zoho_student_id") == self.school.student_id(person)
        ]

    def moodle(self, *words: str) -> str:
        """Runs one of Moodle's own CLI scripts."""
        return _said([*shlex.split(self.cli), *words])

    def script(self, file: Path, given: Any) -> Any:
        """Runs a PHP file of ours on the site: JSON in, JSON out."""
        return json.loads(_said([*shlex.split(self.run), str(file)], json.dumps(given)))

    def set_plugin(self, name: str, value: str | int) -> None:
        words = ("--component=local_mzi", f"--name={name}", f"--set={value}")
        self.moodle("admin/cli/cfg.php", *words)


def open_site() -> Site:
    """Seeds a new school on the site that the environment names."""
    facts = json.loads(os.environ[SETTING])
    school = build_school(_new_prefix(), datetime.now(UTC).date())
    given = json.dumps(wanted(school, facts["user_password"]))
    seed = str(Path(__file__).with_name("seed.php"))
    ids = json.loads(_said([*shlex.split(facts["run"]), seed], given))
    return Site(
        facts["base_url"],
        facts["token"],
        facts["user_password"],
        (facts["admin_username"], facts["admin_password"]),
        facts["cli"],
        facts["run"],
        school,
        **ids,
    )


def _new_prefix() -> str:
    """Eight digits: the time and, as several processes seed at once, the number of this one."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    return f"{int(time.time()) % 1_000_000:06d}{int(worker):02d}"


def _said(command: list[str], stdin: str = "") -> str:
    done = subprocess.run(command, input=stdin, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command[-2:]}: {done.stderr[-2000:]}"
    return done.stdout


def _key(record: Mapping[str, Any]) -> str:
    """The entity's own key: the first of a record's fields."""
    return next(iter(record))


if __name__ == "__main__":
    if what := lacks():
        print(what)
        sys.exit(3)
