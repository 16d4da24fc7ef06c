"""What Moodle would answer to a row, without sending it: the plugin's rules, read only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mzi_bridge.mapping import FieldChange, ModuleMapping, diff
from mzi_bridge.mapping.standing import LINK, is_person

Changes = tuple[FieldChange, ...]


def foresee(
    mapping: ModuleMapping, stored: Mapping[str, Any] | None, row: Mapping[str, Any]
) -> tuple[str, Changes]:
    """The action that would follow, in Moodle's words, and the changes it would make.

    `stored` as `local_mzi_get_rows` gives it, None where there is no row. The order of the
    rules stands in `docs/architecture.md`. Whether a person would be linked is Moodle's own
    matter and not foreseen.
    """
    if stored is None:
        return "inserted", changes_of(mapping, {}, row)
    changes = changes_of(mapping, stored, row)
    if stored.get("deleted_at") is not None:
        lifted = row["read_time"] > stored["deleted_at"]
        return ("updated", changes) if lifted else ("stale", ())
    if _is_stale(stored, row):
        return "stale", ()
    if row["content_hash"] == stored["content_hash"]:
        return "unchanged", ()
    return "updated", changes


def foresee_deletion(stored: Mapping[str, Any] | None, deleted_at: int) -> str:
    """The same for a proven deletion at `deleted_at`, in epoch seconds by the CRM's clock."""
    if stored is None:
        return "deleted"
    if stored.get("deleted_at") is not None:
        return "unchanged" if deleted_at <= stored["deleted_at"] else "deleted"
    return "stale" if deleted_at < (stored.get("synced_at") or 0) else "deleted"


def changes_of(
    mapping: ModuleMapping, stored: Mapping[str, Any], row: Mapping[str, Any]
) -> Changes:
    """As `diff`; a link to a Moodle user that the CRM does not know is never taken away."""
    changes = diff(stored, row, mapping.child_keys)
    if not is_person(stored):
        return changes
    return tuple(c for c in changes if c.column != LINK or c.after is not None)


def _is_stale(stored: Mapping[str, Any], row: Mapping[str, Any]) -> bool:
    if row["modified_time"] != stored["modified_time"]:
        return bool(row["modified_time"] < stored["modified_time"])
    earlier = row["read_time"] < (stored.get("synced_at") or 0)
    return bool(earlier and row["content_hash"] != stored["content_hash"])
