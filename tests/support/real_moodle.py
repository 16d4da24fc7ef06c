"""A real Moodle site as its callers see it: by HTTP, and nothing but HTTP."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import shlex
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2

SETTINGS = {"pgsql": "MZI_TEST_MOODLE", "mariadb": "MZI_TEST_MARIADB_MOODLE"}
"""Which setting holds the line that `scripts/moodle_site up --db … --json` printed."""


MAKE_REQUEST = Path(__file__).parents[1] / "contract" / "make_request.php"
NO_BRAKE = 100_000
"""A number of closing changes that no suite reaches."""


@dataclass(frozen=True)
class MoodleSite:
    base_url: str
    token: str
    weak_token: str
    db: str
    users: tuple[Mapping[str, str], ...]
    cli: str
    run: str

    def run_file(self, file: Path, stdin: str) -> str:
        """Runs a PHP file of ours inside the site; what it printed."""
        command = [*shlex.split(self.run), str(file)]
        done = subprocess.run(command, check=True, capture_output=True, input=stdin, text=True)
        return done.stdout

    def make_request(self, student: str, files: Mapping[str, bytes]) -> dict[str, Any]:
        """A request of this student (the CRM's id), with files by name: its local id and number."""
        contents = {name: base64.b64encode(content).decode() for name, content in files.items()}
        wanted = json.dumps({"student": student, "files": contents})
        made: dict[str, Any] = json.loads(self.run_file(MAKE_REQUEST, wanted))
        return made

    def run_cli(self, *words: str) -> None:
        """Runs one of Moodle's own scripts as the administrator of the site would."""
        command = [*shlex.split(self.cli), *words]
        subprocess.run(command, check=True, capture_output=True)

    def set_plugin(self, name: str, value: int) -> None:
        """Changes a setting of local_mzi."""
        self.run_cli(
            "admin/cli/cfg.php", "--component=local_mzi", f"--name={name}", f"--set={value}"
        )


@contextlib.contextmanager
def brake_out_of_the_way(site: MoodleSite) -> Iterator[MoodleSite]:
    """The site while its brake lets everything through that a suite closes within an hour."""
    site.set_plugin("brake_minimum", NO_BRAKE)
    yield site
    site.set_plugin("brake_minimum", 10)


def sites_from_environment() -> dict[str, MoodleSite]:
    """The sites named, by database; empty if there is none."""
    lines = {db: os.environ.get(setting) for db, setting in SETTINGS.items()}
    return {db: _site(json.loads(line)) for db, line in lines.items() if line}


def _site(facts: Mapping[str, Any]) -> MoodleSite:
    names = ("base_url", "token", "weak_token", "db", "cli", "run")
    return MoodleSite(users=tuple(facts["users"]), **{name: facts[name] for name in names})


class Rest:
    """Calls of the REST server with the bridge's token, answers as Moodle gave them."""

    def __init__(self, site: MoodleSite) -> None:
        self.site = site
        self._http = httpx2.Client(base_url=site.base_url, timeout=60)

    def close(self) -> None:
        self._http.close()

    def post(self, **form: str | int) -> httpx2.Response:
        """Exactly this form, with nothing added."""
        return self._http.post("/webservice/rest/server.php", data=form)

    def call(self, function: str, *, token: str | None = None, **parameters: str | int) -> Any:
        """The decoded answer, be it a result or a fault; the token is ours unless one is given."""
        response = self.post(
            wstoken=self.site.token if token is None else token,
            wsfunction=function,
            moodlewsrestformat="json",
            **parameters,
        )
        assert response.status_code == 200, response.text
        return response.json()

    def upsert(
        self, entity: str, records: list[dict[str, Any]], **options: Any
    ) -> list[dict[str, Any]]:
        """The results, one per record; a fault fails the test."""
        text = json.dumps(records, ensure_ascii=False)
        answer = self.call(
            f"local_mzi_upsert_{entity}", records=text, count=len(records), **_options(options)
        )
        return _results(answer)

    def lose_answer(self, entity: str, records: list[dict[str, Any]]) -> None:
        """Sends the batch and hangs up before the answer: whether it took effect is unknown."""
        form = {
            "wstoken": self.site.token,
            "wsfunction": f"local_mzi_upsert_{entity}",
            "moodlewsrestformat": "json",
            "records": json.dumps(records),
            "count": len(records),
        }
        impatient = httpx2.Timeout(60, read=0.001)
        with contextlib.suppress(httpx2.ReadTimeout):
            self._http.post("/webservice/rest/server.php", data=form, timeout=impatient)

    def delete(
        self, entity: str, ids: list[Any], versions: list[Any], **options: Any
    ) -> list[dict[str, Any]]:
        """The results, one per id; a fault fails the test."""
        lists = {"ids": json.dumps(ids), "versions": json.dumps(versions)}
        answer = self.call("local_mzi_delete_records", entity=entity, **lists, **_options(options))
        return _results(answer)

    def rows(self, entity: str, ids: list[str]) -> dict[str, dict[str, Any]]:
        """The stored rows by id, keyed by the entity's first column after `zoho_`."""
        answer = self.call("local_mzi_get_rows", entity=entity, ids=json.dumps(ids))
        assert "rows" in answer, answer
        key = f"zoho_{_SINGULAR.get(entity, entity.removesuffix('s'))}_id"
        return {row[key]: row for row in json.loads(answer["rows"])}


def _options(options: Mapping[str, Any]) -> dict[str, str]:
    return {"options": json.dumps(options)} if options else {}


def _results(answer: Any) -> list[dict[str, Any]]:
    assert "results" in answer, answer
    results: list[dict[str, Any]] = answer["results"]
    assert answer["count"] == len(results)
    assert [result["index"] for result in results] == list(range(len(results)))
    return results


_SINGULAR = {"classes": "class"}
