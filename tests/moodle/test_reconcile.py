"""Reconcile and preview against a real Moodle, whose database has a mind of its own."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
from pydantic import SecretStr

from mzi_bridge.app import open_bridge
from mzi_bridge.pipeline.links import Links
from mzi_bridge.pipeline.preview import preview
from mzi_bridge.pipeline.reconcile import Kind, reconcile
from mzi_bridge.pipeline.sync import Mode, sync
from tests.support.real_moodle import MoodleSite, Rest
from tests.support.world import CRM_URL, MODULES, World, open_world

PAYMENTS = "BTEC_Payments"
REGISTRATIONS = "BTEC_Registrations"


class Roads(httpx2.AsyncBaseTransport):
    """To the emulated CRM inside this process, to Moodle over the network."""

    def __init__(self, world: World) -> None:
        self._crm = world.wires
        self._network = httpx2.AsyncHTTPTransport()

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        inside = str(request.url).startswith(CRM_URL)
        return await (self._crm if inside else self._network).handle_async_request(request)

    async def aclose(self) -> None:
        await self._network.aclose()


@asynccontextmanager
async def school(folder: Path, site: MoodleSite) -> AsyncIterator[tuple[World, Links]]:
    """An emulated CRM, synced into the real site."""
    async with open_world(folder) as world:
        settings = world.settings.model_copy(
            update={"moodle_base_url": site.base_url, "moodle_token": SecretStr(site.token)}
        )
        async with open_bridge(settings, clock=world.clock, transport=Roads(world)) as bridge:
            results = await sync(bridge.links, MODULES, Mode.FULL)
            assert not any(p.error or p.counts.get("rejected") for p in results.values())
            # What an earlier run left altered on this site is not this test's matter.
            await reconcile(bridge.links, MODULES, repair=True)
            world.clock.advance(3600)
            yield world, bridge.links


def alter(rest: Rest, links: Links, module: str, record_id: str, **columns: Any) -> None:
    """Changes columns while hash and version stay, as a hand in the database would."""
    mapping = links.preset.modules[module]
    row = rest.rows(mapping.entity, [record_id])[record_id]
    kept = {name: row[name] for name in ("modified_time", "content_hash")}
    record = {mapping.key_column: record_id, **kept, "read_time": row["synced_at"], **columns}
    answer = rest.call(
        f"local_mzi_upsert_{mapping.entity}",
        records=json.dumps([record]),
        count=1,
        options=json.dumps({"rewrite": True}),
    )
    assert [result["action"] for result in answer["results"]] == ["updated"]


def drift(reports: Any, world: World) -> list[tuple[str, str, Kind, tuple[str, ...]]]:
    """What was found of this school's records; the site holds other tests' rows as well."""
    return [
        (module, f.record_id, f.kind, f.columns)
        for module, report in reports.modules.items()
        for f in report.found
        if f.kind is not Kind.UNLINKED and f.record_id in world.crm.records(module)
    ]


async def test_every_row_of_a_real_database_stands_as_it_was_sent(
    site: MoodleSite, tmp_path: Path
) -> None:
    async with school(tmp_path, site) as (world, links):
        result = await reconcile(links, MODULES)
        assert not [r.error for r in result.modules.values() if r.error]
        assert drift(result, world) == []
        await world.forget_calls("crm")
        await reconcile(links, MODULES)
        assert await read_by_id(world) == [], "a row does not make its own hash"


async def read_by_id(world: World) -> list[str]:
    """Paths of the calls that asked the CRM for one record. The rows of other tests, which the
    site may hold, are asked for in groups and in the list of the deleted."""
    paths = [call["path"] for call in await world.calls("crm")]
    return [path for path in paths if path.rpartition("/")[2].isdigit()]


@pytest.mark.parametrize(
    ("module", "columns"),
    [(PAYMENTS, {"amount": "0.01"}), (PAYMENTS, {"payment_date": None}), (PAYMENTS, {"note": "X"})],
)
async def test_a_field_altered_in_the_database_is_found_and_put_back(
    site: MoodleSite, rest: Rest, tmp_path: Path, module: str, columns: dict[str, Any]
) -> None:
    async with school(tmp_path, site) as (world, links):
        record_id = world.some(module)
        entity = links.preset.modules[module].entity
        before = rest.rows(entity, [record_id])[record_id]
        alter(rest, links, module, record_id, **columns)
        found = drift(await reconcile(links, [module]), world)
        assert found == [(module, record_id, Kind.ALTERED, tuple(columns))]
        result = await reconcile(links, [module], repair=True)
        assert [f.record_id for f in result.modules[module].repaired] == [record_id]
        after = rest.rows(entity, [record_id])[record_id]
        assert {c: after[c] for c in columns} == {c: before[c] for c in columns}
        assert drift(await reconcile(links, [module]), world) == []


async def test_a_child_row_altered_in_the_database_is_found_and_put_back(
    site: MoodleSite, rest: Rest, tmp_path: Path
) -> None:
    async with school(tmp_path, site) as (world, links):
        record_id = world.some(REGISTRATIONS)
        rows = rest.rows("registrations", [record_id])[record_id]["installments"]
        own = ("zoho_registration_id", "sortorder", "timecreated", "timemodified")
        sent = [{n: v for n, v in row.items() if n not in own} for row in rows]
        altered = [{**sent[0], "amount": "0.01"}, *sent[1:]]
        alter(rest, links, REGISTRATIONS, record_id, installments=altered)
        [(_, found, kind, columns)] = drift(await reconcile(links, [REGISTRATIONS]), world)
        assert (found, kind) == (record_id, Kind.ALTERED)
        assert [c.rpartition(".")[2] for c in columns] == ["amount"]
        await reconcile(links, [REGISTRATIONS], repair=True)
        after = rest.rows("registrations", [record_id])[record_id]["installments"]
        assert [row["amount"] for row in after] == [row["amount"] for row in rows]


async def test_previews_foresee_what_the_site_then_does(site: MoodleSite, tmp_path: Path) -> None:
    async with school(tmp_path, site) as (world, links):
        for module in MODULES:
            mapping = links.preset.modules[module]
            seen = await preview(links, mapping, world.some(module))
            assert (seen.action, seen.changes) == ("unchanged", ()), module
        record_id = world.some(PAYMENTS)
        world.edit(PAYMENTS, record_id, Note="Seen before it is done")
        seen = await preview(links, links.preset.modules[PAYMENTS], record_id)
        assert (seen.action, [c.column for c in seen.changes]) == ("updated", ["note"])
        counts = (await sync(links, [PAYMENTS], Mode.FULL))[PAYMENTS].counts
        assert counts["updated"] == 1
