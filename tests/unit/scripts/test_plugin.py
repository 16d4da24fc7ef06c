from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from scripts.disposable.account import service_account
from scripts.disposable.plugin import Places, PluginState, install_copies, read_state


@pytest.fixture
def plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    top = tmp_path / "plugin"
    (top / "db").mkdir(parents=True)
    (top / "version.php").write_text("<?php\n$plugin->version = 2026010100;\n")
    (top / "db" / "install.xml").write_text("<XMLDB/>")
    (top / "lib.php").write_text("<?php\n")
    (top / "enrol_mzi" / "db").mkdir(parents=True)
    (top / "enrol_mzi" / "version.php").write_text("<?php\n$plugin->version = 2026010100;\n")
    (top / "enrol_mzi" / "db" / "access.php").write_text("<?php\n")
    monkeypatch.setenv("MZI_PLUGIN_DIR", str(top))
    return top


@pytest.fixture
def places(tmp_path: Path) -> Places:
    (tmp_path / "local").mkdir()
    (tmp_path / "enrol").mkdir()
    return Places(tmp_path / "local" / "mzi", tmp_path / "enrol" / "mzi")


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


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


def test_a_change_in_db_of_the_enrolment_method_asks_for_an_upgrade(plugin: Path) -> None:
    before = read_state(plugin)
    (plugin / "enrol_mzi" / "db" / "access.php").write_text("<?php // Changed.\n")
    assert read_state(plugin).schema != before.schema


def test_the_copies_are_the_plugins_of_now_with_nothing_left_over(
    plugin: Path, places: Places, tmp_path: Path
) -> None:
    for place in (places.plugin, places.companion):
        place.mkdir(parents=True)
        (place / "old.php").write_text("<?php\n")
    (plugin / "node_modules").mkdir()
    install_copies(places, service_account(), tmp_path / "spare")
    assert names_in(places.plugin) == ["db", "lib.php", "version.php"]
    assert names_in(places.companion) == ["db", "version.php"]


def test_without_a_plugin_the_copies_go(plugin: Path, places: Places, tmp_path: Path) -> None:
    spare = tmp_path / "spare"
    install_copies(places, service_account(), spare)
    (plugin / "version.php").unlink()
    (plugin / "enrol_mzi" / "version.php").unlink()
    assert install_copies(places, service_account(), spare) == PluginState()
    assert not places.plugin.exists()
    assert not places.companion.exists()


def test_a_plugin_without_the_method_installs_without_it(
    plugin: Path, places: Places, tmp_path: Path
) -> None:
    install_copies(places, service_account(), tmp_path / "spare")
    shutil.rmtree(plugin / "enrol_mzi")
    install_copies(places, service_account(), tmp_path / "spare")
    assert places.plugin.exists()
    assert not places.companion.exists()
