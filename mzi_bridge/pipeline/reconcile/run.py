"""Is Moodle equal to the CRM? Every id and version, both sides, and the content between."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from mzi_bridge.errors import ContractError, MziError, PauseLink
from mzi_bridge.pipeline.links import Links
from mzi_bridge.pipeline.manifest import whole_manifest
from mzi_bridge.pipeline.reconcile.budget import RUN_CREDITS, Plan, plan
from mzi_bridge.pipeline.reconcile.crm import first_look, settle_cursor
from mzi_bridge.pipeline.reconcile.drift import Kind, ModuleReport, Reconciliation
from mzi_bridge.pipeline.reconcile.module import DELETED, HELD, ModuleComparison
from mzi_bridge.pipeline.reconcile.moodle import is_living, rows_of
from mzi_bridge.pipeline.reconcile.orphans import Family, as_finding, bring_parents
from mzi_bridge.zoho.spending import counted

log = logging.getLogger(__name__)
DONE = "done"


class Step(Struct, frozen=True):
    """Progress: `doing` one of reading, comparing, looking again, done; counts of records."""

    module: str
    doing: str
    done: int = 0
    total: int = 0


Report = Callable[[Step], None]


async def reconcile(
    links: Links,
    modules: Sequence[str],
    *,
    repair: bool = False,
    all_content: bool = False,
    credits: int | None = RUN_CREDITS,
    work: Callable[[], Awaitable[None]] | None = None,
    report: Report = lambda step: None,
) -> Reconciliation:
    """Compares `modules`; with `repair` mends what is found, looks again and reports the rest.

    `credits` bound how much content is read where a module is too large to be read whole;
    `all_content` lifts the bound and reads subforms, too. A proven deletion goes through the
    inbox; `work` then carries it out, else it is left to the service. A module that cannot be
    read stands with its error. Raises PauseLink: then none of the rest can be read either.
    """
    links = links.in_background()
    with counted() as spending:
        run = _Run(links, repair, report)
        reports = await run.compare(modules, None if all_content else credits)
        reports = await run.with_orphans(reports)
        if repair and work is not None:
            await work()
            reports = await run.without_deleted(reports)
    return Reconciliation(reports, spending.credits)


class _Run:
    def __init__(self, links: Links, repair: bool, report: Report) -> None:
        self._links = links
        self._preset = links.preset
        self._repair = repair
        self._report = report
        self._living: dict[str, list[str]] = {}

    async def compare(self, modules: Sequence[str], credits: int | None) -> dict[str, ModuleReport]:
        for module, mapping in self._preset.modules.items():
            rows = (await whole_manifest(self._links, mapping.entity)).values()
            self._living[module] = [row.id for row in rows if row.deleted_at is None]
        self._family = Family(self._preset, self._living)
        sizes = {module: len(self._living[module]) for module in modules}
        plans = plan(self._preset.modules, sizes, credits)
        return {module: await self._one(module, plans[module]) for module in modules}

    async def _one(self, module: str, planned: Plan) -> ModuleReport:
        """One module that fails hinders no other."""
        try:
            return await self._look(module, planned)
        except PauseLink:
            raise
        except MziError as error:
            return ModuleReport(module, error=error)
        except Exception:
            log.exception("reconcile of %s: a bug", module)
            bug = ContractError(
                f"The bridge itself failed on {module}.",
                reason="bug",
                fix="Report it with the traceback of the log.",
            )
            return ModuleReport(module, error=bug)
        finally:
            self._report(Step(module, DONE))

    async def _look(self, module: str, planned: Plan) -> ModuleReport:
        mapping, read = self._preset.modules[module], 0

        def told(number: int) -> None:
            nonlocal read
            read += number
            self._report(Step(module, "reading", read))

        look = await first_look(self._links, mapping, planned, told)
        comparison = ModuleComparison(
            self._links,
            mapping,
            look,
            self._family,
            repair=self._repair,
            told=lambda doing, done, total: self._report(Step(module, doing, done, total)),
        )
        report = await comparison.run(self._living[module])
        await settle_cursor(self._links, mapping, look)
        return report

    async def with_orphans(self, reports: dict[str, ModuleReport]) -> dict[str, ModuleReport]:
        """At the end, when every parent that could be brought over has been."""
        orphans = await self._family.orphans(self._links)
        failed = await bring_parents(self._links, orphans) if self._repair else {}
        left = set(await self._family.orphans(self._links) if self._repair else orphans)
        for orphan in orphans:
            report = reports[orphan.module]
            finding = as_finding(orphan, failed.get((orphan.parent, orphan.parent_id), ""))
            if orphan in left:
                report = replace(report, found=(*report.found, finding))
            else:
                report = replace(report, repaired=(*report.repaired, as_finding(orphan)))
            reports[orphan.module] = report
        return reports

    async def without_deleted(self, reports: dict[str, ModuleReport]) -> dict[str, ModuleReport]:
        """Extra rows that the worker has deleted since count as repaired."""
        for module, report in reports.items():
            extra = [f for f in report.found if f.kind is Kind.EXTRA and f.reason == DELETED]
            ids = [finding.record_id for finding in extra]
            rows = await rows_of(self._links, self._preset.modules[module], ids)
            gone = {f for f in extra if not is_living(rows.get(f.record_id))}
            held = (await self._links.journal.held.now(module, ids)).live
            reports[module] = replace(
                report,
                found=tuple(
                    replace(f, reason=HELD) if f in extra and f.record_id in held else f
                    for f in report.found
                    if f not in gone
                ),
                repaired=(*report.repaired, *(f for f in extra if f in gone)),
            )
        return reports
