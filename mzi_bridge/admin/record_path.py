"""Where the console tells of one record."""

from __future__ import annotations

from urllib.parse import quote

from mzi_bridge.pipeline.photos import SUFFIX


def record_path(module: str, record_id: str) -> str:
    """The page of a record's story; that of its photo is told with it."""
    return (
        f"/admin/records/{quote(module.removesuffix(SUFFIX), safe='')}/{quote(record_id, safe='')}"
    )
