"""The schedule of polls: one at a time, asked for at once, over restarts and clock jumps."""

from __future__ import annotations

import anyio
from pydantic import SecretStr

from mzi_bridge.journal import Journal
from mzi_bridge.journal.polls import REST_SECONDS, SCHEDULE, PollClaim, PollState
from tests.support.clock import ManualClock

MODULE = "BTEC_Grades"
OTHERS = ("BTEC_Classes", "BTEC_Units")
WAIT = 1800.0


async def claim(journal: Journal, *modules: str) -> PollClaim | None:
    return await journal.polls.claim(modules or [MODULE], lease_seconds=120, longest_wait=WAIT)


async def taken(journal: Journal, *modules: str) -> PollClaim:
    found = await claim(journal, *modules)
    assert found is not None
    return found


async def state(journal: Journal) -> PollState:
    [found] = [one for one in await journal.polls.list() if one.module == MODULE]
    return found


async def test_a_poll_is_due_at_its_time_and_then_again_when_it_said(
    journal: Journal, clock: ManualClock
) -> None:
    began = clock.now()
    await journal.polls.ensure({MODULE: began + 900})
    assert await claim(journal) is None
    clock.advance(900)
    mine = await taken(journal)
    assert (mine.reason, mine.failures, mine.untold) == (SCHEDULE, 0, 0)
    assert await journal.polls.finish(mine, clock.now() + 850, untold=2)
    assert await claim(journal) is None
    clock.advance(850)
    assert (await taken(journal)).untold == 2


async def test_a_schedule_that_stands_is_not_begun_again(
    journal: Journal, clock: ManualClock
) -> None:
    await journal.polls.ensure({MODULE: clock.now()})
    await journal.polls.ensure({MODULE: clock.now() + 900, OTHERS[0]: clock.now() + 900})
    assert (await taken(journal, MODULE, *OTHERS)).module == MODULE
    assert await claim(journal, MODULE, *OTHERS) is None


async def test_who_has_waited_longest_is_first(journal: Journal, clock: ManualClock) -> None:
    now = clock.now()
    await journal.polls.ensure({MODULE: now - 1, OTHERS[0]: now - 3, OTHERS[1]: now - 2})
    order = [(await taken(journal, MODULE, *OTHERS)).module for _ in range(3)]
    assert order == [*OTHERS, MODULE]


async def test_of_many_claimers_one_gets_the_poll(
    url: str, journal: Journal, clock: ManualClock, secret_key: SecretStr
) -> None:
    await journal.polls.ensure({MODULE: clock.now()})
    got: list[PollClaim | None] = []
    async with Journal.open(url, clock=clock, secret_keys=[secret_key]) as other:

        async def ask(process: Journal) -> None:
            got.append(await claim(process))

        async with anyio.create_task_group() as tasks:
            for process in (journal, other) * 4:
                tasks.start_soon(ask, process)
    assert len([one for one in got if one is not None]) == 1


async def test_a_killed_pollers_lease_ends_and_its_end_no_longer_counts(
    journal: Journal, clock: ManualClock
) -> None:
    await journal.polls.ensure({MODULE: clock.now()})
    killed = await taken(journal)
    clock.advance(119)
    assert await claim(journal) is None
    clock.advance(1)
    heir = await taken(journal)
    assert not await journal.polls.extend(killed, 120)
    assert not await journal.polls.finish(killed, clock.now() + 900, untold=0)
    assert (await state(journal)).done_at is None
    assert await journal.polls.extend(heir, 120)
    clock.advance(119)
    assert await claim(journal) is None


async def test_a_failed_poll_is_counted_and_never_told_as_done(
    journal: Journal, clock: ManualClock
) -> None:
    await journal.polls.ensure({MODULE: clock.now()})
    for failures in range(3):
        mine = await taken(journal)
        assert mine.failures == failures
        assert await journal.polls.fail(mine, clock.now() + 60)
        clock.advance(60)
    assert ((await state(journal)).failures, (await state(journal)).done_at) == (3, None)
    await journal.polls.finish(await taken(journal), clock.now() + 900, untold=0)
    assert ((await state(journal)).failures, (await state(journal)).done_at) == (0, clock.now())


async def test_a_poll_handed_back_is_still_due(journal: Journal, clock: ManualClock) -> None:
    await journal.polls.ensure({MODULE: clock.now()})
    await journal.polls.release(await taken(journal))
    assert (await taken(journal)).failures == 0


async def test_a_poll_asked_for_comes_at_once_with_its_reason(
    journal: Journal, clock: ManualClock
) -> None:
    await journal.polls.ensure({MODULE: clock.now() + 900, OTHERS[0]: clock.now() + 900})
    await journal.polls.ask([MODULE], "channel_gone")
    mine = await taken(journal, MODULE, *OTHERS)
    assert (mine.module, mine.reason) == (MODULE, "channel_gone")
    await journal.polls.finish(mine, clock.now() + 900, untold=0)
    assert (await state(journal)).reason == SCHEDULE
    assert await claim(journal, MODULE, *OTHERS) is None


async def test_asked_for_while_it_runs_another_poll_follows(
    journal: Journal, clock: ManualClock
) -> None:
    await journal.polls.ensure({MODULE: clock.now()})
    mine = await taken(journal)
    clock.advance(30)
    await journal.polls.ask([MODULE], "link_resumed")
    assert await claim(journal) is None
    await journal.polls.finish(mine, clock.now() + 900, untold=0)
    assert await claim(journal) is None, "not twice within a minute"
    clock.advance(REST_SECONDS - 30)
    assert (await taken(journal)).reason == "link_resumed"


async def test_asking_without_end_polls_once_a_minute(journal: Journal, clock: ManualClock) -> None:
    await journal.polls.ensure({MODULE: clock.now()})
    polled = 0
    for _ in range(60):
        await journal.polls.ask([MODULE], "link_resumed")
        mine = await claim(journal)
        if mine is not None:
            polled += 1
            await journal.polls.finish(mine, clock.now() + 900, untold=0)
        clock.advance(10)
    assert polled == 10


async def test_asking_never_puts_a_poll_off(journal: Journal, clock: ManualClock) -> None:
    await journal.polls.ensure({MODULE: clock.now()})
    await journal.polls.finish(await taken(journal), clock.now() + 10, untold=0)
    await journal.polls.ask([MODULE], "started")
    clock.advance(10)
    assert (await taken(journal)).reason == "started"


async def test_a_clock_set_back_puts_no_poll_off_for_longer_than_a_round(
    journal: Journal, clock: ManualClock
) -> None:
    await journal.polls.ensure({MODULE: clock.now() + 900})
    clock.set(clock.now() - 86_400)
    mine = await taken(journal)
    await journal.polls.finish(mine, clock.now() + 900, untold=0)
    assert await claim(journal) is None


async def test_a_lease_from_before_the_clock_was_set_back_holds_nobody_up(
    journal: Journal, clock: ManualClock
) -> None:
    await journal.polls.ensure({MODULE: clock.now()})
    await taken(journal)
    clock.set(clock.now() - 86_400)
    assert await claim(journal) is not None


async def test_the_schedule_outlives_the_process_and_belongs_to_its_tenant(
    url: str, journal: Journal, clock: ManualClock, secret_key: SecretStr
) -> None:
    await journal.polls.ensure({MODULE: clock.now() + 900})
    async with (
        Journal.open(url, clock=clock, secret_keys=[secret_key]) as again,
        Journal.open(url, clock=clock, secret_keys=[secret_key], tenant="other") as other,
    ):
        assert (await state(again)).due_at == clock.now() + 900
        assert await other.polls.list() == ()
        await other.polls.ask([MODULE], "started")
    assert await claim(journal) is None
