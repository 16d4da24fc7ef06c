"""Money as a student sees it, and the receipt that the browser saves."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.browser.people import People
from tests.browser.school import LAYLA, MALLORY, STAFF
from tests.browser.site import Site


def finance(people: People, site: Site, person: str, language: str = "en") -> Page:
    return people.open(person, "index.php?tab=finance", language=language)


def saved_receipt(page: Page) -> tuple[str, PdfReader]:
    """The name and the content of the first receipt of the page."""
    with page.expect_download() as download:
        page.locator('a[href*="receipt.php"]').first.click()
    return download.value.suggested_filename, PdfReader(Path(download.value.path()))


def test_each_currency_is_reckoned_alone(people: People, site: Site) -> None:
    text = finance(people, site, LAYLA).locator("[data-local-mzi=body]").inner_text()
    # 4,200.00 less 10 %, of which 750.25 + 751.25 count as paid.
    for amount in ("3,780.00", "1,501.50", "2,450.00"):
        assert f"{amount}" in text, amount
    assert "In JOD" in text
    assert "In USD" in text


def test_staff_is_told_where_the_crm_disagrees(people: People, site: Site) -> None:
    page = people.open(STAFF, f"index.php?tab=finance&student={site.student_row(LAYLA)}")
    expect(page.locator(".local-mzi-warning").first).to_contain_text("2,278.50")
    expect(finance(people, site, LAYLA).locator(".local-mzi-warning")).to_have_count(0)


@pytest.mark.parametrize("language", ("en", "ar"))
def test_a_receipt_is_a_pdf_that_says_who_paid_what(
    people: People, site: Site, language: str
) -> None:
    page = finance(people, site, LAYLA, language)
    row = page.locator("tr", has=page.locator('a[href*="receipt.php"]')).first
    number = row.locator("td").first.inner_text().strip()
    name, pdf = saved_receipt(page)
    assert name == f"receipt-{number}.pdf"
    assert len(pdf.pages) == 1
    text = pdf.pages[0].extract_text()
    amount = row.locator("td").nth(2).inner_text().replace("\xa0", " ").split()[0]
    for expected in (number, site.school.number(LAYLA), amount):
        assert expected in text, expected
    for english in ("Payment receipt", "Bank Transfer"):
        assert (english in text) == (language == "en"), english


def test_words_of_the_crm_are_in_the_language_of_the_page(people: People, site: Site) -> None:
    shown = finance(people, site, LAYLA, "ar").locator("[data-local-mzi=body]")
    for arabic, english in (("مؤكّد", "Confirmed"), ("قسط", "Installment"), ("مكتمل", "Completed")):
        expect(shown).to_contain_text(arabic)
        expect(shown).not_to_contain_text(english)


def test_a_receipt_writes_hostile_text_as_text(people: People, site: Site) -> None:
    _, pdf = saved_receipt(finance(people, site, MALLORY))
    assert "<script>" in pdf.pages[0].extract_text()
    assert "/JavaScript" not in str(pdf.trailer["/Root"])


def test_a_payment_that_does_not_count_has_no_receipt(people: People, site: Site) -> None:
    page = finance(people, site, LAYLA)
    for status in ("Pending", "Declined"):
        rows = page.locator("tbody tr", has_text="PAY-").filter(has_text=status)
        assert rows.count() > 0
        assert rows.locator("a").count() == 0
