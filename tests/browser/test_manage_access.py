"""The pages of those who manage the plugin open for nobody else, and change nothing unasked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qsl

import httpx2
import pytest

from tests.browser.pages import MANAGE
from tests.browser.people import ADMIN, GUEST, NOBODY, People
from tests.browser.school import LAYLA, NADA, OMAR, STAFF, TEACHER
from tests.browser.shared_bridge import SharedBridge
from tests.browser.site import Site
from tests.support.extension_answers import MODULE

INTRUDERS = (OMAR, TEACHER, GUEST, NOBODY)

Call = tuple[str, dict[str, str | int]]
"""A page, and what it is sent."""


@pytest.fixture(autouse=True)
def alone(bridge: SharedBridge) -> Iterator[None]:
    with bridge.alone():
        yield


@pytest.fixture
def event(site: Site, alone: None) -> int:
    """An event about Layla that failed; the next one was delivered."""
    given = {
        "status": "failed",
        "type": "user_updated",
        "userid": site.users[site.school.username(LAYLA)],
        "age": 500 * 24 * 3600,
        "error": "bad_envelope",
        "payload": {"userid": 1},
    }
    settled = given | {"status": "delivered", "error": None}
    ids: list[int] = site.script(Path(__file__).with_name("outbox.php"), [given, settled])
    return ids[0]


def refused(response: httpx2.Response) -> bool:
    """An error page of Moodle or a login form; never a page that opened."""
    to_login = "/login/index.php" in str(response.url) or "/enrol/" in str(response.url)
    return response.status_code in (403, 404) or to_login


def pages(site: Site, event: int) -> Iterator[Call]:
    for page in MANAGE:
        yield f"manage/{page}.php", {}
    yield "manage/mappings.php", {"module": MODULE}
    yield "manage/event.php", {"id": event}
    yield "manage/link.php", {"student": site.student_row(LAYLA)}


def changes(site: Site, event: int) -> Iterator[Call]:
    """Every form of these pages that changes something here or in the bridge."""
    user = site.users[site.school.username(OMAR)]
    nada = f"manage/link.php?student={site.student_row(NADA)}"
    yield "manage/connection.php", {}
    yield "manage/sync.php", {"action": "start", "entity": "students", "mode": "full"}
    yield "manage/sync.php", {"action": "cancel", "id": 41}
    yield "manage/sync.php", {"action": "retry", "id": event}
    yield "manage/sync.php", {"action": "retry"}
    yield "manage/clear.php", {"days": 499, "confirm": 1}
    yield f"manage/mappings.php?module={MODULE}", {"from[city]": "X", "base": 3, "save": 1}
    yield nada, {"action": "unlink", "confirm": 1}
    yield nada, {"action": "link", "user": user, "confirm": 1}
    yield nada, {"action": "release", "confirm": 1}
    yield "manage/reset.php", {"settings[]": "plainloopback", "confirm": 1}


def of_the_site() -> Iterator[Call]:
    """Forms of the page that is for administrators of the site alone."""
    yield "manage/access.php", {"action": "setup", "username": "mzi_intruder", "confirm": 1}
    yield "manage/access.php", {"action": "renew", "current": 1, "confirm": 1}


def state(people: People, site: Site, bridge: SharedBridge, event: int) -> list[object]:
    """What those forms would alter."""
    staff = people.session(STAFF)
    link = staff.get("manage/link.php", student=site.student_row(NADA)).text
    told = [call for call in bridge.calls("") if call["method"] != "GET"]
    return [
        "bad_envelope" in staff.get("manage/event.php", id=event).text,
        staff.get("manage/event.php", id=event + 1).status_code,
        site.school.username(NADA) in link,
        re.findall(r'name="settings\[\]" value="(\w+)"', staff.get("manage/reset.php").text),
        len(told),
    ]


@pytest.mark.parametrize("intruder", INTRUDERS)
def test_no_page_opens_for_who_does_not_manage_the_plugin(
    people: People, site: Site, event: int, intruder: str
) -> None:
    session = people.session(intruder)
    for path, named in pages(site, event):
        response = session.get(path, **named)
        assert refused(response), f"{path}: {response.status_code}"
        assert site.school.student_id(LAYLA) not in response.text, path
        assert people.session(STAFF).get(path, **named).status_code == 200, path


@pytest.mark.parametrize("intruder", INTRUDERS)
def test_ones_own_session_key_changes_nothing(
    people: People, site: Site, bridge: SharedBridge, event: int, intruder: str
) -> None:
    before = state(people, site, bridge, event)
    session = people.session(intruder)
    key = "none" if intruder == NOBODY else session.sesskey
    for path, form in changes(site, event):
        response = session.post(path, **form, sesskey=key)
        assert refused(response), f"{path}: {response.status_code}"
    assert state(people, site, bridge, event) == before


@pytest.mark.parametrize("sesskey", (None, "wrong"))
def test_no_form_goes_without_the_session_key(
    people: People, site: Site, bridge: SharedBridge, event: int, sesskey: str | None
) -> None:
    key = {} if sesskey is None else {"sesskey": sesskey}
    before = state(people, site, bridge, event)
    for path, form in changes(site, event):
        response = people.session(STAFF).post(path, **{**form, "sent": 1}, **key)
        assert refused(response), f"{path}: {response.status_code}"
    assert state(people, site, bridge, event) == before
    assert before[:3] == [True, 200, True]


def test_an_address_changes_nothing_even_with_the_session_key(
    people: People, site: Site, bridge: SharedBridge, event: int
) -> None:
    session = people.session(STAFF)
    before = state(people, site, bridge, event)
    for path, form in changes(site, event):
        page, _, query = path.partition("?")
        session.get(page, **{**dict(parse_qsl(query)), **form, "sesskey": session.sesskey})
    assert state(people, site, bridge, event) == before


def test_who_manages_opens_the_settings_but_not_those_of_roles_and_users(
    people: People, site: Site
) -> None:
    for section, expected in (("local_mzi", 200), ("local_mzi_outbox", 200)):
        response = people.session(STAFF).http.get(f"/admin/settings.php?section={section}")
        assert response.status_code == expected, section
        for intruder in INTRUDERS:
            answer = people.session(intruder).http.get(f"/admin/settings.php?section={section}")
            assert refused(answer), f"{intruder}: {section}"
    other = "/admin/settings.php?section=local_mzi_enrolment"
    assert refused(people.session(STAFF).http.get(other))
    assert people.session(ADMIN).http.get(other).status_code == 200


@pytest.mark.parametrize("intruder", (STAFF, *INTRUDERS))
def test_only_who_configures_the_site_lets_the_bridge_in(
    people: People, site: Site, intruder: str
) -> None:
    session = people.session(intruder)
    key = "none" if intruder == NOBODY else session.sesskey
    assert refused(session.get("manage/access.php"))
    for path, form in of_the_site():
        assert refused(session.post(path, **form, sesskey=key)), form
    assert people.session(ADMIN).get("manage/access.php").status_code == 200
    assert "manage/access.php" not in people.session(STAFF).get("manage/overview.php").text
    assert "manage/access.php" in people.session(ADMIN).get("manage/overview.php").text


@pytest.mark.parametrize("sesskey", (None, "wrong"))
def test_the_access_of_the_bridge_changes_by_no_other_site(
    people: People, sesskey: str | None
) -> None:
    key = {} if sesskey is None else {"sesskey": sesskey}
    session = people.session(ADMIN)
    for path, form in of_the_site():
        assert refused(session.post(path, **{**form, "sent": 1}, **key)), form
        assert "local-mzi-token" not in session.get(path, **form, sesskey=session.sesskey).text
