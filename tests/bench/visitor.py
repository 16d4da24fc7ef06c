"""A user of a Moodle site who opens pages without a browser."""

from __future__ import annotations

import re

import httpx2

_QUERIES = re.compile(r"DB reads/writes: (\d+)/(\d+)")


class Visitor:
    def __init__(self, base_url: str, username: str, password: str) -> None:
        self._http = httpx2.Client(base_url=base_url, timeout=60, follow_redirects=True)
        page = self._http.get("/login/index.php").text
        token = re.search(r'name="logintoken" value="(\w+)"', page)
        assert token, "the site has no login form"
        form = {"username": username, "password": password, "logintoken": token[1]}
        done = self._http.post("/login/index.php", data=form)
        assert "/login/index.php" not in str(done.url), f"{username} cannot log in"

    def get(self, path: str) -> str:
        """The page; it must be there."""
        response = self._http.get(path)
        assert response.status_code == 200, f"{path}: {response.status_code}"
        return response.text

    def queries(self, path: str) -> int:
        """What Moodle's performance footer counts for a page, once it has been opened before."""
        for _ in range(3):
            text = self.get(path)
        counted = _QUERIES.search(text)
        assert counted, f"{path} has no performance footer: set perfdebug"
        return int(counted[1]) + int(counted[2])
