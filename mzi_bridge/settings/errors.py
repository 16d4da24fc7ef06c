"""What is wrong with the settings, all of it at once."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from mzi_bridge.errors import OperatorError


class SettingFault(Struct, frozen=True):
    """One setting that cannot be used. `problem` never quotes a value."""

    name: str
    problem: str
    example: str

    def __str__(self) -> str:
        return f"{self.name} {self.problem} (example: {self.example})"


class SettingsError(OperatorError):
    """Settings are missing or wrong; `faults` lists every one."""

    def __init__(self, faults: Sequence[SettingFault]) -> None:
        self.faults = tuple(faults)
        lines = "\n".join(f"  - {fault}" for fault in self.faults)
        super().__init__(
            f"{len(self.faults)} setting(s) cannot be used:\n{lines}\n",
            reason="settings",
            fix="Set them in the environment or in .env; docs/settings.md describes each.",
        )
