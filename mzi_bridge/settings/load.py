"""Reads the settings from the environment and a `.env` file."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from dotenv import dotenv_values
from pydantic import ValidationError

from mzi_bridge.settings.errors import SettingFault, SettingsError
from mzi_bridge.settings.table import Need, Settings, setting_example, setting_name

DEFAULT_ENV_FILE = Path(".env")
_OWN_PREFIXES = ("MZI_", "ZOHO_")
Texts = Mapping[str, str | None]


def load_settings(
    env_file: Path | None = DEFAULT_ENV_FILE, *, require: Sequence[Need] = ()
) -> Settings:
    """The settings; the environment wins over the file, an empty value counts as unset.

    The default file may be absent, one that was asked for may not. `require` names what
    the caller is about to use. Raises SettingsError that lists every fault.
    """
    of_file, faults = _read(env_file) if env_file else ({}, [])
    try:
        settings = Settings.model_validate(_given(of_file) | _given(os.environ))
    except ValidationError as error:
        raise SettingsError([*faults, *value_faults(error)]) from None
    try:
        settings.require(*require)
    except SettingsError as error:
        faults.extend(error.faults)
    if faults:
        raise SettingsError(faults)
    return settings


def value_faults(error: ValidationError) -> Sequence[SettingFault]:
    """Each setting that was refused, and why; no value is quoted."""
    return [_fault(dict(detail)) for detail in error.errors(include_input=False)]


def _read(env_file: Path) -> tuple[Texts, list[SettingFault]]:
    """What a file says, and what is wrong with it as a whole or with names in it that only look
    like settings."""
    if not env_file.is_file():
        example = str(DEFAULT_ENV_FILE)
        missing = SettingFault(str(env_file), "is not a file", example)
        return {}, [] if env_file == DEFAULT_ENV_FILE else [missing]
    try:
        texts = dotenv_values(env_file)
    except UnicodeDecodeError:
        return {}, [SettingFault(str(env_file), "is not UTF-8 text", "NAME=value")]
    return texts, list(_misspelled(texts))


def _misspelled(names: Iterable[str]) -> Iterator[SettingFault]:
    known = {setting_name(field) for field in Settings.model_fields}
    for name in names:
        if name.upper() not in known and name.upper().startswith(_OWN_PREFIXES):
            nearest = difflib.get_close_matches(name.upper(), known, n=1, cutoff=0.0)
            yield SettingFault(name, "is not a setting", f"did you mean {nearest[0]}?")


def _given(texts: Texts) -> dict[str, str]:
    return {name.upper(): text for name, text in texts.items() if text}


def _fault(detail: dict[str, Any]) -> SettingFault:
    where = str(detail["loc"][0])
    field = next(field for field in Settings.model_fields if where in (field, setting_name(field)))
    return SettingFault(setting_name(field), _problem(detail), setting_example(field))


def _problem(detail: dict[str, Any]) -> str:
    message = str(detail["msg"]).removeprefix("Value error, ")
    return message if message.startswith(("is ", "must ", "entry ")) else f"is wrong: {message}"
