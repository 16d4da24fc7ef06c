"""The plugin's code: as it is in the repository, and as a site's copy has it."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from scripts.disposable.account import REPOSITORY, Account, remove_tree

_NOT_SHIPPED = shutil.ignore_patterns(".git", "node_modules", ".*.swp")


def plugin_dir() -> Path:
    return Path(os.environ.get("MZI_PLUGIN_DIR", REPOSITORY / "moodle_plugin")).resolve()


@dataclass(frozen=True)
class PluginState:
    """What decides whether a site must be upgraded: empty strings when there is no plugin."""

    version: str = ""
    schema: str = ""
    files: str = ""


def install_copy(place: Path, account: Account, spare: Path) -> PluginState:
    """Makes `place` (local/mzi) equal to the repository's plugin and answers its state.

    A copy, since a plugin that is a link looks for config.php beside its real folder. It grows
    in `spare` first, so that a running site sees the old code or the new one, never half.
    """
    remove_tree(spare)
    state = read_state(plugin_dir())
    if state.version:
        shutil.copytree(plugin_dir(), spare, ignore=_NOT_SHIPPED)
        account.own_tree(spare)
    remove_tree(place)
    if state.version:
        spare.rename(place)
    return state


def read_state(plugin: Path) -> PluginState:
    version_file = plugin / "version.php"
    if not version_file.exists():
        return PluginState()
    number = re.search(r"\$plugin->version\s*=\s*(\d+)", version_file.read_text())
    return PluginState(
        version=number[1] if number else "0",
        schema=_digest(plugin, [version_file, *(plugin / "db").rglob("*")]),
        files=_digest(plugin, list(plugin.rglob("*"))),
    )


def _digest(top: Path, paths: list[Path]) -> str:
    digest = hashlib.sha256()
    for path in sorted(path for path in paths if path.is_file()):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        digest.update(f"{path.relative_to(top)} {content}\n".encode())
    return digest.hexdigest()
