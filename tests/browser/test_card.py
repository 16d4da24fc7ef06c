"""The student card: what the student sees and saves, and what a stranger who scans it is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.browser.people import LANGUAGES, NOBODY, People
from tests.browser.school import LAYLA, MALLORY, NADA, STAFF, STUDENTS
from tests.browser.site import Site

CR80 = (85.60, 53.98)
"""Millimetres of an identity card (ISO/IEC 7810, ID-1)."""

_POINTS = 72 / 25.4


def open_card(people: People, site: Site, person: str, language: str = "en") -> Page:
    return people.open(person, "card.php", language=language)


def address_of_the_check(page: Page) -> str:
    found = page.locator('a[href*="verify.php"]').get_attribute("href")
    assert found
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_card_is_saved_in_the_size_of_a_card(people: People, site: Site, language: str) -> None:
    page = open_card(people, site, LAYLA, language)
    with page.expect_download() as download:
        page.locator('a[href*="download=1"]').click()
    pdf = PdfReader(Path(download.value.path()))
    assert len(pdf.pages) == 2
    for side in pdf.pages:
        size = (float(side.mediabox.width), float(side.mediabox.height))
        assert size == pytest.approx([length * _POINTS for length in CR80], abs=0.5)
    front = pdf.pages[0].extract_text()
    assert site.school.number(LAYLA) in front
    assert "HND Computing" in front


def test_a_stranger_is_told_name_and_programme_and_no_more(people: People, site: Site) -> None:
    address = address_of_the_check(open_card(people, site, LAYLA))
    page = people.window(NOBODY)
    answer = page.goto(address)
    assert answer
    assert "noindex" in answer.headers["x-robots-tag"]
    body = page.locator("body")
    expect(body).to_contain_text("This card is valid")
    expect(body).to_contain_text(STUDENTS[LAYLA][2])
    expect(body).to_contain_text("HND Computing")
    told = page.content()
    for secret in (
        site.school.number(LAYLA),
        site.school.student_id(LAYLA),
        "@example.org",
        "+962",
    ):
        assert secret not in told, secret


def test_a_code_with_one_other_letter_is_not_valid(people: People, site: Site) -> None:
    address = address_of_the_check(open_card(people, site, LAYLA))
    middle = (address.index("c=") + len(address)) // 2
    other = "A" if address[middle] != "A" else "B"
    page = people.window(NOBODY)
    for wrong in (address[:middle] + other + address[middle + 1 :], address.split("?")[0]):
        page.goto(wrong)
        expect(page.locator("body")).to_contain_text("This card is not valid")
        assert STUDENTS[LAYLA][2] not in page.content()


def test_the_check_writes_hostile_names_as_text(people: People, site: Site) -> None:
    page = people.window(NOBODY)
    page.goto(address_of_the_check(open_card(people, site, MALLORY)))
    expect(page.locator("body")).to_contain_text("<script>")
    assert page.evaluate("window.pwned") is None


def test_a_student_who_left_has_no_card(people: People, site: Site) -> None:
    page = open_card(people, site, NADA)
    expect(page.locator("[role=main]")).to_contain_text("There is no card")
    assert people.session(NADA).get("card.php", download=1).headers["content-type"] != (
        "application/pdf"
    )


def test_a_withdrawn_card_is_not_valid_and_the_next_one_is(people: People, site: Site) -> None:
    before = address_of_the_check(open_card(people, site, MALLORY))
    staff = people.open(STAFF, f"card.php?student={site.student_row(MALLORY)}")
    staff.locator(".local-mzi-idcard-withdraw button").click()
    expect(staff.locator("#user-notifications")).to_contain_text("not valid any more")
    stranger = people.window(NOBODY)
    stranger.goto(before)
    expect(stranger.locator("body")).to_contain_text("This card is not valid")
    stranger.goto(address_of_the_check(open_card(people, site, MALLORY)))
    expect(stranger.locator("body")).to_contain_text("This card is valid")
