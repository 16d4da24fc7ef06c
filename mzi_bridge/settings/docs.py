"""Renders the table of settings for people: `python -m mzi_bridge.settings.docs`, run in the
repository's root, writes both files anew."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from pathlib import Path

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from mzi_bridge.settings.table import EDITABLE, NEEDED, Settings, setting_example, setting_name

GROUPS = (
    "Database",
    "Moodle",
    "Zoho",
    "Mapping",
    "Webhooks",
    "Events",
    "Work",
    "Network",
    "Console",
)
ENV_EXAMPLE = Path("config/env.example")
SETTINGS_PAGE = Path("docs/settings.md")
HEADING = "| name | default | meaning | example | console |\n|---|---|---|---|:-:|\n"


def env_example() -> str:
    """A `.env` to start from: every setting, described, those it can do without commented out."""
    parts = ["# Settings of MZI bridge. Copy to .env and fill in; the environment wins over it.\n"]
    for group in GROUPS:
        parts.append(f"\n# ---- {group} " + "-" * (60 - len(group)) + "\n")
        parts.extend(_env_entry(field, info) for field, info in _fields(group))
    return "".join(parts)


def settings_page() -> str:
    """The settings page of the documentation, in Markdown."""
    parts = [
        "# Settings\n\n"
        "Set them in the environment or in a `.env` file in the directory you start `mzi` from; "
        "the environment wins.\nAn empty value counts as unset. `mzi doctor` checks them.\n\n"
        "Those with a ✓ can be changed on the console's page *Settings*, too, while neither the "
        "environment nor\n`.env` sets them; they count at once. Stored values are encrypted, and "
        "secrets never shown again.\n"
    ]
    for group in GROUPS:
        parts.append(f"\n## {group}\n\n{HEADING}")
        parts.extend(_page_row(field, info) for field, info in _fields(group))
    return "".join(parts)


def _fields(group: str) -> Iterator[tuple[str, FieldInfo]]:
    for field, info in Settings.model_fields.items():
        extra = info.json_schema_extra
        if isinstance(extra, dict) and extra["group"] == group:
            yield field, info


def _default(info: FieldInfo) -> str:
    value = info.default
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return ",".join(str(item) for item in value)
    return "" if value is None else str(value)


def _env_entry(field: str, info: FieldInfo) -> str:
    comment = textwrap.fill(
        info.description or "",
        96,
        initial_indent="# ",
        subsequent_indent="# ",
        break_on_hyphens=False,
    )
    example = f"# Example: {setting_example(field)}"
    mark = "" if field in NEEDED else "#"
    return f"\n{comment}\n{example}\n{mark}{setting_name(field)}={_default(info)}\n"


def _page_row(field: str, info: FieldInfo) -> str:
    default = f"`{_default(info)}`" if _default(info) else "–"
    meaning = (info.description or "").replace("|", "\\|")
    console = "✓" if field in EDITABLE else "–"
    cells = (f"`{setting_name(field)}`", default, meaning, f"`{setting_example(field)}`", console)
    return f"| {' | '.join(cells)} |\n"


def write_pages(root: Path) -> None:
    for path, text in ((ENV_EXAMPLE, env_example()), (SETTINGS_PAGE, settings_page())):
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write_pages(Path())
