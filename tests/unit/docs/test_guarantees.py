"""docs/guarantees.md names a test, or a measurement, for every promise: are they all there?"""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "guarantees.md"
NAMED = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")
PHPUNIT = re.compile(r"`(moodle_plugin/tests/[\w/]+\.php)(?:::(\w+))?`")

BENCH = re.compile(r"`scripts/bench (\w+)`")


def promises() -> list[str]:
    """The rows of the page's tables, without their heads."""
    rows = [line for line in PAGE.read_text().splitlines() if line.startswith("| ")]
    return [row for row in rows if not re.match(r"\| (promise|-+) \|", row)]


@pytest.mark.parametrize("row", promises(), ids=lambda row: row[2:60])
def test_every_promise_names_a_test_that_is_there(row: str) -> None:
    named = NAMED.findall(row)
    for file, name in named:
        names = names_in(ROOT / file)
        assert name in names if name else names, f"{file} has no {name}"
    in_php = PHPUNIT.findall(row)
    for file, name in in_php:
        assert f"function {name}(" in (ROOT / file).read_text(), f"{file} has no {name}"
    measured = BENCH.findall(row)
    for name in measured:
        assert (ROOT / "tests" / "bench" / f"{name}.py").exists(), f"nothing measures {name}"
    assert named or in_php or measured


def test_the_page_makes_promises() -> None:
    assert len(promises()) > 30


def names_in(file: Path) -> set[str]:
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {
        node.name for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, functions)
    }
