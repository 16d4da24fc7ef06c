"""A real Moodle site as its callers see it: by HTTP, and nothing but HTTP."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx2

SETTINGS = {"pgsql": "MZI_TEST_MOODLE", "mariadb": "MZI_TEST_MARIADB_MOODLE"}
"""Which setting holds the line that `scripts/moodle_site up --db … --json` printed."""


@dataclass(frozen=True)
class MoodleSite:
    base_url: str
    token: str
    weak_token: str
    db: str
    users: tuple[Mapping[str, str], ...]
    cli: str

    def run_cli(self, *words: str) -> None:
        """Runs one of Moodle's own scripts as the administrator of the site would."""
        command = [*shlex.split(self.cli), *words]
        subprocess.run(command, check=True, capture_output=True)


def sites_from_environment() -> dict[str, MoodleSite]:
    """The sites named, by database; empty if there is none."""
    lines = {db: os.environ.get(setting) for db, setting in SETTINGS.items()}
    return {db: _site(json.loads(line)) for db, line in lines.items() if line}


def _site(facts: Mapping[str, Any]) -> MoodleSite:
    names = ("base_url", "token", "weak_token", "db", "cli")
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

    def upsert(self, entity: str, records: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The results, one per record; a fault fails the test."""
        text = json.dumps(records, ensure_ascii=False)
        answer = self.call(f"local_mzi_upsert_{entity}", records=text, count=len(records))
        assert "results" in answer, answer
        results: list[dict[str, Any]] = answer["results"]
        return results

    def rows(self, entity: str, ids: list[str]) -> dict[str, dict[str, Any]]:
        """The stored rows by id, keyed by the entity's first column after `zoho_`."""
        answer = self.call("local_mzi_get_rows", entity=entity, ids=json.dumps(ids))
        assert "rows" in answer, answer
        key = f"zoho_{_SINGULAR.get(entity, entity.removesuffix('s'))}_id"
        return {row[key]: row for row in json.loads(answer["rows"])}


_SINGULAR = {"classes": "class"}
