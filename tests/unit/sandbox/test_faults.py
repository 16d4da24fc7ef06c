from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from mzi_bridge.sandbox.faults import ConnectionDropped, FaultLayer
from mzi_bridge.sandbox.listener import listening

BODY = {"answer": "x" * 50}


@dataclass
class Shop:
    """An app behind the layer; `sold` counts the effects that happened."""

    layer: FaultLayer
    http: httpx2.AsyncClient
    sold: list[bytes] = field(default_factory=list)

    async def sell(self, request: Request) -> Response:
        self.sold.append(await request.body())
        return JSONResponse(BODY)

    async def rule(
        self, fault: dict[str, Any], times: int | None = 1, match: dict[str, str] | None = None
    ) -> None:
        rule = {"match": match or {}, "times": times, "fault": fault}
        answer = await self.http.post("/_control/faults", json=[rule])
        assert answer.status_code == 201, answer.text


@pytest.fixture
def anyio_backend() -> str:
    """uvicorn and the callbacks run on asyncio."""
    return "asyncio"


@pytest.fixture
async def shop() -> AsyncIterator[Shop]:
    app = Starlette()
    layer = FaultLayer(app, label=lambda path, body: body.decode() or None)
    async with listening(layer) as address, httpx2.AsyncClient(base_url=address) as http:
        shop = Shop(layer, http)
        app.router.routes.append(Route("/sale", shop.sell, methods=["GET", "POST"]))
        app.router.routes.append(Route("/_control/edit", shop.sell, methods=["POST"]))
        yield shop


async def test_without_rules_the_app_answers(shop: Shop) -> None:
    answer = await shop.http.post("/sale", content=b"one")
    assert answer.json() == BODY
    assert shop.sold == [b"one"]


@pytest.mark.parametrize(("kind", "effects"), [("drop_before", 0), ("lost_reply", 1)])
async def test_a_dropped_connection_is_a_protocol_error(
    shop: Shop, kind: str, effects: int
) -> None:
    await shop.rule({"kind": kind})
    with pytest.raises(httpx2.TransportError):
        await shop.http.post("/sale")
    assert len(shop.sold) == effects
    assert (await shop.http.post("/sale")).status_code == 200


async def test_half_a_body_under_the_full_length_breaks_off(shop: Shop) -> None:
    await shop.rule({"kind": "truncated"})
    with pytest.raises(httpx2.RemoteProtocolError):
        await shop.http.get("/sale")
    assert len(shop.sold) == 1


async def test_half_a_body_can_come_as_a_whole_answer(shop: Shop) -> None:
    await shop.rule({"kind": "truncated", "full_length": False})
    answer = await shop.http.get("/sale")
    assert answer.status_code == 200
    with pytest.raises(ValueError, match="Unterminated string"):
        answer.json()


@pytest.mark.parametrize(
    ("fault", "status", "content_type"),
    [
        ({"kind": "html"}, 200, "text/html; charset=utf-8"),
        ({"kind": "maintenance"}, 503, "text/html; charset=utf-8"),
        ({"kind": "empty"}, 200, None),
        ({"kind": "status", "status": 500, "body": "{}"}, 500, "application/json"),
        (
            {"kind": "status", "status": 429, "content_type": "text/plain"},
            429,
            "text/plain; charset=utf-8",
        ),
    ],
)
async def test_a_stand_in_answers_without_effect(
    shop: Shop, fault: dict[str, Any], status: int, content_type: str | None
) -> None:
    await shop.rule(fault)
    answer = await shop.http.get("/sale")
    assert (answer.status_code, answer.headers.get("content-type")) == (status, content_type)
    assert shop.sold == []


async def test_headers_of_a_status_fault_arrive(shop: Shop) -> None:
    await shop.rule({"kind": "status", "status": 429, "headers": {"Retry-After": "7"}})
    assert (await shop.http.get("/sale")).headers["retry-after"] == "7"


async def test_a_slow_reply_takes_effect_before_anybody_gives_up(shop: Shop) -> None:
    await shop.rule({"kind": "slow_reply", "seconds": 0.4})
    with pytest.raises(httpx2.ReadTimeout):
        await shop.http.get("/sale", timeout=0.05)
    assert len(shop.sold) == 1
    await shop.rule({"kind": "slow_reply", "seconds": 0.05})
    assert (await shop.http.get("/sale")).json() == BODY


async def test_a_latency_delays_and_still_answers(shop: Shop) -> None:
    await shop.rule({"kind": "latency", "seconds": 0.05})
    answer = await shop.http.get("/sale")
    assert answer.json() == BODY
    assert answer.elapsed.total_seconds() >= 0.05


async def test_rules_match_by_method_path_query_and_body(shop: Shop) -> None:
    for match in (
        {"method": "POST"},
        {"path_prefix": "/other"},
        {"path_contains": "zzz"},
        {"query_contains": "word=b"},
        {"body_contains": "needle"},
    ):
        await shop.rule({"kind": "empty"}, match=match)
        assert (await shop.http.get("/sale", params={"word": "a"})).json() == BODY
        await shop.http.delete("/_control/faults")
    needle = {"body_contains": "needle", "path_prefix": "/sale", "method": "post"}
    await shop.rule({"kind": "empty"}, match=needle)
    assert (await shop.http.post("/sale", content=b"a needle")).content == b""


async def test_times_count_down_and_the_first_rule_wins(shop: Shop) -> None:
    await shop.rule({"kind": "status", "status": 500}, times=2)
    await shop.rule({"kind": "status", "status": 503}, times=None)
    statuses = [(await shop.http.get("/sale")).status_code for _ in range(4)]
    assert statuses == [500, 500, 503, 503]
    (left,) = (await shop.http.get("/_control/faults")).json()
    assert left["fault"]["status"] == 503
    await shop.http.delete("/_control/faults")
    assert (await shop.http.get("/sale")).status_code == 200


async def test_calls_are_counted_without_bodies_or_queries(shop: Shop) -> None:
    await shop.rule({"kind": "drop_before"}, match={"method": "POST"})
    await shop.http.get("/sale", params={"token": "secret"})
    with pytest.raises(httpx2.TransportError):
        await shop.http.post("/sale", content=b"fn")
    assert (await shop.http.get("/_control/calls")).json() == {
        "count": 2,
        "calls": [
            {"method": "GET", "path": "/sale", "status": 200},
            {"method": "POST", "path": "/sale", "status": None, "label": "fn"},
        ],
    }
    await shop.http.delete("/_control/calls")
    assert (await shop.http.get("/_control/calls")).json()["count"] == 0


async def test_other_control_paths_reach_the_app_unharmed(shop: Shop) -> None:
    await shop.rule({"kind": "empty"}, times=None)
    assert (await shop.http.post("/_control/edit")).json() == BODY
    assert shop.layer.count == 0


@pytest.mark.parametrize(
    "rules",
    [
        {"fault": {"kind": "empty"}},
        [{"fault": {"kind": "explode"}}],
        [{"fault": {"kind": "latency"}}],
        [{"fault": {"kind": "status", "status": 99}}],
        [{"fault": {"kind": "empty"}, "times": 0}],
        [{"fault": {"kind": "empty"}, "match": {"host": "x"}}],
    ],
)
async def test_a_malformed_rule_is_refused_whole(shop: Shop, rules: Any) -> None:
    answer = await shop.http.post("/_control/faults", json=rules)
    assert answer.status_code == 400
    assert answer.json()["error"] == "invalid_rules"
    assert shop.layer.rules == []


async def test_what_is_not_json_or_not_a_method_is_refused(shop: Shop) -> None:
    answer = await shop.http.post("/_control/faults", content=b"{")
    assert answer.json() == {"error": "invalid_json"}
    assert (await shop.http.put("/_control/calls")).status_code == 405


async def test_in_process_a_dropped_connection_is_its_own_error() -> None:
    layer = FaultLayer(Starlette())
    layer.add([{"fault": {"kind": "drop_before"}}])
    transport = httpx2.ASGITransport(layer)
    async with httpx2.AsyncClient(transport=transport, base_url="http://x") as http:
        with pytest.raises(ConnectionDropped):
            await http.get("/")
