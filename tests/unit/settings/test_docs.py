from __future__ import annotations

import re
from pathlib import Path

import pytest

from mzi_bridge.settings import EDITABLE, Settings, load_settings, setting_name
from mzi_bridge.settings.docs import (
    ENV_EXAMPLE,
    GROUPS,
    SETTINGS_PAGE,
    env_example,
    settings_page,
    write_pages,
)

ROOT = Path(__file__).parents[3]
NAMES = sorted(setting_name(field) for field in Settings.model_fields)


@pytest.mark.parametrize(
    ("path", "rendered"), [(ENV_EXAMPLE, env_example()), (SETTINGS_PAGE, settings_page())]
)
def test_the_committed_page_is_the_rendered_one(path: Path, rendered: str) -> None:
    written = (ROOT / path).read_text(encoding="utf-8")
    assert written == rendered, "run: python -m mzi_bridge.settings.docs"


def test_each_setting_stands_once_in_both_and_nothing_else_does() -> None:
    in_example = re.findall(r"^#?([A-Z][A-Z0-9_]+)=", env_example(), re.MULTILINE)
    in_page = re.findall(r"^\| `([A-Z][A-Z0-9_]+)` \|", settings_page(), re.MULTILINE)
    assert sorted(in_example) == sorted(in_page) == NAMES


def test_the_page_marks_what_the_console_can_change() -> None:
    marked = re.findall(r"^\| `([A-Z][A-Z0-9_]+)` \|.*\| ✓ \|$", settings_page(), re.MULTILINE)
    assert sorted(marked) == sorted(setting_name(field) for field in EDITABLE)


def test_each_setting_has_a_group_a_description_and_an_example() -> None:
    for info in Settings.model_fields.values():
        assert info.description and info.examples and info.examples[0]
        assert isinstance(info.json_schema_extra, dict)
        assert info.json_schema_extra["group"] in GROUPS


def test_the_example_file_loads_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    write_pages(tmp_path)
    settings = load_settings(tmp_path / ENV_EXAMPLE)
    assert settings == load_settings(None)


def test_the_example_file_with_every_line_in_force_equals_the_defaults(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    active = re.sub(r"^#([A-Z][A-Z0-9_]+=)", r"\1", env_example(), flags=re.MULTILINE)
    path = tmp_path / "active.env"
    path.write_text(active, encoding="utf-8")
    assert load_settings(path) == load_settings(None)
