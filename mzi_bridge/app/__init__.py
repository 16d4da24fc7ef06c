"""The composition root: the only place that builds everything and knows every part."""

from mzi_bridge.app.configured import Configured, configured
from mzi_bridge.app.engine import Engine, Way, may_wait, ready_to_start, running
from mzi_bridge.app.links import Bridge, bridge_on, open_bridge, open_journal
from mzi_bridge.app.service import create_app
from mzi_bridge.app.work import create_work_app

__all__ = [
    "Bridge",
    "Configured",
    "Engine",
    "Way",
    "bridge_on",
    "configured",
    "create_app",
    "create_work_app",
    "may_wait",
    "open_bridge",
    "open_journal",
    "ready_to_start",
    "running",
]
