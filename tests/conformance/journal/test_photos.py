"""What the journal keeps of photos: by record, by hash, on every database."""

from __future__ import annotations

from msgspec.structs import replace

from mzi_bridge.journal import Journal
from mzi_bridge.journal.photos import NEVER_SEEN, PhotoState
from tests.support.clock import ManualClock

MODULE = "Students"


async def test_what_was_asked_and_seen_is_kept_side_by_side(journal: Journal) -> None:
    await journal.photos.asked(MODULE, {"1": 10, "2": 20})
    attached = PhotoState("m" * 64, "h" * 64, attachment_id="7" * 19)
    await journal.photos.seen(MODULE, {"1": attached})
    await journal.photos.asked(MODULE, {"1": 11})
    assert await journal.photos.get(MODULE, ["1", "2", "3"]) == {
        "1": replace(attached, version=11),
        "2": PhotoState(NEVER_SEEN, None, 20),
    }


async def test_a_photo_that_is_gone_is_seen_as_gone(journal: Journal) -> None:
    await journal.photos.seen(MODULE, {"1": PhotoState("m", "h", attachment_id="7")})
    await journal.photos.seen(MODULE, {"1": PhotoState("", None)})
    assert await journal.photos.get(MODULE, ["1"]) == {"1": PhotoState("", None, None)}


async def test_the_longest_unseen_come_first(journal: Journal, clock: ManualClock) -> None:
    for record_id in ("3", "1", "2"):
        await journal.photos.asked(MODULE, {record_id: 1})
        clock.advance(10)
    before = clock.now() - 5
    assert await journal.photos.longest_unseen(MODULE, before, 2) == ("3", "1")
    await journal.photos.asked_again(MODULE, ["3"])
    assert await journal.photos.longest_unseen(MODULE, before, 5) == ("1", "2")
    await journal.photos.seen(MODULE, {"1": PhotoState("m", None)})
    assert await journal.photos.longest_unseen(MODULE, before, 5) == ("2",)
    assert await journal.photos.longest_unseen("Others", before, 5) == ()


async def test_forgotten_photos_are_as_if_never_seen(journal: Journal) -> None:
    await journal.photos.asked(MODULE, {"1": 1, "2": 1})
    await journal.photos.forget(MODULE, ["1"])
    await journal.photos.forget(MODULE, [])
    assert set(await journal.photos.get(MODULE, ["1", "2"])) == {"2"}


async def test_tenants_and_modules_know_nothing_of_each_other(
    journal: Journal, url: str, clock: ManualClock
) -> None:
    await journal.photos.asked(MODULE, {"1": 1})
    async with Journal.open(url, clock=clock, tenant="other") as other:
        assert await other.photos.get(MODULE, ["1"]) == {}
        await other.photos.forget(MODULE, ["1"])
    assert await journal.photos.get("Others", ["1"]) == {}
    assert await journal.photos.get(MODULE, []) == {}
    assert set(await journal.photos.get(MODULE, ["1"])) == {"1"}
