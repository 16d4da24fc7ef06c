"""A Zoho CRM v2 organisation in memory, behind Zoho's own HTTP API.

`Crm` is the state, `create_zoho_app` the API over it.
"""

from __future__ import annotations

from mzi_bridge.sandbox.zoho.app import create_zoho_app
from mzi_bridge.sandbox.zoho.emulator import Switches
from mzi_bridge.sandbox.zoho.state import Crm

__all__ = ["Crm", "Switches", "create_zoho_app"]
