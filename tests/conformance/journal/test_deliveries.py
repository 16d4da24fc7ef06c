"""The audit of what came in holds ids and words, whatever was sent."""

from __future__ import annotations

from msgspec.structs import asdict, replace

from mzi_bridge.journal import Delivery, Journal
from tests.support.clock import ManualClock

DELIVERY = Delivery(
    channel_id="1000000068001",
    module="Students",
    operation="update",
    record_count=2,
    ids=("3000000001", "3000000002"),
    server_time_ms=1_750_000_000_000,
    source="notification",
    result="accepted",
)


async def test_a_delivery_is_kept_as_it_came(journal: Journal, clock: ManualClock) -> None:
    await journal.inbox.mark((), deliveries=[DELIVERY])

    (kept,) = await journal.deliveries.list()

    assert {name: getattr(kept, name) for name in asdict(DELIVERY)} == asdict(DELIVERY)
    assert kept.received_at == clock.now()


async def test_hostile_words_are_made_plain_before_they_are_kept(journal: Journal) -> None:
    hostile = Delivery(
        channel_id="\x00\ud800" + "x" * 500,
        module="Stüdents\n",
        operation="drop\ttable",
        record_count=2**60,
        ids=("1", "ada@example.org", "a b", "\x00", "9" * 65),
        server_time_ms=2**80,
        source="notification",
        result="refused",
        reason="bad_token",
    )

    await journal.inbox.mark((), deliveries=[hostile])

    (kept,) = await journal.deliveries.list()
    assert kept.ids == ("1",)
    assert kept.server_time_ms is None
    assert len(kept.channel_id) <= 100
    assert all(word.isascii() for word in (kept.channel_id, kept.module, kept.operation))


async def test_deliveries_are_listed_newest_first_by_module_and_in_pages(
    journal: Journal,
) -> None:
    for n in range(5):
        module = "Classes" if n == 2 else "Students"
        await journal.inbox.mark((), deliveries=[replace(DELIVERY, module=module, record_count=n)])

    newest = await journal.deliveries.list(2)
    older = await journal.deliveries.list(9, before=newest[-1].id)

    assert [one.record_count for one in (*newest, *older)] == [4, 3, 2, 1, 0]
    assert [one.record_count for one in await journal.deliveries.list(module="Classes")] == [2]


async def test_pruning_forgets_what_is_older(journal: Journal, clock: ManualClock) -> None:
    await journal.inbox.mark((), deliveries=[DELIVERY] * 4500)
    clock.advance(10)
    await journal.inbox.mark((), deliveries=[DELIVERY])

    assert await journal.deliveries.prune(clock.now()) == 4500
    assert len(await journal.deliveries.list()) == 1


async def test_recording_nothing_is_harmless(journal: Journal) -> None:
    await journal.inbox.mark((), deliveries=[])

    assert await journal.deliveries.list() == ()


async def test_when_a_source_was_heard_is_told_by_spans_of_an_hour(
    journal: Journal, clock: ManualClock
) -> None:
    clock.set(1_800_000_000.0 + 300)
    began = clock.now()
    for seconds in (0, 10, 60, 3 * 3600, 30, 30 * 3600):
        clock.advance(seconds)
        for module, source in (("Students", "notification"), ("Students", "workflow")):
            if source == "notification" or seconds == 10:
                one = Delivery("c", module, "update", 1, ("1",), None, source, "accepted")
                await journal.inbox.mark([], deliveries=[one])
    spans = await journal.deliveries.heard("Students", "notification", began)
    assert spans[0] == (began, began + 70)
    assert spans[1] == (began + 70 + 3 * 3600, began + 100 + 3 * 3600)
    assert [end - start for start, end in spans[2:]] == [0]
    late = await journal.deliveries.heard("Students", "notification", clock.now() - 60)
    assert late == ((clock.now(), clock.now()),)
    assert await journal.deliveries.heard("Classes", "notification", began) == ()
