"""The settings as pages and programs see and change them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, Protocol

from msgspec import Struct

Source = Literal["environment", "stored", "default"]


class SettingView(Struct, frozen=True):
    """One setting as it counts now. `value` is its text, None for a secret and for what is not
    set; `is_set` whether it has one; `editable` whether it can be changed here, which the
    environment rules out. `changed_at` is epoch seconds."""

    name: str
    group: str
    description: str
    value: str | None
    secret: bool
    is_set: bool
    source: Source
    editable: bool
    changed_at: float | None = None
    changed_by: str = ""


class SettingsDesk(Protocol):
    """`app.settings_desk.SettingsDesk`, as far as console and API need it."""

    async def list(self) -> tuple[SettingView, ...]: ...

    async def change(self, values: Mapping[str, str | None], actor: str) -> None: ...
