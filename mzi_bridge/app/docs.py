"""Renders the page of refusals from the declarations of the operations:
`python -m mzi_bridge.app.docs`, run in the repository's root."""

from __future__ import annotations

from pathlib import Path

from mzi_bridge.app.interface import all_problems
from mzi_bridge.problems import ERRORS_PAGE

PAGE = Path("docs/errors.md")


def errors_page() -> str:
    """The page in Markdown."""
    rows = "".join(f"| `{one.word}` | {one.status} | {one.title} |\n" for one in all_problems())
    return f"""# Refusals over HTTP

Every refusal is problem details (RFC 9457) with the type `application/problem+json`: `type`,
`title`, `status`, `detail`, and `error`, the word below. Where there is more to say, `message`,
`fix` and `options` say it. `type` is a reference to the page `{ERRORS_PAGE}` of the bridge itself.
A word that is not here comes from the CRM, Moodle or the database; its `type` is `about:blank`.

| word | status | meaning |
|---|---|---|
{rows}"""


if __name__ == "__main__":
    PAGE.write_text(errors_page(), encoding="utf-8")
