"""Writes the table of metrics into the page about them: `python -m mzi_bridge.sight.docs`, run in
the repository's root."""

from __future__ import annotations

from pathlib import Path

from mzi_bridge.sight.families import FAMILIES, Family

PAGE = Path("docs/sight.md")
HEAD = "| metric | kind | labels | meaning |\n|---|---|---|---|\n"


def page_with_table(page: str) -> str:
    """`page` with the table as it has to be. Raises ValueError if it has none."""
    before, head, rest = page.partition(HEAD)
    if not head:
        raise ValueError(f"{PAGE} has no table of metrics")
    after = rest.partition("\n\n")[2]
    return f"{before}{head}{''.join(map(_row, FAMILIES))}\n{after}"


def _row(family: Family) -> str:
    labels = ", ".join(f"`{label}`" for label in family.labels)
    return f"| `{family.name}` | {family.kind.value} | {labels} | {family.help} |\n"


if __name__ == "__main__":
    PAGE.write_text(page_with_table(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
