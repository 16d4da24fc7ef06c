"""Requests as a student makes them: each type, a bad file, a closed window, twice."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import documents, forms
from tests.browser.people import GUEST, NOBODY, People, Session, settle
from tests.browser.school import ATTACK, LAYLA, MALLORY, OMAR, STAFF, TEACHER
from tests.browser.site import Site


def open_form(people: People, site: Site, kind: str) -> Page:
    return people.open(LAYLA, f"request.php?type={kind}")


def attach(page: Page, file: Path) -> None:
    """By Moodle's file picker, as a person does."""
    page.locator(".fp-btn-choose").click()
    dialog = page.locator(".file-picker.fp-generallayout:visible")
    expect(dialog).to_be_visible()
    settle(page)
    dialog.locator(".fp-repo-name", has_text="Upload a file").click()
    settle(page)
    dialog.locator("input[type=file]").set_input_files(file)
    dialog.locator(".fp-upload-btn").click()
    expect(page.locator(".filepicker-filename a")).to_have_text(file.name)


def submit(page: Page) -> Page:
    page.get_by_role("button", name="Submit request").click()
    settle(page)
    return page


def expect_stored(page: Page) -> Locator:
    """Answers the new request in the student's list."""
    expect(page.locator("#user-notifications")).to_contain_text("It waits to be sent")
    newest = page.locator(".local-mzi-request").first
    expect(newest.locator(".local-mzi-badge")).to_have_text("Waits to be sent")
    assert page.evaluate("window.pwned") is None
    return newest


def test_classes_are_dropped_with_a_reason(people: People, site: Site) -> None:
    page = open_form(people, site, "drop")
    page.get_by_label("Unit 1 evening").check()
    page.locator("#id_reason").fill(f"Because of work {ATTACK} 🎓")
    newest = expect_stored(submit(page))
    expect(newest).to_contain_text("Unit 1 evening")
    expect(newest).to_contain_text(ATTACK)


def test_a_late_submission_carries_its_receipt(people: People, site: Site, tmp_path: Path) -> None:
    file = documents.receipt(tmp_path)
    page = open_form(people, site, "late")
    page.locator("#id_class").select_option(index=1)
    attach(page, file)
    page.locator("#id_reason").fill("The train was late")
    newest = expect_stored(submit(page))
    with page.expect_download() as download:
        newest.get_by_role("link", name=file.name).click()
    assert Path(download.value.path()).read_bytes() == file.read_bytes()
    expect_for_nobody_else(people, newest)


def expect_for_nobody_else(people: People, request: Locator) -> None:
    """The request's file is sent to its student and to staff."""
    address = request.locator('a[href*="pluginfile.php"]').get_attribute("href")
    assert address
    sent = [people.session(person).http.get(address).content for person in (LAYLA, STAFF)]
    assert sent[0] == sent[1]
    for intruder in (OMAR, TEACHER, GUEST, NOBODY):
        answer = people.session(intruder).http.get(address)
        assert answer.status_code == 404 or "/login/index.php" in str(answer.url), intruder
        assert answer.content != sent[0], intruder


def test_a_change_of_personal_data_names_old_and_new(
    people: People, site: Site, tmp_path: Path
) -> None:
    page = open_form(people, site, "change")
    page.get_by_label("New value").first.fill("+962 7 9222 2222")
    attach(page, documents.picture(tmp_path))
    newest = expect_stored(submit(page))
    expect(newest).to_contain_text("+962 7 9000 0000")
    expect(newest).to_contain_text("+962 7 9222 2222")


def test_a_new_picture_waits_for_the_office(people: People, site: Site, tmp_path: Path) -> None:
    page = open_form(people, site, "photo")
    attach(page, documents.picture(tmp_path))
    expect_for_nobody_else(people, expect_stored(submit(page)))


def test_the_office_opens_a_window_and_closes_it_again(people: People, site: Site) -> None:
    for kind in ("card", "enroll"):
        assert not _form_is_there(open_form(people, site, kind))
    _set_windows(people, site, {"card": "always", "enroll": "always"})
    page = open_form(people, site, "card")
    page.locator("#id_reason").fill("My first card")
    expect_stored(submit(page))
    expect_stored(submit(open_form(people, site, "enroll")))
    waiting = open_form(people, site, "card")
    waiting.locator("#id_reason").fill("Another card")
    _set_windows(people, site, {"card": "closed", "enroll": "closed"})
    submit(waiting)
    expect(waiting.locator(".local-mzi-fault")).to_contain_text("cannot be made now")
    assert not _form_is_there(open_form(people, site, "card"))


def _form_is_there(page: Page) -> bool:
    return page.locator("#id_reason").count() > 0


def _set_windows(people: People, site: Site, modes: dict[str, str]) -> None:
    page = people.open(STAFF, "windows.php")
    for kind, mode in modes.items():
        page.locator(f"#id_mode_{kind}").select_option(mode)
    page.locator("#id_submitbutton").click()
    expect(page.locator("#user-notifications")).to_contain_text("Changes saved")


def test_a_form_sent_twice_is_one_request(people: People, site: Site) -> None:
    page = open_form(people, site, "drop")
    page.get_by_label("Unit 2 evening").check()
    page.locator("#id_reason").fill("Once only")
    with page.expect_request(lambda request: request.method == "POST") as sent:
        expect_stored(submit(page))
    kind = sent.value.headers["content-type"]
    again = page.request.post(
        sent.value.url, data=sent.value.post_data_buffer or b"", headers={"content-type": kind}
    )
    assert "stored already, once" in again.text()
    page.goto(site.url("index.php?tab=requests"))
    assert page.locator(".local-mzi-request", has_text="Once only").count() == 1


def test_equal_requests_from_several_devices_at_once_are_one(site: Site) -> None:
    devices = [Session(site, LAYLA, "en") for _ in range(4)]
    keys = [device.sesskey for device in devices]

    def send(device: Session, key: str) -> str:
        form = forms.drop(site, "From all devices")
        return device.post("request.php?type=drop", **form, sesskey=key).text

    with ThreadPoolExecutor(len(devices)) as pool:
        answers = list(pool.map(send, devices, keys))
    assert sum("It waits to be sent to the office" in answer for answer in answers) >= 1
    assert sum("stored already, once" in answer for answer in answers) == len(devices) - 1
    assert devices[0].get("index.php", tab="requests").text.count("From all devices") == 1
    for device in devices:
        device.http.close()


@pytest.mark.parametrize("kind", ("drop", "late", "change"))
def test_a_form_shows_what_is_written_in_the_crm_and_does_not_run_it(
    people: People, site: Site, kind: str
) -> None:
    page = people.open(MALLORY, f"request.php?type={kind}")
    assert page.evaluate("window.pwned") is None
    assert ATTACK in page.locator("form.mform").first.evaluate("form => form.textContent")


def test_a_file_that_is_not_what_it_says_is_refused(
    people: People, site: Site, tmp_path: Path
) -> None:
    page = open_form(people, site, "late")
    page.locator("#id_class").select_option(index=1)
    page.locator("#id_reason").fill("The train was late")
    attach(page, documents.disguised(tmp_path))
    submit(page)
    expect(page.locator(".invalid-feedback:visible")).to_have_text(
        re.compile("not what its name says")
    )
    assert "request.php" in page.url


def test_a_picture_too_small_to_know_a_face_is_refused(
    people: People, site: Site, tmp_path: Path
) -> None:
    page = open_form(people, site, "photo")
    attach(page, documents.picture(tmp_path, side=20))
    submit(page)
    expect(page.locator(".invalid-feedback:visible")).to_have_text(re.compile("too small"))


def test_nothing_is_sent_without_what_is_needed(people: People, site: Site) -> None:
    page = people.open(LAYLA, "request.php?type=drop", javascript=False)
    page.get_by_role("button", name="Submit request").click()
    expect(page.locator(".invalid-feedback:visible")).to_have_count(2)


def test_a_request_can_be_made_without_javascript(people: People, site: Site) -> None:
    page = people.open(LAYLA, "index.php?tab=requests", javascript=False)
    page.get_by_role("link", name="Leave a class").click()
    page.get_by_label("Unit 1 evening").check()
    page.locator("#id_reason").fill("Without scripts")
    page.get_by_role("button", name="Submit request").click()
    expect(page.locator(".local-mzi-request").first).to_contain_text("Without scripts")
