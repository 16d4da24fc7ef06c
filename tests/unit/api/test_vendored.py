"""The files of other projects that the pages are made with."""

from __future__ import annotations

import hashlib
import re

from mzi_bridge.api.document_routes import STATIC

LINE = re.compile(r"([0-9a-f]{64})  (\S+)")


def test_every_file_is_the_one_that_was_taken_over() -> None:
    told = {path: sha for sha, path in LINE.findall((STATIC / "VENDORED.txt").read_text())}
    there = {
        str(path.relative_to(STATIC)): hashlib.sha256(path.read_bytes()).hexdigest()
        for folder in ("swagger-ui", "redoc")
        for path in (STATIC / folder).iterdir()
    }
    assert told == there and len(there) == 9


def test_each_comes_with_its_licence() -> None:
    assert "Apache License" in (STATIC / "swagger-ui" / "LICENSE").read_text()
    assert "MIT License" in (STATIC / "redoc" / "LICENSE").read_text()
