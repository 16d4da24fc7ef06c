"""Whom the bridge's clients trust: one set of certificates, read once, for all of them."""

from __future__ import annotations

import ssl
from functools import cache
from threading import Lock, Thread

import httpx2

_reading = Lock()


def trusted() -> ssl.SSLContext:
    """Made at the first call: reading the certificates takes a tenth of a second. Whoever asks
    meanwhile waits for it."""
    with _reading:
        return _read()


def read_ahead() -> None:
    """Reads them while the caller does something else."""
    Thread(target=trusted, name="certificates", daemon=True).start()


@cache
def _read() -> ssl.SSLContext:
    return httpx2.create_ssl_context()
