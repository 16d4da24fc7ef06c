"""The whole HTTP interface: every operation, its document, and every word of a refusal."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.metadata import version
from typing import Any

from mzi_bridge.api.routes import API_OPERATIONS
from mzi_bridge.openapi.document import document
from mzi_bridge.openapi.operation import Operation
from mzi_bridge.problems import ERRORS_PAGE, METHOD_NOT_ALLOWED, NOT_FOUND, Problem
from mzi_bridge.webhooks import operations as zoho
from mzi_bridge.webhooks.moodle import operations as moodle

ABOUT = f"""Zoho CRM ↔ Moodle. Every refusal is problem details (RFC 9457) whose `error` is one
word; [what each means]({ERRORS_PAGE}). After 429 and 503 wait for `Retry-After` seconds. Times are
epoch seconds unless said otherwise."""
OPERATIONS: tuple[Operation, ...] = (*API_OPERATIONS, *zoho.OPERATIONS, *moodle.OPERATIONS)


@cache
def openapi_document() -> dict[str, Any]:
    """OpenAPI 3.1, of every operation there is; made when it is first asked for."""
    return document(OPERATIONS, version=bridge_version(), about=ABOUT)


def bridge_version() -> str:
    return version("mzi-bridge")


def all_problems() -> Sequence[Problem]:
    """Every refusal by a word of the bridge's own, by word."""
    found = {problem.word: problem for one in OPERATIONS for problem in one.problems}
    found |= {problem.word: problem for problem in (NOT_FOUND, METHOD_NOT_ALLOWED)}
    return [found[word] for word in sorted(found)]
