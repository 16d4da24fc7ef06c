"""The comparisons of the console: what they found, record by record, and how far one is."""

from __future__ import annotations

from mzi_bridge.admin.pages.drift import FIRST
from mzi_bridge.pipeline.reconcile import Finding, Kind, ModuleReport, Reconciliation
from mzi_bridge.pipeline.reconcile.kept import KIND
from mzi_bridge.pipeline.reconcile.standing import Progress, kept_progress, kept_result
from tests.support.console import Visitor
from tests.support.drift import PAYMENTS, STUDENTS
from tests.support.world import World

MANY = FIRST + 3


async def compared(world: World, report: ModuleReport, *, state: str = "done") -> int:
    """A comparison that found this; its run."""
    runs, result = world.links.journal.runs, Reconciliation({report.module: report})
    run = await runs.start(KIND, None, dry_run=True)
    await runs.checkpoint(run.id, kept_result(result), result.counts())
    await runs.finish(run.id, state)
    return run.id


def missing(number: int) -> ModuleReport:
    found = tuple(Finding(Kind.MISSING, str(7300000000000000 + n)) for n in range(number))
    return ModuleReport(PAYMENTS, found=found)


async def test_each_record_that_differs_leads_to_its_story(visitor: Visitor, world: World) -> None:
    await visitor.sign_in()
    report = ModuleReport(
        STUDENTS,
        found=(
            Finding(Kind.ALTERED, "71", ("status", "display_name")),
            Finding(Kind.UNREADABLE, "72", reason="display_name: required; status: too_long"),
        ),
    )
    await compared(world, report)
    page = (await visitor.get("/drift")).text
    assert f'<a href="/admin/records/{STUDENTS}/71">' in page
    assert "<code>students</code>" in page
    assert "<code>status</code> <code>display_name</code>" in page
    assert "A value that must be there is missing." in page
    assert "A text is longer than its column." in page


async def test_an_older_row_is_not_called_newer(visitor: Visitor, world: World) -> None:
    """As the same word says of a sync."""
    await visitor.sign_in()
    await compared(world, ModuleReport(STUDENTS, found=(Finding(Kind.STALE, "71"),)))
    page = (await visitor.get("/drift")).text
    assert "Older in Moodle" in page and "Newer in Moodle" not in page


async def test_the_page_shows_the_first_and_leads_to_all_that_were_kept(
    visitor: Visitor, world: World
) -> None:
    await visitor.sign_in()
    run = await compared(world, missing(MANY))
    page = (await visitor.get("/drift")).text
    assert page.count("/admin/records/") == FIRST
    assert f"{FIRST} of {MANY} are shown." in page
    assert f'href="/admin/drift/{run}#kind-missing"' in page
    whole = (await visitor.get(f"/drift/{run}")).text
    assert whole.count("/admin/records/") == MANY
    assert "are shown" not in whole


async def test_what_differs_can_be_mended_from_where_it_is_shown(
    visitor: Visitor, world: World
) -> None:
    await visitor.sign_in()
    assert "Mend what differs" not in (await visitor.get("/drift")).text
    await compared(world, missing(1))
    assert "Mend what differs" in (await visitor.get("/drift")).text
    await compared(world, missing(0))
    assert "Mend what differs" not in (await visitor.get("/drift")).text


async def test_a_comparison_under_way_tells_how_far_it_is(visitor: Visitor, world: World) -> None:
    await visitor.sign_in()
    runs = world.links.journal.runs
    run = await runs.start(KIND, None)
    progress = Progress((STUDENTS, PAYMENTS), (STUDENTS,), PAYMENTS, "comparing", 1200, 5000)
    await runs.checkpoint(run.id, kept_progress(progress), {})
    page = (await visitor.get("/drift")).text
    assert 'max="2" value="1"' in page
    assert "1 of 2 modules are through." in page
    assert "comparing with Moodle 1,200 / 5,000" in page


async def test_only_a_comparison_has_such_a_page(visitor: Visitor, world: World) -> None:
    await visitor.sign_in()
    other = await world.links.journal.runs.start("job", None)
    for number in (other.id, 4711, "x"):
        answer = await visitor.get(f"/drift/{number}")
        assert answer.status_code == 404
        assert "There is no such comparison." in answer.text
