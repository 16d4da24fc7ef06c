"""WCAG 2.2 AA as far as axe-core can tell."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def violations(page: Page) -> list[str]:
    """One line for each element of the page that breaks a rule."""
    options = {"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"]}
    found: dict[str, Any] = Axe().run(page, options=options).response
    assert found["testEngine"]["name"] == "axe-core"
    return [_line(rule, node) for rule in found["violations"] for node in rule["nodes"]]


def _line(rule: dict[str, Any], node: dict[str, Any]) -> str:
    why = [check["message"] for check in node["any"] + node["all"] + node["none"]]
    return f"{rule['id']} at {node['target']}: {'; '.join(why)} in {node['html'][:160]}"
