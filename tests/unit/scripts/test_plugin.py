from __future__ import annotations

from pathlib import Path

import pytest

from scripts.disposable.account import service_account
from scripts.disposable.plugin import PluginState, install_copy, read_state


@pytest.fixture
def plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    top = tmp_path / "plugin"
    (top / "db").mkdir(parents=True)
    (top / "version.php").write_text("<?php\n$plugin->version = 2026010100;\n")
    (top / "db" / "install.xml").write_text("<XMLDB/>")
    (top / "lib.php").write_text("<?php\n")
    monkeypatch.setenv("MZI_PLUGIN_DIR", str(top))
    return top


def test_the_version_is_the_one_moodle_reads(plugin: Path) -> None:
    assert read_state(plugin).version == "2026010100"


def test_a_folder_without_version_file_is_no_plugin(tmp_path: Path) -> None:
    assert read_state(tmp_path) == PluginState()


def test_a_change_in_db_asks_for_an_upgrade(plugin: Path) -> None:
    before = read_state(plugin)
    (plugin / "db" / "services.php").write_text("<?php\n")
    assert read_state(plugin).schema != before.schema


def test_a_change_elsewhere_asks_for_no_upgrade(plugin: Path) -> None:
    before = read_state(plugin)
    (plugin / "lib.php").write_text("<?php // Changed.\n")
    after = read_state(plugin)
    assert after.schema == before.schema
    assert after.files != before.files


def test_the_copy_is_the_plugin_of_now_with_nothing_left_over(plugin: Path, tmp_path: Path) -> None:
    place = tmp_path / "site" / "mzi"
    place.mkdir(parents=True)
    (place / "old.php").write_text("<?php\n")
    (plugin / "node_modules").mkdir()
    install_copy(place, service_account(), tmp_path / "spare")
    assert sorted(path.name for path in place.iterdir()) == ["db", "lib.php", "version.php"]


def test_without_a_plugin_the_copy_goes(plugin: Path, tmp_path: Path) -> None:
    place, spare = tmp_path / "mzi", tmp_path / "spare"
    install_copy(place, service_account(), spare)
    (plugin / "version.php").unlink()
    assert install_copy(place, service_account(), spare) == PluginState()
    assert not place.exists()
