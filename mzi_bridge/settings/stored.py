"""Settings that were stored in the journal, laid under those of the environment."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import ValidationError

from mzi_bridge.settings.errors import SettingsError
from mzi_bridge.settings.load import value_faults
from mzi_bridge.settings.table import EDITABLE, Settings, setting_name


def with_stored(settings: Settings, stored: Mapping[str, str]) -> Settings:
    """`settings` with what `stored` (name → text as in the environment) says of editable ones.

    The environment wins. Other names are ignored: a newer release may have stored them. Raises
    SettingsError that lists every fault, without a value.
    """
    of_environment = settings.model_fields_set
    fields = {setting_name(field): field for field in EDITABLE - of_environment}
    laid_under = {fields[name]: text for name, text in stored.items() if name in fields and text}
    if not laid_under:
        return settings
    given = {field: getattr(settings, field) for field in of_environment}
    try:
        return Settings.model_validate({**given, **laid_under})
    except ValidationError as error:
        raise SettingsError(value_faults(error)) from None
