"""Which pages of other origins may call the API from a browser: none, unless it was said."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware

MAX_AGE = 600


def cors_of(origins: Sequence[str]) -> list[Middleware]:
    """Exact origins; no cookie ever travels, a caller's script sends its key itself."""
    if not origins:
        return []
    return [
        Middleware(
            CORSMiddleware,
            allow_origins=list(origins),
            allow_methods=["GET", "POST", "PUT", "DELETE"],
            allow_headers=["Authorization", "Content-Type", "X-Admin-Token"],
            expose_headers=["Retry-After"],
            allow_credentials=False,
            max_age=MAX_AGE,
        )
    ]
