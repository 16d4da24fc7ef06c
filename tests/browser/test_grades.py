"""Released grades, and the student's word that they were seen."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.people import People, settle
from tests.browser.school import LAYLA, MALLORY, SECRET_FEEDBACK, STAFF
from tests.browser.site import Site


def grades(people: People, site: Site, person: str, *, javascript: bool = True) -> Page:
    return people.open(person, "index.php?tab=grades", javascript=javascript)


def test_a_grade_is_acknowledged_in_place_once(people: People, site: Site) -> None:
    page = grades(people, site, LAYLA)
    forms = page.locator("form[data-local-mzi=acknowledge]")
    before = forms.count()
    forms.first.get_by_role("button").click()
    said = page.get_by_text("You acknowledged this grade on").first
    expect(said).to_be_focused()
    page.reload()
    settle(page)
    expect(forms).to_have_count(before - 1)
    expect(said).to_be_visible()
    staff = people.open(STAFF, f"index.php?tab=grades&student={site.student_row(LAYLA)}")
    expect(staff.get_by_text("The student acknowledged this grade on").first).to_be_visible()
    expect(staff.locator("form[data-local-mzi=acknowledge]")).to_have_count(0)


def test_a_grade_is_acknowledged_without_javascript(people: People, site: Site) -> None:
    page = grades(people, site, MALLORY, javascript=False)
    forms = page.locator("form[data-local-mzi=acknowledge]")
    before = forms.count()
    forms.first.get_by_role("button").click()
    assert "tab=grades" in page.url
    expect(forms).to_have_count(before - 1)
    expect(page.get_by_text("You acknowledged this grade on").first).to_be_visible()


def test_only_what_is_released_counts(people: People, site: Site) -> None:
    page = grades(people, site, LAYLA)
    counts = page.locator(".local-mzi-counts div")
    names, values = (counts.locator(part).all_inner_texts() for part in ("dt", "dd"))
    told = dict(zip(names, values, strict=True))
    assert {told[name] for name in ("Distinction", "Merit", "Pass")} == {"1"}
    body = page.locator("[data-local-mzi=body]")
    body.locator("summary").first.click()
    expect(body.get_by_text("Clear and complete.").first).to_be_visible()
    assert SECRET_FEEDBACK not in page.content()
