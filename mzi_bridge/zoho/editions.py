"""What an edition of Zoho CRM allows (its API-limits page): calls at once, and credits a day.

A licence adds credits: 250 (Standard), 500 (Professional), 1,000 (Enterprise) or 2,000
(Ultimate) each. Here stands what an organisation has without any.
"""

from __future__ import annotations

from msgspec import Struct


class Edition(Struct, frozen=True):
    """`parallel`: calls at once of one organisation and application; `credits`: in a rolling
    24 hours, of the whole organisation."""

    parallel: int
    credits: int


EDITIONS = {
    "free": Edition(5, 5_000),
    "standard": Edition(10, 50_000),
    "professional": Edition(15, 50_000),
    "enterprise": Edition(20, 50_000),
    "ultimate": Edition(25, 50_000),
}
