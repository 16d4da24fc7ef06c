"""The settings as people change them on a page or by the API: what counts, where it is from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import SecretStr

from mzi_bridge.journal.journal import Journal
from mzi_bridge.journal.stored_settings import StoredSetting
from mzi_bridge.settings import (
    EDITABLE,
    SettingFault,
    Settings,
    SettingsError,
    setting_example,
    setting_name,
    with_stored,
)
from mzi_bridge.settings.desk import SettingView

BELONG_TO: Mapping[str, tuple[str, ...]] = {
    "MOODLE_BASE_URL": ("MOODLE_TOKEN",),
    "ZOHO_CLIENT_ID": ("ZOHO_CLIENT_SECRET", "ZOHO_REFRESH_TOKEN"),
}
"""A secret goes only to where it was given for: with the address or the client it is new, too."""


class SettingsDesk:
    """`environment` are the settings as the process was started with."""

    def __init__(self, journal: Journal, environment: Settings) -> None:
        self._journal = journal
        self._environment = environment

    async def list(self) -> tuple[SettingView, ...]:
        """All, in the order of the table; a stored one that has become wrong is shown as it would
        be without it, so that it can be mended. Raises JournalUnavailable."""
        stored = await self._journal.settings.all()
        texts = _texts(stored)
        try:
            settings = with_stored(self._environment, texts)
        except SettingsError as error:
            wrong = {fault.name for fault in error.faults}
            sound = {name: text for name, text in texts.items() if name not in wrong}
            settings = with_stored(self._environment, sound)
        return tuple(self._view(field, settings, stored) for field in Settings.model_fields)

    async def stored_text(self, name: str) -> str | None:
        """A stored value, secrets too: for what acts in the office's name, never for a page."""
        found = (await self._journal.settings.all()).get(name)
        return found.text if found is not None else None

    async def change(self, values: Mapping[str, str | None], actor: str) -> None:
        """Stores each value, or with None takes it back; all or nothing.

        Raises SettingsError that lists every fault, JournalUnavailable.
        """
        stored = _texts(await self._journal.settings.all())
        faults = [fault for name in values if (fault := self._refusal(name)) is not None]
        faults.extend(_without_their_secrets(stored, values))
        if faults:
            raise SettingsError(faults)
        self._with(stored, values)
        await self._journal.settings.change(values, actor)

    async def tried(self, values: Mapping[str, str | None]) -> Settings:
        """The settings as they would be with these, which are not stored. Raises as `change`."""
        stored = _texts(await self._journal.settings.all())
        if faults := [fault for name in values if (fault := self._refusal(name)) is not None]:
            raise SettingsError(faults)
        return self._with(stored, values)

    def _with(self, stored: Mapping[str, str], values: Mapping[str, str | None]) -> Settings:
        wanted = {name: text for name, text in {**stored, **values}.items() if text is not None}
        return with_stored(self._environment, wanted)

    def _refusal(self, name: str) -> SettingFault | None:
        field = _FIELDS.get(name)
        if field is None:
            return SettingFault(name, "is not a setting", "a name of docs/settings.md")
        if field not in EDITABLE:
            return SettingFault(
                name, "can be set in the environment only", f"{name}={setting_example(field)}"
            )
        if field in self._environment.model_fields_set:
            return SettingFault(name, "is set by the environment, which wins", "take it out there")
        for secret in BELONG_TO.get(name, ()):
            if _FIELDS[secret] in self._environment.model_fields_set:
                problem = f"goes with {secret}, which the environment sets"
                return SettingFault(name, problem, "set both in the environment, or neither")
        return None

    def _view(
        self, field: str, settings: Settings, stored: Mapping[str, StoredSetting]
    ) -> SettingView:
        info, name = Settings.model_fields[field], setting_name(field)
        extra: Any = info.json_schema_extra
        value = getattr(settings, field)
        secret = "SecretStr" in repr(info.annotation)
        kept = stored.get(name)
        in_environment = field in self._environment.model_fields_set
        return SettingView(
            name=name,
            group=extra["group"],
            description=info.description or "",
            value=None if secret else _text(value),
            secret=secret,
            is_set=value is not None and value != (),
            source="environment" if in_environment else "stored" if kept else "default",
            editable=self._refusal(name) is None,
            changed_at=kept.changed_at if kept and not in_environment else None,
            changed_by=kept.changed_by if kept and not in_environment else "",
        )


_FIELDS = {setting_name(field): field for field in Settings.model_fields}


def _texts(stored: Mapping[str, StoredSetting]) -> dict[str, str]:
    return {name: one.text for name, one in stored.items()}


def _text(value: Any) -> str | None:
    """As it would stand in the environment."""
    if value is None or isinstance(value, SecretStr):
        return None
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return ",".join(str(one) for one in value)
    return str(value)


def _without_their_secrets(
    stored: Mapping[str, str], values: Mapping[str, str | None]
) -> Sequence[SettingFault]:
    faults = []
    for name, secrets in BELONG_TO.items():
        if name not in values or name not in stored or values[name] == stored[name]:
            continue
        for secret in secrets:
            if secret in stored and secret not in values:
                problem = f"belongs to the former {name}: give it anew"
                faults.append(SettingFault(secret, problem, f"the new one, or empty with {name}"))
    return faults
