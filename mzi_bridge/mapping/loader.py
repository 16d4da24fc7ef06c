"""A mapping file → a Preset, or one error that lists everything wrong with the file."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from mzi_bridge.mapping.deny import DEFAULT_DENY, DenyList
from mzi_bridge.mapping.faults import FaultList
from mzi_bridge.mapping.modules import compile_modules
from mzi_bridge.mapping.nearest import did_you_mean
from mzi_bridge.mapping.preset import Preset
from mzi_bridge.mapping.rules import PresetTable
from mzi_bridge.mapping.shipped import find_preset, shipped_presets
from mzi_bridge.mapping.tables import Place, read_table
from mzi_bridge.mapping.writes import compile_writes


def load_preset(path_or_name: str | Path, deny: Sequence[str] = ()) -> Preset:
    """The preset of a shipped name ("btec", "guide") or of a TOML file.

    `deny` are patterns of field names that must not be read, beside `DEFAULT_DENY`, the file's own
    `deny` list and Academic_Password. Raises MappingErrors with every fault.
    """
    file = find_preset(path_or_name)
    return _preset(file.name, _read(file), deny)


def parse_preset(text: str, name: str, deny: Sequence[str] = ()) -> Preset:
    """As `load_preset`, of the text of a mapping file; `name` is what its faults are told by."""
    return _preset(name, text, deny)


def mapping_text(path_or_name: str | Path) -> str:
    """The text of a shipped preset or of a file. Raises MappingErrors if it cannot be read."""
    return _read(find_preset(path_or_name))


def _preset(file_name: str, text: str, deny: Sequence[str]) -> Preset:
    faults = FaultList(file_name)
    raw = _parsed(text, faults)
    faults.raise_if_any()
    place = Place(faults)
    table = read_table(PresetTable, raw, place) or PresetTable()
    if raw.get("modules", {}) == {}:
        place.add("modules", "is missing: one table [modules.<CRM module>] for each module")
    patterns = (*DEFAULT_DENY, *deny, *table.deny)
    modules = compile_modules(table.modules, place.at("modules"), DenyList(patterns))
    writes = compile_writes(table.writes, place.at("writes"), DenyList(patterns))
    faults.raise_if_any()
    name = table.name or file_name.removesuffix(".toml")
    return Preset(name, table.description, modules, patterns, writes)


def _read(file: Traversable) -> str:
    faults = FaultList(file.name)
    try:
        # An editor may have put a byte order mark before the text.
        return file.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        known = shipped_presets()
        hint = did_you_mean(file.name.removesuffix(".toml"), known)
        faults.add("", f"no such file, and no preset of that name ({', '.join(known)}){hint}")
    except OSError as error:
        faults.add("", f"cannot be read: {error.strerror or type(error).__name__}")
    except UnicodeDecodeError as error:
        faults.add("", f"is no UTF-8 text (byte {error.start}): save it as UTF-8")
    raise faults.error()


def _parsed(text: str, faults: FaultList) -> dict[str, Any]:
    """The parsed file; {} after its faults were added."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        faults.add("", f"is no TOML: {error}")
    except RecursionError:
        faults.add("", "is no TOML: nested too deeply")
    return {}
