"""The bridge's settings: `load_settings()` and what it can refuse."""

from mzi_bridge.settings.errors import SettingFault, SettingsError
from mzi_bridge.settings.load import load_settings
from mzi_bridge.settings.stored import with_stored
from mzi_bridge.settings.table import (
    EDITABLE,
    ZOHO_FAMILIES,
    Need,
    Settings,
    setting_example,
    setting_name,
)

__all__ = [
    "EDITABLE",
    "ZOHO_FAMILIES",
    "Need",
    "SettingFault",
    "Settings",
    "SettingsError",
    "load_settings",
    "setting_example",
    "setting_name",
    "with_stored",
]
