"""Plain HTTP on the loopback, cheap to make."""

from __future__ import annotations

import ssl

import httpx2


class PlainWire(httpx2.AsyncHTTPTransport):
    """Loads no certificates, which every short life would pay for."""

    def __init__(self) -> None:
        super().__init__(verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), trust_env=False)
