"""A student at a real Moodle site as the browser of one is: pages, forms and files by HTTP."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping

import httpx2

FIELD = re.compile(r"<input\b[^>]*>")
ATTRIBUTE = re.compile(r'([\w-]+)="([^"]*)"')


class MoodleSession:
    """Logged in by user name and password."""

    def __init__(self, base_url: str, username: str, password: str) -> None:
        self._http = httpx2.Client(base_url=base_url, timeout=60, follow_redirects=True)
        token = _found(r'name="logintoken" value="(\w+)"', self._page("/login/index.php"))
        form = {"username": username, "password": password, "logintoken": token}
        done = self._http.post("/login/index.php", data=form)
        assert "/login/index.php" not in str(done.url), f"{username} cannot log in"

    def close(self) -> None:
        self._http.close()

    def tab(self, name: str) -> str:
        """The text that a tab of the student's pages shows, without its tags."""
        page = self._page(f"/local/mzi/index.php?tab={name}")
        return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page)))

    def submit_request(
        self, kind: str, fields: Mapping[str, str], file: tuple[str, bytes] | None = None
    ) -> None:
        """Fills the form of a request and sends it; `fields` by the names of the form."""
        page = self._page(f"/local/mzi/request.php?type={kind}")
        form = {**_hidden(page), **fields, "submitbutton": "Submit request"}
        if file is not None:
            self._upload(page, form, *file)
        answer = self._http.post("/local/mzi/request.php", data=form)
        assert "tab=requests" in str(answer.url), _complaints(answer.text)

    def names_of_classes(self, kind: str) -> dict[str, str]:
        """For each class that a form offers, by its label: the name of its box, or its value."""
        page = self._page(f"/local/mzi/request.php?type={kind}")
        boxes = re.findall(r'name="(classes\[\d+\])"[^>]*>\s*(?:<[^>]*>\s*)*([^<]+?)\s*<', page)
        options = re.findall(r'<option value="(\d+)"[^>]*>([^<]*)</option>', page)
        return {html.unescape(label).strip(): name for name, label in [*boxes, *options]}

    def _upload(self, page: str, form: Mapping[str, str], name: str, content: bytes) -> None:
        """Into the form's draft area, as Moodle's file picker does."""
        repository = _found(r'"id":"?(\d+)"?,"name":"Upload a file"', page)
        sent = {
            "sesskey": form["sesskey"],
            "repo_id": repository,
            "itemid": form["document"],
            "savepath": "/",
            "title": name,
            "author": "",
            "license": "unknown",
            "env": "filepicker",
        }
        answer = self._http.post(
            "/repository/repository_ajax.php?action=upload",
            data=sent,
            files={"repo_upload_file": (name, content)},
        )
        assert "error" not in answer.json(), answer.text

    def _page(self, path: str) -> str:
        answer = self._http.get(path)
        assert answer.status_code == 200, (path, answer.status_code, answer.text[:2000])
        return answer.text


def _hidden(page: str) -> dict[str, str]:
    """The hidden fields of the form of a request."""
    start = page.index('action="', page.index('class="mform') - 500)
    form = page[start : page.index("</form>", start)]
    fields = (dict(ATTRIBUTE.findall(tag)) for tag in FIELD.findall(form))
    return {
        field["name"]: html.unescape(field.get("value", ""))
        for field in fields
        if field.get("name") and (field.get("type") == "hidden" or field["name"] == "document")
    }


def _complaints(page: str) -> list[str]:
    return re.findall(r'(?:local-mzi-fault|invalid-feedback)"[^>]*>\s*([^<]+?)\s*<', page)


def _found(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    assert match, f"no {pattern} in the page"
    return match[1]
