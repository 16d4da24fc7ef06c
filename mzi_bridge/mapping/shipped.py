"""Where mapping files are: the presets that come with the bridge, or a path of the operator's."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

_SOURCE_TREE = Path(__file__).parents[2] / "config" / "field_mappings"


def shipped_presets() -> tuple[str, ...]:
    """The names `load_preset` knows, such as "btec" and "guide"."""
    return tuple(sorted(file.name.removesuffix(".toml") for file in _folder() if _is_toml(file)))


def find_preset(path_or_name: str | Path) -> Traversable:
    """The file of a shipped name, or the path itself; it may not exist."""
    if isinstance(path_or_name, Path) or path_or_name.endswith(".toml") or "/" in path_or_name:
        return Path(path_or_name)
    named = (file for file in _folder() if file.name == f"{path_or_name}.toml")
    return next(named, Path(path_or_name))


def _folder() -> tuple[Traversable, ...]:
    # A wheel carries them inside the package, a source tree in config/.
    packaged = files("mzi_bridge.mapping") / "presets"
    if packaged.is_dir():
        return tuple(packaged.iterdir())
    return tuple(_SOURCE_TREE.iterdir()) if _SOURCE_TREE.is_dir() else ()


def _is_toml(file: Traversable) -> bool:
    return file.is_file() and file.name.endswith(".toml")
