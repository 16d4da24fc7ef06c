"""The document of the HTTP interface says what there is, and nothing else."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx2
import jsonschema_rs
import pytest
from schemathesis.specs.openapi.definitions import OPENAPI_31
from starlette.applications import Starlette
from starlette.routing import BaseRoute, Route

from mzi_bridge.api.document_routes import document_routes
from mzi_bridge.app.docs import PAGE, errors_page
from mzi_bridge.app.engine import Engine
from mzi_bridge.app.interface import OPERATIONS, all_problems, openapi_document
from mzi_bridge.app.room import Room
from tests.support.problems import refusal
from tests.support.world import ADMIN_TOKEN, World, open_world

ROOT = Path(__file__).parents[3]
PAGES = {"/openapi.json", "/docs", "/redoc", "/docs/errors"}
REFERENCE = "#/components/schemas/"


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with open_world(tmp_path) as world:
        yield world


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return openapi_document()


def routes_of(routes: Iterator[BaseRoute] | list[BaseRoute]) -> Iterator[Route]:
    for route in routes:
        if isinstance(route, Route):
            yield route
        elif isinstance(route, Room):
            yield from routes_of(route.routes)


async def test_every_route_is_in_the_document_and_every_operation_is_a_route(
    world: World, document: Mapping[str, Any]
) -> None:
    async with world.serving(with_worker=False) as http:
        for path in ("/docs", "/api/v1/admin/held"):
            await http.get(path)
        app = world.wires.apps["bridge.test"]
        engine: Engine = app.state.engine
        assert engine.generation is not None
        found = [*routes_of(app.routes), *routes_of(list(engine.generation.router.routes))]
    paths = {route.path for route in found}
    assert paths - PAGES == set(document["paths"])
    told = {(path, method) for path, item in document["paths"].items() for method in item}
    assert told == {(one.path, one.method.lower()) for one in OPERATIONS}


async def test_the_document_is_not_made_where_notices_are_answered() -> None:
    made_in: list[int] = []

    def document() -> dict[str, Any]:
        made_in.append(threading.get_ident())
        return {"openapi": "3.1.0"}

    wire = httpx2.ASGITransport(Starlette(routes=document_routes(document, ())))
    async with httpx2.AsyncClient(base_url="http://bridge.test", transport=wire) as http:
        assert (await http.get("/openapi.json")).json() == {"openapi": "3.1.0"}
    assert made_in and made_in != [threading.get_ident()]


async def test_every_operation_answers_its_own_methods_and_no_other(world: World) -> None:
    async with world.serving(with_worker=False) as http:
        for operation in OPERATIONS:
            path = re.sub(r"\{\w+\}", "1", operation.path)
            right = await http.request(operation.method, path)
            assert right.status_code != 405, operation.id
            wrong = await http.request("PATCH", path)
            assert refusal(wrong) == (405, "method_not_allowed"), operation.id
            assert operation.method in wrong.headers["allow"]


def test_the_document_is_openapi(document: dict[str, Any]) -> None:
    jsonschema_rs.Draft202012Validator(OPENAPI_31).validate(document)


def test_every_schema_is_one_and_refers_to_what_is_there(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    for schema in schemas.values():
        jsonschema_rs.meta.validate(schema)
    named = set(re.findall(rf'"{REFERENCE}(\w+)"', json.dumps(document)))
    assert named <= schemas.keys()


def test_every_operation_has_a_name_of_its_own() -> None:
    names = [operation.id for operation in OPERATIONS]
    assert len(names) == len(set(names))


def test_one_word_means_one_thing() -> None:
    seen: dict[str, object] = {}
    for operation in OPERATIONS:
        for problem in operation.problems:
            assert seen.setdefault(problem.word, problem) == problem


def test_the_committed_page_of_words_is_the_rendered_one() -> None:
    assert (ROOT / PAGE).read_text(encoding="utf-8") == errors_page()


async def test_the_type_of_a_refusal_leads_to_its_line(world: World) -> None:
    async with world.serving(with_worker=False) as http:
        kind = (await http.get("/nowhere")).json()["type"]
        page, _, word = kind.partition("#")
        answer = await http.get(page)
    assert answer.status_code == 200
    for problem in all_problems():
        assert f'<tr id="{problem.word}">' in answer.text
    assert f'<tr id="{word}">' in answer.text


@pytest.mark.parametrize("path", ["/nowhere", "/admin-of-nothing", "/api/v1", "/docs/static/../x"])
async def test_what_is_not_there_is_a_problem_too(world: World, path: str) -> None:
    async with world.serving(with_worker=False) as http:
        assert refusal(await http.get(path)) == (404, "not_found")


async def test_a_bug_is_a_problem_and_says_nothing_of_itself(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*given: object, **named: object) -> None:
        raise ZeroDivisionError("canary")

    async with world.serving(with_worker=False) as http:
        app = world.wires.apps["bridge.test"]
        monkeypatch.setattr("mzi_bridge.journal.held.HeldChanges.open_now", broken)
        wire = httpx2.ASGITransport(app, raise_app_exceptions=False)
        async with httpx2.AsyncClient(transport=wire, base_url=str(http.base_url)) as calm:
            answer = await calm.get("/api/v1/admin/held", headers={"X-Admin-Token": ADMIN_TOKEN})
    assert refusal(answer) == (500, "bug")
    assert "canary" not in answer.text


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/docs/errors"])
async def test_no_page_names_another_host_or_runs_a_script_of_its_own(
    world: World, path: str
) -> None:
    async with world.serving(with_worker=False) as http:
        page = await http.get(path)
        assert page.status_code == 200
        csp = page.headers["content-security-policy"]
        assert "default-src 'none'" in csp and "//" not in csp.replace("'self'", "")
        assert "'unsafe-inline'" not in csp.split("script-src")[-1].split(";")[0]
        assert not re.search(r"(src|href)=\"(https?:)?//", page.text)
        assert not re.search(r"<script>|<script [^>]*>[^<]+<|\son\w+=|<style", page.text)
        for file in re.findall(r'(?:src|href)="([^"#]+)"', page.text):
            assert (await http.get(str(page.url.join(file)))).status_code == 200, file
