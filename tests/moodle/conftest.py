"""Every test here runs on each real Moodle that the environment names, by HTTP."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.real_moodle import MoodleSite, Rest, brake_out_of_the_way, sites_from_environment
from tests.support.whole_chain import Chain, whole_chain

SITES = sites_from_environment()
# Without a site only `test_presence` is left, which says what is missing.
collect_ignore_glob = [] if SITES else ["test_[!p]*.py"]


@pytest.fixture(scope="session", params=sorted(SITES))
def site(request: pytest.FixtureRequest) -> Iterator[MoodleSite]:
    with brake_out_of_the_way(SITES[request.param]) as site:
        yield site


@pytest.fixture(scope="session")
def rest(site: MoodleSite) -> Iterator[Rest]:
    client = Rest(site)
    yield client
    client.close()


@pytest.fixture(scope="module")
def chain(site: MoodleSite, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chain]:
    """A bridge and a CRM of this file's own, joined to the site."""
    with whole_chain(site, tmp_path_factory.mktemp("chain")) as chain:
        yield chain
