"""The pages of those who manage the plugin: what they do, on the site and in the bridge."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.people import ADMIN, LANGUAGES, People, settle
from tests.browser.school import LAYLA, NADA, OMAR, STAFF
from tests.browser.shared_bridge import SharedBridge
from tests.browser.site import Site
from tests.support.extension_answers import MODULE
from tests.support.stand_in_bridge import KEY
from tests.support.wcag import violations

SECRET = "Not for the page"


@pytest.fixture(autouse=True)
def alone(bridge: SharedBridge) -> Iterator[None]:
    with bridge.alone():
        yield


def opened(people: People, site: Site, path: str, **how: Any) -> Page:
    return people.open(STAFF, f"manage/{path}", **how)


def events(site: Site, *wanted: dict[str, Any]) -> list[int]:
    """Puts events into the outbox and answers their numbers."""
    usual = {
        "status": "failed",
        "type": "user_updated",
        "userid": site.users[site.school.username(LAYLA)],
        "age": 60,
        "error": "bad_envelope",
        "payload": {"userid": 1, "email": SECRET},
    }
    given = [usual | one for one in wanted]
    ids: list[int] = site.script(Path(__file__).with_name("outbox.php"), given)
    return ids


def logged(people: People) -> str:
    """Moodle's own log of the whole site, newest first."""
    page = people.session(ADMIN).http.get(
        "/report/log/index.php", params={"chooselog": 1, "logreader": "logstore_standard", "id": 1}
    )
    return page.text


WORDS = {
    "en": {
        "well": ("Test connection", "The connection works both ways"),
        "unauthorized": ("Test connection", "Make a new API key in the console of the bridge"),
        "forbidden": ("Test connection", "Give the API key the missing scope"),
        "other_site": ("Test connection", "The bridge reaches another Moodle site"),
        "no_way": ("Test connection", "Enter address and token of this site"),
        "not_json": ("Test connection", "Look at the address of the bridge"),
    },
    "ar": {
        "well": ("اختبر الاتصال", "الاتصال يعمل في الاتجاهين"),
        "unauthorized": ("اختبر الاتصال", "أنشئ مفتاح API جديدًا في لوحة الجسر"),
    },
}


@pytest.mark.parametrize(
    ("language", "mode"), [(one, mode) for one in LANGUAGES for mode in WORDS[one]]
)
def test_the_connection_is_tested_without_a_script_and_says_what_to_do(
    people: People, site: Site, bridge: SharedBridge, language: str, mode: str
) -> None:
    button, words = WORDS[language][mode]
    page = opened(people, site, "connection.php", language=language, javascript=False)
    with bridge.being(mode):
        page.get_by_role("button", name=button).click()
        expect(page.locator(".local-mzi [role=status]")).to_contain_text(words)
    sent = bridge.calls("/extension/ping")[-1]["body"]["site"]
    assert site.base_url.startswith(sent)


def test_a_bridge_that_is_away_is_a_state_and_not_a_crash(
    people: People, site: Site, bridge: SharedBridge
) -> None:
    page = opened(people, site, "overview.php")
    with bridge.being("down"):
        page.get_by_role("button", name="Look again").click()
        expect(page.locator(".local-mzi-notice-bad")).to_contain_text("out of order")
        for name in ("sync", "mappings", "diagnostics"):
            page = opened(people, site, f"{name}.php")
            expect(page.locator(".local-mzi-notice").first).to_contain_text("out of order")
    page = opened(people, site, "overview.php")
    page.get_by_role("button", name="Look again").click()
    expect(page.locator(".local-mzi")).to_contain_text("The channel of BTEC_Students ends")


def test_no_page_holds_a_secret_and_saving_keeps_it(
    people: People, site: Site, bridge: SharedBridge
) -> None:
    page = people.window(ADMIN)
    for section in ("local_mzi", "local_mzi_outbox"):
        page.goto(f"{site.base_url}/admin/settings.php?section={section}")
        settle(page)
        assert KEY not in page.content()
        assert "sodium:" not in page.content()
    page.goto(f"{site.base_url}/admin/settings.php?section=local_mzi")
    settle(page)
    seconds = page.locator("#id_s_local_mzi_pagetimeout")
    seconds.fill("5" if seconds.input_value() == "4" else "4")
    page.get_by_role("button", name="Save changes").click()
    expect(page.locator("#user-notifications, .alert").first).to_contain_text("Changes saved")
    page = opened(people, site, "connection.php")
    page.get_by_role("button", name="Test connection").click()
    expect(page.get_by_text("The connection works both ways")).to_be_visible()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_bridge_is_let_in_by_a_page_that_shows_its_token_once(
    people: People, site: Site, language: str
) -> None:
    mend, new, yes, hide = {
        "en": ("Check and mend", "Make a new token", "Yes,", "I have it"),
        "ar": ("افحص وأصلح", "أنشئ رمزًا جديدًا", "نعم،", "حفظته"),
    }[language]
    script = Path(__file__).with_name("token.php")
    page = people.open(ADMIN, "manage/access.php", language=language)
    expect(page.locator(".local-mzi-badge-good")).to_have_count(5)
    page.get_by_role("button", name=mend).click()
    assert violations(page) == []
    page.get_by_role("alert").get_by_role("button", name=yes).click()
    expect(page.locator("#user-notifications")).to_be_visible()
    assert site.script(script, {"token": None}) == [site.token]
    try:
        page.get_by_role("button", name=new).click()
        assert site.script(script, {"token": None}) == [site.token]
        page.get_by_role("alert").get_by_role("button", name=yes).click()
        token = page.locator("#local-mzi-token").input_value()
        assert site.script(script, {"token": None}) == [token] != [site.token]
        expect(page.locator("#local-mzi-site")).to_have_value(site.base_url)
        settle(page)
        assert violations(page) == []
        page.locator('[data-clipboard-target="#local-mzi-token"]').click()
        expect(page.locator(".toast")).to_be_visible()
        page.get_by_role("link", name=hide).click()
        expect(page.locator(".local-mzi-badge-good")).to_have_count(5)
        assert token not in page.content()
    finally:
        site.script(script, {"token": site.token})
    assert "Access of the bridge set up" in logged(people)
    assert token not in logged(people)


def test_a_site_without_the_account_offers_to_make_it(people: People, site: Site) -> None:
    account = ("admin/cli/cfg.php", "--component=local_mzi", "--name=bridge_userid")
    number = site.moodle(*account).strip()
    site.set_plugin("bridge_userid", 0)
    try:
        page = people.open(ADMIN, "manage/access.php")
        expect(page.locator(".local-mzi")).to_contain_text("The bridge has no token for this site.")
        expect(page.get_by_role("button", name="Make a new token")).to_have_count(0)
        assert violations(page) == []
        page.get_by_label("User name of the account").fill("admin")
        page.get_by_role("button", name="Set up").click()
        page.get_by_role("button", name="Yes, set it up").click()
        expect(page.locator("#user-notifications")).to_contain_text('"admin" belongs to somebody')
        page.get_by_role("button", name="Set up").click()
        page.get_by_role("button", name="Yes, set it up").click()
        expect(page.locator("#user-notifications")).to_contain_text("All of it is in place.")
        assert site.moodle(*account).strip() == number
    finally:
        site.set_plugin("bridge_userid", number)


def test_a_sync_is_started_watched_paused_and_cancelled(
    people: People, site: Site, bridge: SharedBridge
) -> None:
    page = opened(people, site, "sync.php")
    page.get_by_label("What", exact=True).select_option("students")
    page.get_by_label("What of it").select_option("full")
    page.get_by_role("button", name="Start").click()
    running = page.locator('[data-local-mzi="open"] li')
    expect(running).to_have_count(1)
    assert bridge.calls("/sync/students")[-1]["query"] == {"mode": "full"}
    page.get_by_label("What of it").select_option("full")
    page.get_by_role("button", name="Start").click()
    expect(page.locator("#user-notifications")).to_contain_text("Another sync is running")
    running.get_by_role("button", name="Pause").click()
    expect(running.locator(".local-mzi-badge").first).to_have_text("Paused")
    running.get_by_role("button", name="Resume").click()
    expect(running.locator(".local-mzi-badge").first).to_have_text("Running")
    # The list follows by itself until the sync has ended.
    expect(page.get_by_text("No sync is running any more.")).to_be_visible(timeout=60_000)
    expect(page.locator('[data-local-mzi="past"] li').first).to_contain_text("Done")
    page.get_by_role("button", name="Start").click()
    expect(page.locator("#user-notifications")).to_contain_text("by itself, about every 15")
    page.get_by_label("What of it").select_option("full")
    page.get_by_role("button", name="Start").click()
    running.first.get_by_role("button", name="Cancel").click()
    expect(page.locator('[data-local-mzi="past"] li').first).to_contain_text("Cancelled")
    assert "Sync of the bridge requested" in logged(people)


def test_failed_events_are_sent_again_one_or_all(people: People, site: Site) -> None:
    first, second, third = events(site, {}, {}, {})
    page = opened(people, site, "sync.php")
    page.get_by_role("button", name=f"Send event {second} again").click()
    expect(page.locator("#user-notifications")).to_contain_text("Queued again: 1")
    expect(page.get_by_role("link", name=f"#{second}")).to_have_count(0)
    expect(page.get_by_role("link", name=f"#{first}")).to_have_count(1)
    page.get_by_role("button", name="Send all again").click()
    expect(page.get_by_role("link", name=f"#{third}")).to_have_count(0)
    expect(page.get_by_text("No event failed.")).to_be_visible()
    assert "Events for the bridge queued again" in logged(people)


def rows(page: Page) -> Locator:
    return page.locator("table.reportbuilder-table tbody tr:not(.emptyrow)")


def test_the_event_log_is_filtered_downloaded_and_masked(people: People, site: Site) -> None:
    (number,) = events(site, {"type": "course_completed", "error": "too_large"})
    page = opened(people, site, "events.php")
    page.get_by_role("button", name="Filters").click()
    settle(page)
    page.locator('select[name="outbox_event:type_operator"]').select_option("1")
    page.locator('select[name="outbox_event:type_value"]').select_option("course_completed")
    page.get_by_role("button", name="Apply").click()
    settle(page)
    expect(rows(page).first).to_contain_text("Course completed")
    expect(rows(page).first).to_contain_text("It is too large (too_large)")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").click()
    lines = list(csv.reader(io.StringIO(Path(download.value.path()).read_text("utf-8-sig"))))
    assert lines[0][:4] == ["Number", "Date", "Type", "Status"]
    assert {line[2] for line in lines[1:]} == {"Course completed"}
    assert SECRET not in page.content()

    page = opened(people, site, f"event.php?id={number}")
    expect(page.locator(".local-mzi")).to_contain_text("•••")
    assert SECRET not in page.content()


def test_old_events_are_cleared_after_a_question(people: People, site: Site) -> None:
    day = 24 * 3600
    old, failed = events(
        site,
        {"status": "delivered", "age": 400 * day, "error": None},
        {"age": 400 * day},
    )
    page = opened(people, site, f"event.php?id={old}")
    expect(page.locator(".local-mzi")).to_contain_text("It keeps nothing of what it held.")
    page = opened(people, site, "events.php")
    page.get_by_label("Older than (days)").fill("399")
    page.get_by_role("button", name="Delete old events").click()
    expect(page.locator(".local-mzi")).to_contain_text("older than 399 days? This cannot")
    page.get_by_role("button", name="Delete them").click()
    expect(page.locator("#user-notifications")).to_contain_text(re.compile(r"Deleted: \d"))
    session = people.session(STAFF)
    assert session.get("manage/event.php", id=old).status_code == 404
    assert session.get("manage/event.php", id=failed).status_code == 200


def row(page: Page, column: str) -> Locator:
    return page.locator(".local-mzi-rule", has=page.locator(f'[id="local-mzi-from-{column}"]'))


def test_a_mapping_is_checked_saved_and_kept_from_conflicts(
    people: People, site: Site, bridge: SharedBridge
) -> None:
    path = f"mappings.php?module={MODULE}"
    page, other = opened(people, site, path), opened(people, site, path)
    row(page, "city").get_by_label("Field of the CRM").fill("No_Such_Field")
    page.get_by_role("button", name="Check").click()
    expect(row(page, "city")).to_contain_text("The module has no field No_Such_Field.")
    expect(row(page, "city").get_by_label("Field of the CRM")).to_have_value("No_Such_Field")
    row(page, "city").get_by_label("Field of the CRM").fill("Town")
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_text("Checked, and it can be saved.")).to_be_visible()
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#user-notifications")).to_contain_text("The mapping is saved.")
    expect(row(page, "city").get_by_label("Field of the CRM")).to_have_value("Town")
    (saved,) = [
        call["body"]
        for call in bridge.calls(f"/field-mappings/{MODULE}")
        if call["method"] == "PUT" and not call["body"]["dry_run"]
    ][-1:]
    assert saved["table"]["columns"]["city"] == "Town"
    assert saved["table"]["columns"]["display_name"]["from"] == ["First_Name", "Last_Name"]
    assert saved["table"]["closing"] == {}
    assert saved["table"]["photo"] == {"attachment": "Personal_photo"}

    row(other, "city").get_by_label("Field of the CRM").fill("City")
    other.get_by_role("button", name="Save").click()
    expect(other.locator(".local-mzi-notice-bad")).to_contain_text("Somebody else changed it")
    expect(row(other, "city").get_by_label("Field of the CRM")).to_have_value("City")
    assert "Field mapping saved" in logged(people)


@pytest.mark.parametrize("javascript", (True, False))
def test_a_student_is_linked_and_unlinked_by_hand(
    people: People, site: Site, javascript: bool
) -> None:
    row_id = site.student_row(NADA)
    page = opened(people, site, "unlinked.php", javascript=javascript)
    page.get_by_label("Student number or CRM id").fill(site.school.number(NADA))
    page.get_by_role("button", name="Open this student").click()
    assert page.url.endswith(f"link.php?student={row_id}")
    page.get_by_role("button", name="Take the link away").click()
    page.get_by_role("button", name="Yes, do it").click()
    expect(page.locator(".local-mzi-card")).to_contain_text("No user")
    assert "No student record is linked" in people.session(NADA).get("index.php").text
    page.get_by_label("Name, user name").fill(site.school.username(NADA))
    page.get_by_role("button", name="Search").click()
    page.get_by_role("button", name="Choose Nada").click()
    expect(page.get_by_role("alert")).to_contain_text(site.school.username(NADA))
    page.get_by_role("button", name="Yes, do it").click()
    expect(page.locator(".local-mzi-card")).to_contain_text("Nada Newcomer")
    expect(page.locator(".local-mzi-card")).to_contain_text("Decided by hand")
    page.get_by_role("button", name="Let the rules decide").click()
    page.get_by_role("button", name="Yes, do it").click()
    expect(page.locator(".local-mzi-card")).not_to_contain_text("Decided by hand")
    assert "Student linked or unlinked by hand" in logged(people)


def test_a_number_of_no_student_leads_nowhere(people: People, site: Site) -> None:
    page = opened(people, site, "unlinked.php")
    page.get_by_label("Student number or CRM id").fill(site.school.username(OMAR))
    page.get_by_role("button", name="Open this student").click()
    expect(page.locator("#user-notifications")).to_contain_text("There is no student with exactly")


def test_a_setting_goes_back_to_its_default_after_a_question(people: People, site: Site) -> None:
    site.set_plugin("tenantid", "school")
    page = opened(people, site, "reset.php")
    page.get_by_label("Tenant").check()
    page.get_by_role("button", name="Reset the chosen ones").click()
    expect(page.locator(".local-mzi-row")).to_have_count(1)
    page.get_by_role("button", name="Reset", exact=True).click()
    expect(page.locator("#user-notifications")).to_contain_text("Settings set back: 1")
    expect(page.get_by_label("Tenant")).to_have_count(0)
    expect(page.get_by_label("API key")).to_have_count(1)
    assert "Settings of the bridge reset" in logged(people)
