from __future__ import annotations

from pathlib import Path

import httpx2
from starlette.applications import Starlette

from mzi_bridge.journal.journal import Journal
from mzi_bridge.pipeline.accept import accept_into
from mzi_bridge.webhooks.ports import Ports
from mzi_bridge.webhooks.routes import webhook_routes
from tests.support.clock import ManualClock
from tests.support.databases import fresh_database
from tests.unit.webhooks.bench import NOW, ZOHO, callback, channel_row, guards


async def test_what_was_answered_202_is_there_for_another_process(tmp_path: Path) -> None:
    clock = ManualClock(NOW)
    async with (
        fresh_database("sqlite", tmp_path) as url,
        Journal.open(url, clock=clock) as journal,
        Journal.open(url, clock=clock) as other,
    ):
        await journal.channels.save(channel_row())
        accept = accept_into(journal.inbox, {"BTEC_Students"})
        ports = Ports(accept, journal.channels.get, lambda entity: None)
        app = Starlette(routes=webhook_routes(ports, guards(clock=clock)))
        async with httpx2.AsyncClient(
            transport=httpx2.ASGITransport(app), base_url="http://test"
        ) as client:
            assert (await client.post(ZOHO, json=callback(ids=["1", "2"]))).status_code == 202
            assert (await other.inbox.counts()).by_module == {"BTEC_Students": 2}
            assert (await client.post(ZOHO, json=callback(ids=["3"], token="x"))).status_code == 401
            assert (await client.post(ZOHO, json=callback(ids=[3]))).status_code == 400
        assert (await other.inbox.counts()).dirty == 2
        assert [row.result for row in await other.deliveries.list()] == ["accepted"]
        channel = await other.channels.get("1001")
        assert channel is not None and channel.last_notice_at == NOW
