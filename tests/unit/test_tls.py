"""The certificates are read once, whoever asks for them and when."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import httpx2
import pytest

from mzi_bridge import tls

ASKING = 4
SECONDS = 30


@pytest.fixture
def unread() -> Iterator[None]:
    tls._read.cache_clear()
    yield
    tls._read.cache_clear()


@pytest.fixture
def readings(unread: None, monkeypatch: pytest.MonkeyPatch) -> list[ssl.SSLContext]:
    """Each time that they were read."""
    read, made = httpx2.create_ssl_context, list[ssl.SSLContext]()

    def noted() -> ssl.SSLContext:
        made.append(read())
        return made[-1]

    monkeypatch.setattr(httpx2, "create_ssl_context", noted)
    return made


def test_who_is_not_known_is_not_trusted(unread: None) -> None:
    context = tls.trusted()
    assert context.verify_mode is ssl.CERT_REQUIRED and context.check_hostname
    assert context.get_ca_certs()


def test_all_who_ask_at_once_share_one_reading(readings: list[ssl.SSLContext]) -> None:
    together = Barrier(ASKING)

    def ask() -> ssl.SSLContext:
        together.wait(SECONDS)
        return tls.trusted()

    with ThreadPoolExecutor(ASKING) as threads:
        given = [asked.result() for asked in [threads.submit(ask) for _ in range(ASKING)]]
    assert len(readings) == 1 and all(one is readings[0] for one in given)


def test_what_is_read_ahead_is_what_is_asked_for_later(
    unread: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on, made = Event(), Event(), ssl.create_default_context()

    def slow() -> ssl.SSLContext:
        begun.set()
        assert go_on.wait(SECONDS)
        return made

    monkeypatch.setattr(httpx2, "create_ssl_context", slow)
    tls.read_ahead()
    assert begun.wait(SECONDS)
    with ThreadPoolExecutor(1) as threads:
        asked = threads.submit(tls.trusted)
        monkeypatch.setattr(httpx2, "create_ssl_context", lambda: pytest.fail("read twice"))
        assert not asked.done()
        go_on.set()
        assert asked.result(SECONDS) is made
