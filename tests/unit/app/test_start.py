"""What a bridge loads until it answers, with both sides connected and nobody there but them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import anyio
import pytest

from mzi_bridge.journal.address import parse_address
from mzi_bridge.journal.engine import Database
from mzi_bridge.journal.migrate import migrate
from tests.support.stream import environment, new_secret_key

DEAD = "http://127.0.0.1:9"
PROGRAM = """
import sys, anyio, httpx2
import mzi_bridge.cli.main
from mzi_bridge.cli.serve import create_app, load_settings, start_logging

async def start():
    settings = load_settings(None)
    start_logging("error", settings.log_format)
    app = create_app(settings)
    wire = httpx2.ASGITransport(app)
    async with app.router.lifespan_context(app), httpx2.AsyncClient(transport=wire) as http:
        assert app.state.engine.generation is not None
        for path in sys.argv[1:]:
            await http.get(f"http://bridge.test{path}")

anyio.run(start)
print(*sys.modules)
"""
FOR_PEOPLE = {"mzi_bridge.admin", "mzi_bridge.api.routes", "jinja2", "babel", "rich", "structlog"}
FOR_MONITORS = {"prometheus_client"}
UNUSED = {"alembic", "sqlalchemy.dialects.postgresql", "tomlkit", "mzi_bridge.mapping.check"}


async def brought_up(journal: str) -> None:
    """As a bridge finds it that was started before."""
    database = Database(parse_address(journal))
    await migrate(database)
    await database.close()


def loaded(folder: Path, *paths: str) -> set[str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    journal = f"sqlite:///{folder / 'journal.sqlite3'}"
    anyio.run(brought_up, journal)
    settings = environment(DEAD, journal, new_secret_key())
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *paths],
        env=kept | settings,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def test_what_only_people_and_their_programs_want_waits_for_them(tmp_path: Path) -> None:
    nobody = loaded(tmp_path, "/health", "/readyz", "/api/v1/webhooks/zoho", "/x")
    assert not (FOR_PEOPLE | FOR_MONITORS | UNUSED) & nobody


def test_a_scrape_wants_only_its_own_besides(tmp_path: Path) -> None:
    scraped = loaded(tmp_path, "/metrics")
    assert scraped >= FOR_MONITORS and not (FOR_PEOPLE | UNUSED) & scraped


@pytest.mark.parametrize(
    ("path", "room"),
    [
        ("/admin/sign-in", "mzi_bridge.admin"),
        ("/api/v1/sync/students", "mzi_bridge.api.routes"),
        ("/openapi.json", "mzi_bridge.openapi.document"),
    ],
)
def test_each_room_comes_with_its_first_request(tmp_path: Path, path: str, room: str) -> None:
    assert room in loaded(tmp_path, path)
