"""The configuration that counts: the environment, what was stored, and the mapping in force."""

from __future__ import annotations

from msgspec import Struct

from mzi_bridge.journal.journal import Journal
from mzi_bridge.journal.mapping_versions import MappingVersion
from mzi_bridge.mapping import Preset, load_preset, parse_preset
from mzi_bridge.settings import Settings, with_stored


class Configured(Struct, frozen=True):
    """`version` is the saved mapping that counts, None where that of the settings does."""

    settings: Settings
    version: MappingVersion | None
    generation: int

    def preset(self) -> Preset:
        """Raises MappingErrors."""
        deny = self.settings.mapping_deny
        if self.version is None:
            return load_preset(self.settings.mapping, deny=deny)
        return parse_preset(self.version.content, f"version {self.version.version}", deny=deny)


async def configured(journal: Journal, settings: Settings) -> Configured:
    """As it is now. Raises SettingsError, JournalUnavailable."""
    # Read first: a change that comes in between makes a later generation, and is read again.
    generation = await journal.configuration.generation()
    if not generation:
        return Configured(settings, None, 0)
    stored = {name: one.text for name, one in (await journal.settings.all()).items()}
    return Configured(with_stored(settings, stored), await journal.mappings.active(), generation)
