from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import httpx2
import pytest
from starlette.applications import Starlette

from mzi_bridge.sandbox.listener import listening


@pytest.fixture
def anyio_backend() -> str:
    """uvicorn runs on asyncio."""
    return "asyncio"


async def test_it_listens_inside_the_block_and_no_longer() -> None:
    async with listening(Starlette()) as address, httpx2.AsyncClient() as http:
        answer = await http.get(address)
        assert answer.status_code == 404
        assert "date" not in answer.headers
    async with httpx2.AsyncClient() as http:
        with pytest.raises(httpx2.ConnectError):
            await http.get(address)


async def test_a_taken_port_is_an_os_error() -> None:
    async with listening(Starlette()) as address:
        port = urlsplit(address).port
        assert port is not None
        with pytest.raises(OSError, match="in use"):
            async with listening(Starlette(), port=port):
                pass


async def test_an_app_that_cannot_start_is_an_os_error() -> None:
    @asynccontextmanager
    async def broken(app: Starlette) -> AsyncIterator[None]:
        raise RuntimeError("no")
        yield

    with pytest.raises(OSError, match="did not start"):
        async with listening(Starlette(lifespan=broken)):
            pass
