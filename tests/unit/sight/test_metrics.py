"""What a monitor reads is what happened."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import anyio
import httpx2
import pytest

from mzi_bridge.app import create_work_app
from mzi_bridge.journal.activity_points import Word
from mzi_bridge.journal.errors import JournalUnavailable
from mzi_bridge.journal.journal import Journal
from mzi_bridge.settings import Settings
from mzi_bridge.sight.exposition import exposition
from mzi_bridge.sight.families import COUNTED, FAMILIES, READ
from mzi_bridge.sight.metrics import MOST_WORDS, Metrics
from mzi_bridge.sight.scrape import Scrape
from mzi_bridge.zoho.transport import CallReport
from tests.support.eventually import until
from tests.support.scrapes import Scraped, scrape
from tests.support.world import ADMIN_TOKEN, BRIDGE_URL, World, open_world

ADMIN = {"Authorization": f"Bearer {ADMIN_TOKEN}"}
STUDENTS = "BTEC_Students"
RECORDS = "mzi_records_total"
NOTIFICATIONS = "mzi_notifications_total"


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with open_world(tmp_path) as world:
        yield world


async def edited(world: World, http: httpx2.AsyncClient, record_id: str, **fields: str) -> None:
    """An edit of a student whose notice has arrived and was carried to its end."""
    world.edit(STUDENTS, record_id, **fields)
    world.tell_channels()
    await world.settled()

    async def clean() -> bool:
        return (await scrape(http)).value("mzi_inbox_dirty") == 0

    await until(clean)


async def set_up(http: httpx2.AsyncClient) -> None:
    answer = await http.post("/api/v1/admin/setup-zoho-webhooks", headers=ADMIN)
    assert answer.status_code == 200, answer.text


async def test_a_change_is_counted_on_its_whole_way(world: World) -> None:
    async with world.serving() as http:
        await set_up(http)
        await edited(world, http, world.some(STUDENTS), City="Irbid")
        seen = await scrape(http)
    assert seen.value(NOTIFICATIONS, result="accepted", reason="") == 1
    assert seen.value(RECORDS, entity="students", outcome="inserted") == 1
    assert seen.value("mzi_lag_seconds_count") == 1
    upsert = seen.value(
        "mzi_moodle_calls_total", function="local_mzi_upsert_students", outcome="ok"
    )
    assert upsert == 1
    assert seen.value("mzi_zoho_requests_total", operation="records.by_ids", status="200") == 1
    assert seen.value("mzi_oldest_dirty_seconds") == 0
    assert (seen.value("mzi_credits_used") or 0) > 1
    assert 0 < (seen.value("mzi_channel_expiry_seconds") or 0) <= 24 * 3600


async def test_what_is_turned_away_is_counted_by_its_reason(world: World) -> None:
    async with world.serving(with_worker=False) as http:
        await http.post("/api/v1/webhooks/zoho", json={"module": STUDENTS})
        await http.post("/api/v1/webhooks/student-dashboard/student_updated", json={})
        await http.post("/api/v1/events/moodle/user_graded", content=b"{}")
        seen = await scrape(http)
    refused = {
        sample.labels["reason"]: sample.value
        for sample in seen.samples
        if sample.name == NOTIFICATIONS and sample.labels["result"] == "refused"
    }
    assert refused and "other" not in refused
    assert seen.value("mzi_events_total", result="refused") == 1


async def test_the_charts_and_the_metrics_are_told_the_same(world: World) -> None:
    async with world.serving() as http:
        await set_up(http)
        for city in ("Irbid", "Aqaba", "Salt"):
            await edited(world, http, world.some(STUDENTS), City=city)
        seen = await scrape(http)
        chart = await world.engine.journal.activity.totals(1)
    assert seen.by(NOTIFICATIONS, "result")["accepted"] == chart.accepted
    counted = seen.by(RECORDS, "outcome")
    assert counted["inserted"] + counted["updated"] == chart.delivered


async def test_a_new_configuration_goes_on_counting(world: World) -> None:
    async with world.serving() as http:
        await set_up(http)
        await edited(world, http, world.some(STUDENTS), City="Irbid")
        before, last = await scrape(http), world.engine.generation
        await world.engine.journal.settings.change({"MZI_BATCH_SIZE": "7"}, "office")

        async def renewed() -> bool:
            return world.engine.generation is not last

        await until(renewed)
        await edited(world, http, world.some(STUDENTS), City="Aqaba")
        after = await scrape(http)
    assert after.value(NOTIFICATIONS, result="accepted", reason="") == 2
    for name in (RECORDS, "mzi_moodle_calls_total", "mzi_zoho_requests_total"):
        label = next(iter(before.families[name].samples[0].labels))
        for word, number in before.by(name, label).items():
            assert after.by(name, label)[word] >= number


async def test_what_stands_in_the_journal_is_told_by_every_process(world: World) -> None:
    """Also by one that has only just begun and did none of it."""
    await world.notice(STUDENTS, world.some(STUDENTS), "gone")
    world.clock.advance(90)
    await world.links.journal.links.pause("moodle", "maintenance", world.clock.now() + 60)
    await world.links.journal.alarms.raise_alarm("link_paused", "moodle", "It is paused.")
    async with world.serving(with_worker=False) as http:
        seen = await scrape(http)
    assert seen.value("mzi_journal_up") == 1
    assert seen.value("mzi_inbox_dirty") == 2
    assert seen.value("mzi_oldest_dirty_seconds") == 90
    assert seen.value("mzi_link_paused", link="moodle", reason="maintenance") == 1
    assert seen.value("mzi_link_paused", link="zoho", reason="") == 0
    assert seen.value("mzi_alarms", kind="link_paused") == 1
    assert "mzi_channel_expiry_seconds" not in seen.families


async def test_a_dead_letter_stands_until_someone_acts(world: World) -> None:
    payment = world.some("BTEC_Payments")
    world.spoil("BTEC_Payments", payment, Name="N" * 300)
    await world.carry("BTEC_Payments", payment)
    async with world.serving(with_worker=False) as http:
        assert (await scrape(http)).value("mzi_dead_letters") == 1
        await world.links.journal.dead.discard()
        assert (await scrape(http)).value("mzi_dead_letters") == 0


async def test_a_scrape_without_the_journal_says_so_and_keeps_the_counters(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*given: object) -> None:
        raise JournalUnavailable("the password is canary", reason="database_unreachable")

    async with world.serving(with_worker=False) as http:
        await http.post("/api/v1/webhooks/zoho", json={"module": STUDENTS})
        monkeypatch.setattr("mzi_bridge.journal.inbox.Inbox.counts", away)
        seen = await scrape(http)
    assert seen.value("mzi_journal_up") == 0
    assert seen.by(NOTIFICATIONS, "result") == {"refused": 1}
    assert not {family.name for family in READ[1:]} & seen.families.keys()


async def test_a_journal_that_hangs_does_not_hold_up_the_scrape(world: World) -> None:
    class Hanging:
        inbox = None

        def __getattr__(self, name: str) -> object:
            raise AssertionError(name)

    hanging = Hanging()
    hanging.inbox = type("Inbox", (), {"counts": staticmethod(anyio.sleep_forever)})()
    journal: Journal = hanging  # type: ignore[assignment]
    text = await Scrape(Metrics(), journal, world.clock, lambda: 1, seconds=0.05).text()
    assert Scraped(text.decode()).value("mzi_journal_up") == 0


async def test_a_process_that_only_works_tells_what_it_did(world: World) -> None:
    app = create_work_app(world.settings, clock=world.clock, transport=world.wires)
    student = world.some(STUDENTS)
    await world.notice(STUDENTS, student)
    wire = httpx2.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(base_url=BRIDGE_URL, transport=wire) as http,
    ):

        async def carried() -> bool:
            return (await scrape(http)).value("mzi_lag_seconds_count") == 1

        await until(carried)
        seen = await scrape(http)
        assert seen.value(RECORDS, entity="students", outcome="inserted") == 1
        assert (await http.get("/health")).status_code == 200
        assert (await http.post("/api/v1/webhooks/zoho", json={})).status_code == 404


async def test_a_scrape_needs_no_bridge_at_work(world: World) -> None:
    async with world.serving(without=("MOODLE_TOKEN",), with_worker=False) as http:
        assert (await scrape(http)).value("mzi_journal_up") == 1


@pytest.mark.parametrize(
    ("client", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("::1", {}, 200),
        ("::ffff:127.0.0.1", {}, 200),
        ("203.0.113.5", {}, 401),
        ("203.0.113.5", {"X-Forwarded-For": "127.0.0.1"}, 401),
        ("127.0.0.1", {"X-Forwarded-For": "203.0.113.5"}, 401),
        ("127.0.0.1", {"X-Forwarded-For": "127.0.0.1"}, 401),
        ("127.0.0.1", {"Forwarded": "for=127.0.0.1"}, 401),
        ("203.0.113.5", ADMIN, 200),
        ("127.0.0.1", {"X-Forwarded-For": "203.0.113.5", **ADMIN}, 200),
    ],
)
@pytest.mark.parametrize("proxies", ["", "127.0.0.0/8"])
async def test_only_this_machine_and_the_administrator_scrape(
    world: World, client: str, headers: dict[str, str], status: int, proxies: str
) -> None:
    trusted = Settings.model_validate({"MZI_TRUSTED_PROXIES": proxies}).trusted_proxies
    async with world.serving(with_worker=False, trusted_proxies=trusted):
        wire = httpx2.ASGITransport(world.wires.apps["bridge.test"], client=(client, 1))
        async with httpx2.AsyncClient(base_url=BRIDGE_URL, transport=wire) as http:
            answer = await http.get("/metrics", headers=headers)
    assert answer.status_code == status, answer.text
    assert ("mzi_" in answer.text) is (status == 200)


def told(metrics: Metrics) -> Scraped:
    return Scraped(exposition(metrics.counted(), metrics.lags.told(), {}).decode())


def test_a_label_takes_words_only_and_not_without_end() -> None:
    metrics = Metrics()
    metrics.noted(Word.REFUSED, 1, "Layla Haddad <layla@example.org>")
    for number in range(MOST_WORDS + 50):
        metrics.zoho_called(CallReport("records.page", number + 100, 1, 0.1, None))
        metrics.moodle_called("local_mzi_get_status", f"word_{number}", 0.1)
    seen = told(metrics)
    assert seen.value(NOTIFICATIONS, result="refused", reason="other") == 1
    assert len(seen.by("mzi_moodle_calls_total", "outcome")) == MOST_WORDS + 1


def test_a_word_that_was_known_before_a_label_was_full_counts_on() -> None:
    metrics = Metrics()
    for number in range(MOST_WORDS):
        metrics.moodle_called("local_mzi_get_status", f"word_{number}", 0.1)
    for outcome in ("word_0", "new", "word_0"):
        metrics.moodle_called("local_mzi_get_status", outcome, 0.1)
    metrics.moodle_called("local_mzi_get_contract", "word_1", 0.1)
    calls = told(metrics).by("mzi_moodle_calls_total", "outcome")
    assert (calls["word_0"], calls["word_1"], calls["other"]) == (3, 2, 1)


def test_a_change_is_in_each_bucket_that_is_not_shorter_than_it() -> None:
    metrics = Metrics()
    for seconds in (-1.0, 0.1, 3.3, 4000.0):
        metrics.lagged(seconds)
    buckets = told(metrics).by("mzi_lag_seconds_bucket", "le")
    assert [buckets[bound] for bound in ("0.1", "2.0", "5.0", "3600.0", "+Inf")] == [2, 2, 3, 3, 4]
    assert told(metrics).value("mzi_lag_seconds_count") == 4
    assert told(metrics).value("mzi_lag_seconds_sum") == pytest.approx(4003.4)


def test_each_family_is_named_once_and_after_the_bridge() -> None:
    names = [family.name for family in FAMILIES]
    assert len(set(names)) == len(names) == len(COUNTED) + len(READ)
    assert all(name.startswith("mzi_") for name in names)
