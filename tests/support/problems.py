"""What every refusal over HTTP must be."""

from __future__ import annotations

from typing import Any

from mzi_bridge.problems import MEDIA_TYPE, UNAUTHORIZED

PLAIN = {"type", "title", "status", "detail", "error"}


def refusal(response: Any) -> tuple[int, str]:
    """Status and word of a refusal that is problem details in every respect."""
    assert response.headers["content-type"] == MEDIA_TYPE
    body = response.json()
    assert body["status"] == response.status_code
    assert all(isinstance(body[name], str) and body[name] for name in ("type", "title", "detail"))
    assert body["type"] in (f"/docs/errors#{body['error']}", "about:blank")
    return response.status_code, body["error"]


def says_nothing(response: Any) -> bool:
    """Whether who is not proven is told that, and not a word more."""
    assert refusal(response) == (401, "unauthorized")
    body = response.json()
    assert body["detail"] == body["title"] == UNAUTHORIZED.title
    return set(body) == PLAIN
