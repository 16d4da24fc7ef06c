"""How many records a module has, roughly: CRM API v2 has no call that counts."""

from __future__ import annotations

from mzi_bridge.pipeline.links import Links
from mzi_bridge.zoho.records import PAGE_LIMIT
from mzi_bridge.zoho.rows import Page

PRECISION = 8
"""The number is right within a page, or an eighth."""


async def module_size(links: Links, module: str) -> int:
    """Records of the module: exact up to a page, else within an eighth, by about a dozen calls
    for 100,000. Raises what the CRM's client does."""
    first = await _page(links, module, 1)
    if not first.more:
        return len(first.records)
    low, high = 1, 2
    while (await _page(links, module, high)).more:
        low, high = high, high * 2
    while high - low > max(1, high // PRECISION):
        middle = (low + high) // 2
        is_full = (await _page(links, module, middle)).more
        low, high = (middle, high) if is_full else (low, middle)
    return (low + high) * PAGE_LIMIT // 2


async def _page(links: Links, module: str, number: int) -> Page:
    return await links.zoho.records.page(module, number, fields=["id"])
