"""The command as a person calls it."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest

from mzi_bridge.cli import main
from mzi_bridge.mapping.shipped import find_preset
from mzi_bridge.sandbox.serve import SandboxAddresses


@dataclass(frozen=True)
class Said:
    """How a command ended and what it said."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass
class Mzi:
    """`mzi` on a sandbox of its own, over real HTTP."""

    sandbox: SandboxAddresses
    values: dict[str, str]
    patch: pytest.MonkeyPatch
    capture: pytest.CaptureFixture[str]
    folder: Path

    def __call__(self, *words: str, **changes: str | None) -> Said:
        """Runs `mzi words…`; `changes` to the environment, None takes a setting out."""
        for name, value in {**self.values, **changes}.items():
            if value is None:
                self.patch.delenv(name, raising=False)
            else:
                self.patch.setenv(name, value)
        self.patch.setattr(sys, "argv", ["mzi", *words])
        self.capture.readouterr()
        code = 0
        try:
            main()
        except SystemExit as end:
            code = int(end.code or 0)
        shown = self.capture.readouterr()
        return Said(code, shown.out, shown.err)

    def own_mapping(self, old: str, new: str) -> str:
        """A file of the office's own: the default mapping with one text replaced."""
        text = find_preset("btec").read_text(encoding="utf-8")
        assert old in text
        file = self.folder / "own.toml"
        file.write_text(text.replace(old, new), encoding="utf-8")
        return str(file)

    def crm(self, path: str, body: Mapping[str, Any] | list[Any]) -> Any:
        """A call of the emulated CRM's control."""
        answer = httpx2.post(f"{self.sandbox.zoho_url}/_control/{path}", json=body)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def moodle(self, path: str, body: Mapping[str, Any] | list[Any]) -> Any:
        answer = httpx2.post(f"{self.sandbox.moodle_url}/_control/{path}", json=body)
        answer.raise_for_status()
        return answer.json()

    def standing(self, entity: str, limit: int) -> list[str]:
        """The first ids of an entity in the emulated Moodle."""
        answer = httpx2.post(
            f"{self.sandbox.moodle_url}/webservice/rest/server.php",
            data={
                "wstoken": self.sandbox.credentials.moodle_token,
                "wsfunction": "local_mzi_get_manifest",
                "moodlewsrestformat": "json",
                "entity": entity,
                "after": "",
                "limit": limit,
            },
        )
        return [str(row["id"]) for row in answer.json()["rows"]]
