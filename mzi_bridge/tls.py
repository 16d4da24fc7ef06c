"""Whom the bridge's clients trust: one set of certificates, read once, for all of them."""

from __future__ import annotations

import ssl
from functools import cache

import httpx2


@cache
def trusted() -> ssl.SSLContext:
    """Made at the first call: reading the certificates takes a tenth of a second."""
    return httpx2.create_ssl_context()
