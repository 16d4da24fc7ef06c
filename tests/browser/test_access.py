"""Nobody reaches another's data by any id: tried over HTTP, as everyone else, with all ids."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl

import httpx2
import pytest

from tests.browser import forms
from tests.browser.pages import REQUEST_TYPES, TABS
from tests.browser.people import ADMIN, GUEST, NOBODY, People
from tests.browser.school import LAYLA, MALLORY, OMAR, SECRET_FEEDBACK, STAFF, TEACHER
from tests.browser.site import Site

INTRUDERS = (OMAR, TEACHER, GUEST, NOBODY)
VICTIMS = (LAYLA, MALLORY)
NO_ROW = 99_999_999

Call = tuple[str, dict[str, str | int]]
"""A page or function, and what it is asked."""


def addresses(row: int, payments: list[int]) -> Iterator[Call]:
    """Every page and file that names a student, by the student's row and payments."""
    for tab in TABS:
        yield "index.php", {"tab": tab, "student": row}
    for kind in REQUEST_TYPES:
        yield "request.php", {"type": kind, "student": row}
    yield "card.php", {"student": row}
    yield "card.php", {"student": row, "download": 1}
    for payment in payments:
        yield "receipt.php", {"id": payment}


def secrets(site: Site, person: str) -> list[str]:
    """What tells of a student wherever it stands."""
    school = site.school
    rows = [
        value
        for records in school.records.values()
        for record in records
        if record.get("zoho_student_id") == school.student_id(person)
        for name, value in record.items()
        if name in ("registration_number", "payment_number", "student_id", "academic_email")
        or name in ("national_id", "display_name", "first_name")
    ]
    return [school.username(person), school.student_id(person), *rows]


def leaks(site: Site, response: httpx2.Response) -> list[str]:
    said = response.text
    return [text for victim in VICTIMS for text in secrets(site, victim) if text in said]


@pytest.mark.parametrize("intruder", INTRUDERS)
def test_no_page_of_another_opens(people: People, site: Site, intruder: str) -> None:
    session = people.session(intruder)
    for victim in VICTIMS:
        payments = site.rows_of("payments", victim)
        for path, parameters in addresses(site.student_row(victim), payments):
            response = session.get(path, **parameters)
            assert refused(response), f"{path} {parameters}: {response.status_code}"
            assert leaks(site, response) == [], f"{path} {parameters}"


def refused(response: httpx2.Response) -> bool:
    """An error page of Moodle, a login form, or no file; never a page that opened."""
    to_login = "/login/index.php" in str(response.url) or "/enrol/" in str(response.url)
    return response.status_code in (403, 404) or to_login


def test_a_strange_row_and_none_are_refused_alike(people: People, site: Site) -> None:
    session = people.session(OMAR)
    strange = addresses(site.student_row(LAYLA), site.rows_of("payments", LAYLA))
    missing = addresses(NO_ROW, [NO_ROW] * len(site.rows_of("payments", LAYLA)))
    for (path, named), (_, none) in zip(strange, missing, strict=True):
        one, other = session.get(path, **named), session.get(path, **none)
        assert (one.status_code, _plain(one)) == (other.status_code, _plain(other)), path


def _plain(response: httpx2.Response) -> str:
    """The words of the page."""
    text = re.sub(r"(?s)<(script|style).*?</\1>|<[^>]*>", " ", response.text)
    return " ".join(text.split())


def calls(site: Site, victim: str) -> Iterator[Call]:
    """Every external function that names a student, by every row that it takes."""
    for tab in TABS:
        yield "local_mzi_get_tab", {"tab": tab, "student": site.student_row(victim)}
    user = site.users[site.school.username(victim)]
    yield "local_mzi_get_student_dashboard", {"userid": user}
    yield "local_mzi_search_students", {"query": site.school.prefix}
    for grade in site.rows_of("grades", victim):
        yield "local_mzi_acknowledge_grade", {"id": grade, "grade": "D"}


@pytest.mark.parametrize("intruder", INTRUDERS)
def test_no_function_tells_of_another(people: People, site: Site, intruder: str) -> None:
    session = people.session(intruder)
    sesskey = "none" if intruder == NOBODY else session.sesskey
    for victim in VICTIMS:
        for name, arguments in calls(site, victim):
            response = session.ajax(name, sesskey, **arguments)
            (answer,) = response.json() if isinstance(response.json(), list) else [response.json()]
            assert answer["error"], f"{name} {arguments}"
            assert leaks(site, response) == [], f"{name} {arguments}"


@pytest.mark.parametrize("path", ("search.php", "windows.php", "cardkey.php"))
def test_the_pages_of_the_staff_open_for_nobody_else(people: People, site: Site, path: str) -> None:
    for intruder in INTRUDERS:
        response = people.session(intruder).get(path, q=site.school.prefix)
        assert refused(response), f"{intruder}: {response.status_code}"
        assert leaks(site, response) == []
    assert people.session(ADMIN).get(path).status_code == 200


@pytest.mark.parametrize("tab", ("grades", "academics"))
def test_a_grade_not_released_is_told_to_staff_only(people: People, site: Site, tab: str) -> None:
    row = site.student_row(LAYLA)
    own = people.session(LAYLA)
    user = site.users[site.school.username(LAYLA)]
    told = [
        own.get("index.php", tab=tab).text,
        own.ajax("local_mzi_get_tab", own.sesskey, tab=tab, student=row).text,
        own.ajax("local_mzi_get_student_dashboard", own.sesskey, userid=user).text,
    ]
    assert not any(SECRET_FEEDBACK in text or "In review" in text for text in told)
    if tab == "grades":
        assert "In review" in people.session(STAFF).get("index.php", tab=tab, student=row).text


def changes(site: Site) -> Iterator[tuple[str, str, dict[str, str | int]]]:
    """Whatever changes something on the site: who may do it, where, and what they would send."""
    windows: dict[str, str | int] = {"_qf__local_mzi_form_windows_form": 1, "mode_drop": "closed"}
    yield LAYLA, "theme.php", {"theme": "dark", "returnurl": "/local/mzi/index.php"}
    yield LAYLA, "acknowledge.php", {"id": site.rows_of("grades", LAYLA)[2], "grade": "P"}
    yield LAYLA, "request.php?type=drop", forms.drop(site, "No change")
    yield STAFF, f"card.php?student={site.student_row(LAYLA)}", {"withdraw": 1}
    yield ADMIN, "cardkey.php", {"confirm": 1}
    yield STAFF, "windows.php", windows


def state(people: People) -> list[object]:
    """What those changes would alter."""
    own, staff = people.session(LAYLA), people.session(STAFF)
    card = re.search(r"verify\.php\?c=[^\"&]+", own.get("card.php").text)
    windows = re.findall(r'value="\w+" selected', staff.get("windows.php").text)
    grades = own.get("index.php", tab="grades").text
    requests = own.get("index.php", tab="requests").text
    return [
        "local-mzi-dark" in grades,
        grades.count('data-local-mzi="acknowledge"'),
        requests.count("local-mzi-request-"),
        card[0] if card else "",
        windows,
    ]


@pytest.mark.parametrize("sesskey", (None, "wrong"))
def test_no_change_goes_without_the_session_key(
    people: People, site: Site, sesskey: str | None
) -> None:
    key = {} if sesskey is None else {"sesskey": sesskey}
    before = state(people)
    for person, path, form in changes(site):
        response = people.session(person).post(path, **form, **key)
        assert refused(response) or path == "cardkey.php", f"{path}: {response.status_code}"
    assert state(people) == before
    assert before[3]


def test_an_address_changes_nothing_even_with_the_session_key(people: People, site: Site) -> None:
    before = state(people)
    for person, path, form in changes(site):
        session = people.session(person)
        page, _, query = path.partition("?")
        named = {**dict(parse_qsl(query)), **form, "sesskey": session.sesskey}
        session.get(page, **named)
        assert state(people) == before, path


def not_for(site: Site, person: str) -> Iterator[Call]:
    """Every change of Layla's data and of the office's that this person may not make."""
    row = site.student_row(LAYLA)
    if person != LAYLA:
        yield f"request.php?type=drop&student={row}", forms.drop(site, "For another")
        yield "acknowledge.php", {"id": site.rows_of("grades", LAYLA)[2], "grade": "P"}
    if person != STAFF:
        yield f"card.php?student={row}", {"withdraw": 1}
        yield "cardkey.php", {"confirm": 1}
        yield "windows.php", {"_qf__local_mzi_form_windows_form": 1, "mode_drop": "closed"}


@pytest.mark.parametrize("person", (OMAR, TEACHER, GUEST, STAFF, LAYLA))
def test_ones_own_session_key_changes_nothing_of_others(
    people: People, site: Site, person: str
) -> None:
    before = state(people)
    session = people.session(person)
    for path, form in not_for(site, person):
        response = session.post(path, **form, sesskey=session.sesskey)
        assert refused(response), f"{path}: {response.status_code}"
    assert state(people) == before


def test_with_the_session_key_the_request_is_made(people: People, site: Site) -> None:
    before = state(people)
    session = people.session(LAYLA)
    session.post("request.php?type=drop", **forms.drop(site, "A change"), sesskey=session.sesskey)
    changed = [old != new for old, new in zip(before, state(people), strict=True)]
    assert changed == [False, False, True, False, False]


def test_no_function_is_called_without_the_session_key(people: People, site: Site) -> None:
    session = people.session(LAYLA)
    for key in ("", "wrong"):
        response = session.ajax("local_mzi_get_tab", key, tab="profile", student=0)
        assert "invalidsesskey" in response.text
