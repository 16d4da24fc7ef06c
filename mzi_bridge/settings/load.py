"""Reads the settings from the environment and a `.env` file."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from dotenv import dotenv_values
from pydantic import ValidationError

from mzi_bridge.settings.errors import SettingFault, SettingsError
from mzi_bridge.settings.table import Need, Settings, setting_example, setting_name

DEFAULT_ENV_FILE = Path(".env")
_OWN_PREFIXES = ("MZI_", "ZOHO_")


def load_settings(
    env_file: Path | None = DEFAULT_ENV_FILE, *, require: Sequence[Need] = ()
) -> Settings:
    """The settings; the environment wins over the file, an empty value counts as unset.

    The default file may be absent, one that was asked for may not. `require` names what
    the caller is about to use. Raises SettingsError that lists every fault.
    """
    faults = list(_file_faults(env_file)) if env_file else []
    try:
        settings = Settings(_env_file=env_file)
    except (ValidationError, UnicodeDecodeError) as error:
        raise SettingsError([*faults, *value_faults(error)]) from None
    try:
        settings.require(*require)
    except SettingsError as error:
        faults.extend(error.faults)
    if faults:
        raise SettingsError(faults)
    return settings


def _file_faults(env_file: Path) -> Iterator[SettingFault]:
    """A named file that is not there, and names in it that only look like settings."""
    if not env_file.is_file():
        if env_file != DEFAULT_ENV_FILE:
            yield SettingFault(str(env_file), "is not a file", str(DEFAULT_ENV_FILE))
        return
    try:
        names = list(dotenv_values(env_file))
    except UnicodeDecodeError:
        return
    known = {setting_name(field) for field in Settings.model_fields}
    for name in names:
        if name.upper() not in known and name.upper().startswith(_OWN_PREFIXES):
            nearest = difflib.get_close_matches(name.upper(), known, n=1, cutoff=0.0)
            yield SettingFault(name, "is not a setting", f"did you mean {nearest[0]}?")


def value_faults(error: ValidationError | UnicodeDecodeError) -> Sequence[SettingFault]:
    """Each setting that was refused, and why; no value is quoted."""
    if isinstance(error, UnicodeDecodeError):
        return [SettingFault(str(DEFAULT_ENV_FILE), "is not UTF-8 text", "NAME=value")]
    return [_fault(dict(detail)) for detail in error.errors(include_input=False)]


def _fault(detail: dict[str, Any]) -> SettingFault:
    where = str(detail["loc"][0])
    field = next(field for field in Settings.model_fields if where in (field, setting_name(field)))
    return SettingFault(setting_name(field), _problem(detail), setting_example(field))


def _problem(detail: dict[str, Any]) -> str:
    message = str(detail["msg"]).removeprefix("Value error, ")
    return message if message.startswith(("is ", "must ", "entry ")) else f"is wrong: {message}"
