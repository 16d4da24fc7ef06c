"""What addresses and forms ask for, as numbers and names that are safe to look up."""

from __future__ import annotations

from mzi_bridge.admin.visit import Visit
from mzi_bridge.errors import OperatorError
from mzi_bridge.pipeline.links import Links

LARGEST_ID = 2**53
LONGEST_NAME = 100


def number_of(text: str | None) -> int | None:
    """An id; None if it is none."""
    if not text or not (text.isascii() and text.isdigit()) or len(text) > 16:
        return None
    return min(int(text), LARGEST_ID)


def number_asked(visit: Visit, name: str) -> int:
    """A number of the form. Raises OperatorError bad_number."""
    found = number_of(visit.field(name))
    if found is None:
        raise OperatorError("A number is missing, or it is none.", reason="bad_number")
    return found


def name_asked(visit: Visit, name: str) -> str | None:
    """A name of the address, such as a module's; None if it is empty or none."""
    return plain_name(visit.query.get(name, ""))


def plain_name(text: str) -> str | None:
    """PostgreSQL takes no NUL, and no name of ours has what cannot be printed."""
    text = text.strip()[:LONGEST_NAME]
    return text if text and text.isprintable() else None


def links_of(visit: Visit) -> Links:
    """Raises OperatorError not_connected, or what keeps the bridge from starting."""
    links = visit.ports.links()
    if links is None:
        raise visit.ports.trouble() or OperatorError(
            "The bridge is not connected yet.",
            reason="not_connected",
            fix="Connect the CRM and Moodle first.",
        )
    return links
