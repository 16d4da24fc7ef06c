"""Every reason word that the bridge can produce is said in both languages."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import mzi_bridge
from mzi_bridge.admin.words.alarms import ALARMS
from mzi_bridge.admin.words.reasons import REASONS
from mzi_bridge.journal.errors import FIXES
from mzi_bridge.mapping.values import FaultCode
from mzi_bridge.pipeline.alarm_review import REVIEWED
from mzi_bridge.pipeline.channel_watch import EXPIRING, GONE

ROOT = Path(mzi_bridge.__file__).parent
ELSEWHERE = {"sandbox", "demo", "cassettes", "cli"}
"""What only a command line says."""


def sources() -> Iterator[ast.Module]:
    for file in sorted(ROOT.rglob("*.py")):
        if file.relative_to(ROOT).parts[0] not in ELSEWHERE:
            yield ast.parse(file.read_text())


def constants(tree: ast.Module) -> dict[str, str]:
    """Names of the module that stand for a word."""
    return {
        target.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def values(node: ast.expr, known: dict[str, str]) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.Name) and node.id in known:
        yield known[node.id]
    elif isinstance(node, ast.IfExp):
        yield from values(node.body, known)
        yield from values(node.orelse, known)
    elif isinstance(node, ast.BoolOp):
        for one in node.values:
            yield from values(one, known)


def words_of(tree: ast.Module) -> Iterator[str]:
    """Of `reason=…` in calls, and of `word = …` in classes of errors."""
    known = constants(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg == "reason":
            yield from values(node.value, known)
        if isinstance(node, ast.ClassDef):
            for line in node.body:
                target = line.targets[0] if isinstance(line, ast.Assign) else None
                target = line.target if isinstance(line, ast.AnnAssign) else target
                if isinstance(target, ast.Name) and target.id == "word":
                    value = line.value if isinstance(line, ast.Assign | ast.AnnAssign) else None
                    yield from values(value, known) if value is not None else ()


def produced() -> set[str]:
    words = {word for tree in sources() for word in words_of(tree)} - {""}
    return words | set(FIXES) | {code.value for code in FaultCode}


def test_every_reason_word_has_a_text() -> None:
    assert sorted(produced() - set(REASONS)) == []


def test_the_words_are_found() -> None:
    assert {"token_refused", "database_full", "too_long", "sync_running"} <= produced()


def test_every_alarm_has_a_text() -> None:
    assert {*REVIEWED, GONE, EXPIRING, "brake", "poll_failing"} <= set(ALARMS)
    assert {"channel_silent", "reconcile_failing"} <= set(ALARMS)
