"""Dead letters: kept with their reason, tried again with their proof, never lost from history."""

from __future__ import annotations

from mzi_bridge.journal import Journal
from mzi_bridge.journal.dead import PIECE, Choice, DeadLetter, DeadState
from mzi_bridge.journal.pacing import AT_ONCE, LONGEST_PACE_SECONDS, STEP_SECONDS, place
from tests.support.clock import ManualClock
from tests.support.notices import changed, claim_one, dead, deleted, done, ids


async def _die(
    journal: Journal, *record_ids: str, module: str = "Students", why: str = "x"
) -> None:
    await journal.inbox.mark([changed(record_id, module) for record_id in record_ids])
    claim = await claim_one(journal)
    await journal.inbox.settle(claim, [dead(record_id, why) for record_id in record_ids])


async def test_a_dead_letter_tells_what_died_when_and_why(
    journal: Journal, clock: ManualClock
) -> None:
    noticed = clock.now()
    await journal.inbox.mark([changed("1")])
    claim = await claim_one(journal)
    clock.advance(7)

    counts = await journal.inbox.settle(claim, [dead("1", "required", "first_name: required")])

    assert counts.dead == 1
    (letter,) = await journal.dead.list()
    assert (letter.module, letter.record_id, letter.attempts) == ("Students", "1", 1)
    assert (letter.reason, letter.message) == ("required", "first_name: required")
    assert (letter.first_noticed_at, letter.died_at) == (noticed, noticed + 7)
    assert letter.state is DeadState.DEAD
    assert (await journal.inbox.counts()).dirty == 0


async def test_a_retried_letter_is_dirty_again_and_stays_in_the_history(
    journal: Journal, clock: ManualClock
) -> None:
    await _die(journal, "1", "2")
    letter, _ = await journal.dead.list()

    assert await journal.dead.retry(Choice(ids=[letter.id])) == 1

    assert [one.record_id for one in await journal.dead.list()] == ["2"]
    (kept,) = await journal.dead.list(state=DeadState.RETRIED)
    assert (kept.id, kept.closed_at) == (letter.id, clock.now())
    (item,) = (await claim_one(journal)).items
    assert (item.record_id, item.attempts) == ("1", 0)


async def test_a_retried_deletion_still_has_its_proof(journal: Journal) -> None:
    await journal.inbox.mark([deleted("1", at_ms=77)])
    await journal.inbox.settle(await claim_one(journal), [dead("1")])

    await journal.dead.retry()

    (item,) = (await claim_one(journal)).items
    assert (item.changed_at_ms, item.deleted_at_ms) == (None, 77)


async def test_a_retry_merges_with_a_notice_that_came_meanwhile(journal: Journal) -> None:
    await journal.inbox.mark([deleted("1", at_ms=77)])
    await journal.inbox.settle(await claim_one(journal), [dead("1")])
    await journal.inbox.mark([changed("1", at_ms=99)])

    await journal.dead.retry()

    (item,) = (await claim_one(journal)).items
    assert (item.changed_at_ms, item.deleted_at_ms, item.generation) == (99, 77, 2)


async def test_letters_are_chosen_by_module_and_reason(journal: Journal) -> None:
    await _die(journal, "1", "2", why="required")
    await _die(journal, "3", why="too_long")
    await _die(journal, "4", module="Classes", why="required")

    assert len(await journal.dead.list(Choice(reason="required"))) == 3
    assert await journal.dead.retry(Choice(module="Students", reason="required")) == 2
    assert await journal.dead.discard(Choice(module="Classes")) == 1
    assert [one.record_id for one in await journal.dead.list()] == ["3"]


async def test_an_empty_choice_of_ids_chooses_nothing(journal: Journal) -> None:
    await _die(journal, "1")

    assert await journal.dead.retry(Choice(ids=[])) == 0
    assert await journal.dead.count() == 1


async def test_a_discarded_letter_keeps_its_note_and_is_not_tried_again(
    journal: Journal,
) -> None:
    await _die(journal, "1")

    assert await journal.dead.discard(note="test record") == 1

    (kept,) = await journal.dead.list(state=None)
    assert (kept.state, kept.note) == (DeadState.DISCARDED, "test record")
    assert await journal.dead.retry() == 0
    assert (await journal.inbox.counts()).dirty == 0


async def test_a_record_that_is_done_later_closes_its_open_letter(journal: Journal) -> None:
    await _die(journal, "1")
    await journal.inbox.mark([changed("1")])

    await journal.inbox.settle(await claim_one(journal), [done("1")])

    assert await journal.dead.count() == 0
    (kept,) = await journal.dead.list(state=None)
    assert kept.state is DeadState.SUPERSEDED


async def test_a_record_that_dies_again_has_one_open_letter(journal: Journal) -> None:
    await _die(journal, "1", why="first")
    await _die(journal, "1", why="second")

    assert [letter.reason for letter in await journal.dead.list()] == ["second"]
    assert len(await journal.dead.list(state=None)) == 2


async def test_letters_are_listed_in_pages(journal: Journal) -> None:
    await _die(journal, *[str(n) for n in range(5)])

    first = await journal.dead.list(limit=3)
    rest = await journal.dead.list(limit=3, after=first[-1].id)

    assert (len(first), len(rest)) == (3, 2)


async def test_pruning_forgets_closed_letters_only(journal: Journal, clock: ManualClock) -> None:
    await _die(journal, "old", "open")
    old, _ = await journal.dead.list()
    await journal.dead.discard(Choice(ids=[old.id]))
    clock.advance(100)

    assert await journal.dead.prune(clock.now()) == 1
    assert [one.record_id for one in await journal.dead.list(state=None)] == ["open"]


async def test_a_retry_wakes_the_workers(journal: Journal) -> None:
    await _die(journal, "1")
    assert await journal.inbox.claim(owner="w", limit=1, lease_seconds=1) is None

    await journal.dead.retry()

    await journal.inbox.wait(3600)


async def test_letters_are_chosen_by_age(journal: Journal, clock: ManualClock) -> None:
    await _die(journal, "old")
    clock.advance(86_400)
    noon = clock.now()
    await _die(journal, "new")

    def named(letters: tuple[DeadLetter, ...]) -> list[str]:
        return [letter.record_id for letter in letters]

    assert named(await journal.dead.list(Choice(died_before=noon))) == ["old"]
    assert named(await journal.dead.list(Choice(died_after=noon))) == ["new"]
    assert await journal.dead.retry(Choice(died_before=noon)) == 1
    assert await journal.dead.discard(Choice(died_before=noon)) == 0
    assert named(await journal.dead.list()) == ["new"]


async def test_many_retried_letters_come_due_in_steps_behind_live_work(
    journal: Journal, clock: ManualClock
) -> None:
    count = 2 * PIECE + 100
    await journal.inbox.mark([changed(str(n)) for n in range(count)])
    while claim := await journal.inbox.claim(owner="w", limit=1000, lease_seconds=60):
        await journal.inbox.settle(claim, [dead(i) for i in ids(claim)])

    assert await journal.dead.retry() == count

    assert await journal.dead.count() == 0
    assert (await journal.inbox.counts()).due == AT_ONCE
    clock.advance(STEP_SECONDS)
    await journal.inbox.mark([changed("live", "Classes")])
    order = [await journal.inbox.claim(owner="w", limit=100, lease_seconds=999) for _ in "abc"]
    assert {claim.module for claim in order[:2] if claim} == {"Classes", "Students"}
    await journal.inbox.mend_clock()
    assert (await journal.inbox.counts()).due == 0, "opening the journal anew hurries nothing"
    clock.advance(count / AT_ONCE * STEP_SECONDS)
    counts = await journal.inbox.counts()
    assert counts.due + counts.leased == count + 1


def test_however_many_are_retried_the_last_is_due_within_the_hour() -> None:
    for total in (1, 100, 101, 5_000, 1_000_000):
        places = [place(n, total) for n in (0, total - 1)]
        assert places[0] == (0, 0.0)
        assert places[1][1] <= LONGEST_PACE_SECONDS


async def test_a_letter_that_comes_while_all_are_retried_stays_open(
    journal: Journal,
) -> None:
    await _die(journal, *[str(n) for n in range(3)])
    last = max(letter.id for letter in await journal.dead.list())
    await _die(journal, "later")

    assert await journal.dead.retry(Choice(up_to=last)) == 3
    assert [letter.record_id for letter in await journal.dead.list()] == ["later"]
