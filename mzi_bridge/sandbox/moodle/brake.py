"""The brake on closing changes: so many of an entity within a rolling hour, whoever asks.

The cap is the larger of two numbers of the site: a count, and a share of the entity's living
rows as a call finds them.
"""

from __future__ import annotations

from typing import Final

from mzi_bridge.sandbox.moodle.options import BrakeMode
from mzi_bridge.sandbox.moodle.site import Site

WINDOW: Final = 3600
"""Seconds that a closing change counts."""


def admitted(site: Site, entity: str, mode: BrakeMode, wanted: int) -> int:
    """How many of `wanted` closing changes go through; they are counted, unless confirmed."""
    if mode == "confirmed":
        return wanted
    if mode == "hold" or wanted == 0:
        return 0
    through = min(wanted, max(0, _cap(site, entity) - closings(site, entity)))
    site.closings[entity] += [site.now()] * through
    return through


def closings(site: Site, entity: str) -> int:
    """Closing changes of the entity that still count."""
    since = site.now() - WINDOW
    counted = [at for at in site.closings[entity] if at > since]
    site.closings[entity] = counted
    return len(counted)


def _cap(site: Site, entity: str) -> int:
    living = sum(not stored.deleted for stored in site.tables[entity].all())
    return max(site.brake_minimum, living * site.brake_percent // 100)
