"""The code of the plugin and its companion: in the repository, and as a site's copy has it."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from scripts.disposable.account import REPOSITORY, Account, remove_tree

COMPANION = "enrol_mzi"
"""Folder in the plugin's folder with the enrolment method, a Moodle plugin of its own."""

_NOT_SHIPPED = shutil.ignore_patterns(".git", "node_modules", ".*.swp", COMPANION)


def plugin_dir() -> Path:
    return Path(os.environ.get("MZI_PLUGIN_DIR", REPOSITORY / "moodle_plugin")).resolve()


@dataclass(frozen=True)
class PluginState:
    """What decides whether a site must be upgraded: empty strings when there is no plugin."""

    version: str = ""
    schema: str = ""
    files: str = ""


@dataclass(frozen=True)
class Places:
    """Where a site has the plugin (local/mzi) and its enrolment method (enrol/mzi)."""

    plugin: Path
    companion: Path

    def clear(self) -> None:
        remove_tree(self.plugin)
        remove_tree(self.companion)


def install_copies(places: Places, account: Account, spare: Path) -> PluginState:
    """Makes both places equal to the repository's plugins and answers their state.

    A copy, since a plugin that is a link looks for config.php beside its real folder.
    """
    state = read_state(plugin_dir())
    _install(plugin_dir(), places.plugin, account, spare)
    _install(plugin_dir() / COMPANION, places.companion, account, spare)
    return state


def _install(source: Path, place: Path, account: Account, spare: Path) -> None:
    """It grows in `spare` first: a running site sees the old code or the new one, never half."""
    there = (source / "version.php").exists()
    remove_tree(spare)
    if there:
        shutil.copytree(source, spare, ignore=_NOT_SHIPPED)
        account.own_tree(spare)
    remove_tree(place)
    if there:
        spare.rename(place)


def read_state(plugin: Path) -> PluginState:
    version_file = plugin / "version.php"
    if not version_file.exists():
        return PluginState()
    number = re.search(r"\$plugin->version\s*=\s*(\d+)", version_file.read_text())
    return PluginState(
        version=number[1] if number else "0",
        schema=_digest(plugin, [*_schema(plugin), *_schema(plugin / COMPANION)]),
        files=_digest(plugin, list(plugin.rglob("*"))),
    )


def _schema(plugin: Path) -> list[Path]:
    return [plugin / "version.php", *(plugin / "db").rglob("*")]


def _digest(top: Path, paths: list[Path]) -> str:
    digest = hashlib.sha256()
    for path in sorted(path for path in paths if path.is_file()):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        digest.update(f"{path.relative_to(top)} {content}\n".encode())
    return digest.hexdigest()
