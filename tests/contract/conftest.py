"""The suite runs on the emulator always, and on each real Moodle that the environment names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from mzi_bridge.clock import SystemClock
from mzi_bridge.sandbox.moodle import Site, create_moodle_app, load_contract, users_from_csv
from mzi_bridge.sandbox.moodle.requests import make_request
from mzi_bridge.sandbox.sample import generate, moodle_users
from mzi_bridge.sandbox.sample.moodle_users import user_rows
from tests.support.real_moodle import MoodleSite, Rest, brake_out_of_the_way, sites_from_environment
from tests.support.served import served

EMULATOR = "emulator"
TOKEN = "5" * 32
WEAK_TOKEN = "6" * 32
REAL_SITES = sites_from_environment()
# The export can only be taken from a real site.
collect_ignore = [] if REAL_SITES else ["test_export.py"]


@dataclass(frozen=True)
class EmulatedSite(MoodleSite):
    inside: Site

    def set_plugin(self, name: str, value: int) -> None:
        setattr(self.inside, name, value)

    def make_request(self, student: str, files: Mapping[str, bytes]) -> dict[str, Any]:
        return make_request(self.inside, student, [*files.items()])


@pytest.fixture(scope="session", params=[EMULATOR, *sorted(REAL_SITES)])
def site(request: pytest.FixtureRequest) -> Iterator[MoodleSite]:
    if request.param != EMULATOR:
        with brake_out_of_the_way(REAL_SITES[request.param]) as real:
            yield real
        return
    students = generate("btec", 60, seed=1)
    users = users_from_csv(moodle_users(students))
    app = create_moodle_app(load_contract(), users, SystemClock(), TOKEN, weak_token=WEAK_TOKEN)
    with served(app) as url:
        emulated = EmulatedSite(
            inside=app.state.site,
            base_url=url,
            token=TOKEN,
            weak_token=WEAK_TOKEN,
            db=EMULATOR,
            users=tuple(user_rows(students)),
            cli="",
            run="",
        )
        with brake_out_of_the_way(emulated):
            yield emulated


@pytest.fixture(scope="session")
def rest(site: MoodleSite) -> Iterator[Rest]:
    client = Rest(site)
    yield client
    client.close()
