"""The dashboard and the alerts ask for what there is."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio
import pytest
import yaml
from pydantic import SecretStr

from mzi_bridge.sandbox.moodle.events import EventSender, envelope
from mzi_bridge.sight.docs import PAGE, page_with_table
from mzi_bridge.sight.families import FAMILIES, Kind
from tests.support.promql import named_in
from tests.support.scrapes import Scraped, scrape
from tests.support.told import graded
from tests.support.world import ADMIN_TOKEN, BRIDGE_URL, open_world

ROOT = Path(__file__).parents[3]
DASHBOARD = ROOT / "config/grafana/mzi-bridge.json"
ALERTS = ROOT / "config/prometheus/alerts.yml"
ADMIN = {"Authorization": f"Bearer {ADMIN_TOKEN}"}
KEY = "whsec_" + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
STUDENTS = "BTEC_Students"
PLACES = {"instance", "job"}
"""Labels that Prometheus itself puts on what it scrapes."""


@dataclass(frozen=True)
class Asked:
    """An expression, and the labels that the texts beside it use."""

    where: str
    expression: str
    shown: frozenset[str]


def alerts() -> list[dict[str, Any]]:
    groups = yaml.safe_load(ALERTS.read_text(encoding="utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


def asked() -> Iterator[Asked]:
    for panel in json.loads(DASHBOARD.read_text(encoding="utf-8"))["panels"]:
        for target in panel["targets"]:
            shown = re.findall(r"\{\{(\w+)\}\}", target.get("legendFormat", ""))
            yield Asked(panel["title"], target["expr"], frozenset(shown))
    for rule in alerts():
        shown = re.findall(r"\$labels\.(\w+)", json.dumps(rule["annotations"]))
        yield Asked(rule["alert"], rule["expr"], frozenset(shown))


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
async def seen(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scraped]:
    """A scrape of a bridge to which a little of everything has happened."""
    changes: dict[str, Any] = {"push_linger": 0.0, "event_secrets": (SecretStr(KEY),)}
    async with open_world(tmp_path_factory.mktemp("seen")) as world:
        await world.links.journal.alarms.raise_alarm("brake", "grades", "held back")
        async with world.serving(**changes) as http:
            await http.post("/api/v1/admin/setup-zoho-webhooks", headers=ADMIN)
            await http.post("/api/v1/webhooks/zoho", json={"module": STUDENTS})
            event = envelope("user_graded", graded(world), at=world.clock.now())
            await EventSender(BRIDGE_URL, [KEY]).post(http, [event], world.clock.now())
            world.edit(STUDENTS, world.some(STUDENTS), City="Irbid")
            world.tell_channels()
            await world.settled()
            with anyio.fail_after(60):
                while True:
                    found = await scrape(http)
                    if found.value("mzi_lag_seconds_count") and found.by(
                        "mzi_pushes_total", "outcome"
                    ):
                        break
                    await anyio.sleep(0.01)
            yield found


@pytest.mark.anyio
async def test_every_metric_has_the_labels_that_are_declared(seen: Scraped) -> None:
    assert seen.families.keys() == {family.name for family in FAMILIES}
    for family in FAMILIES:
        found = seen.families[family.name]
        assert found.type == family.kind.value
        labels = {frozenset(sample.labels) - {"le"} for sample in found.samples}
        assert labels == {frozenset(family.labels)}, family.name


@pytest.mark.anyio
@pytest.mark.parametrize("one", list(asked()), ids=lambda one: one.where)
async def test_it_asks_for_metrics_and_labels_that_there_are(seen: Scraped, one: Asked) -> None:
    named = named_in(one.expression)
    assert named.metrics
    labels = {sample.name: set(sample.labels) for sample in seen.samples}
    for metric, chosen in named.metrics:
        assert metric in labels, metric
        assert chosen | named.groups <= labels[metric] | PLACES, metric
    assert one.shown <= named.groups


def test_the_reading_of_an_expression_misses_nothing() -> None:
    named = named_in('sum by (le, b) (rate(a_total{c!="x(y)",d=~"e|f"}[5m])) / max(g) > 0.5 and h')
    assert named.metrics == (
        ("a_total", frozenset({"c", "d"})),
        ("g", frozenset()),
        ("h", frozenset()),
    )
    assert named.groups == {"le", "b"}
    with pytest.raises(ValueError, match="ratte"):
        named_in("ratte(a[5m])")


def test_every_metric_is_on_the_dashboard() -> None:
    text = DASHBOARD.read_text(encoding="utf-8")
    assert [family.name for family in FAMILIES if family.name not in text] == []


def test_every_alert_says_what_is_wrong_and_where_to_read_on() -> None:
    for rule in alerts():
        annotations = rule["annotations"]
        assert annotations["summary"].endswith("."), rule["alert"]
        assert rule["labels"]["severity"] in {"critical", "warning"}
        page, _, heading = annotations["runbook"].partition("#")
        headings = re.findall(r"^#+ (.+)$", (ROOT / page).read_text(encoding="utf-8"), re.MULTILINE)
        assert heading in {_anchor(one) for one in headings}, rule["alert"]


def test_every_runbook_is_one_of_an_alert() -> None:
    page = (ROOT / PAGE).read_text(encoding="utf-8").partition("## What to do")[2]
    told = {_anchor(one) for one in re.findall(r"^### (.+)$", page, re.MULTILINE)}
    assert told == {rule["annotations"]["runbook"].partition("#")[2] for rule in alerts()}


def test_the_page_names_every_metric() -> None:
    page = (ROOT / PAGE).read_text(encoding="utf-8")
    assert page == page_with_table(page)


def test_names_end_as_prometheus_wants_them() -> None:
    for family in FAMILIES:
        assert family.name.endswith("_total") is (family.kind is Kind.COUNTER), family.name


def _anchor(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")
