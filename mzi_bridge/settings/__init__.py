"""The bridge's settings: `load_settings()` and what it can refuse."""

from mzi_bridge.settings.errors import SettingFault, SettingsError
from mzi_bridge.settings.load import load_settings
from mzi_bridge.settings.table import ZOHO_FAMILIES, Need, Settings, setting_name

__all__ = [
    "ZOHO_FAMILIES",
    "Need",
    "SettingFault",
    "Settings",
    "SettingsError",
    "load_settings",
    "setting_name",
]
