"""`mzi reconcile`: is Moodle equal to the CRM, and if not, what exactly; and mend it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Annotated, Any

import anyio
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from mzi_bridge.app import open_bridge
from mzi_bridge.cli.console import err, out, print_json, print_table
from mzi_bridge.cli.options import DEFAULT_ENV_FILE, AsJson, EnvFile
from mzi_bridge.errors import MziError
from mzi_bridge.pipeline.reconcile import Finding, Kind, ModuleReport, Reconciliation, Report, Step
from mzi_bridge.pipeline.reconcile.kept import reconcile_and_keep
from mzi_bridge.pipeline.reconcile.module import DISCARDED, UNPROVEN
from mzi_bridge.pipeline.sync import modules_for, moodle_disabled
from mzi_bridge.pipeline.worker import drain
from mzi_bridge.settings import load_settings
from mzi_bridge.sight.logs import start_logging

SHOWN = 20


def reconcile(
    module: Annotated[
        str | None, typer.Option("--module", help="CRM module or entity; all of them without it.")
    ] = None,
    repair: Annotated[bool, typer.Option("--repair", help="Mend what differs.")] = False,
    all_content: Annotated[
        bool,
        typer.Option("--all-content", help="Read every record whole, whatever it costs."),
    ] = False,
    allow_unlinked: Annotated[
        bool,
        typer.Option("--allow-unlinked", help="A person without a Moodle user is no drift."),
    ] = False,
    as_json: AsJson = False,
    env_file: EnvFile = DEFAULT_ENV_FILE,
) -> None:
    """Compare every id, version and content of both sides; exit code 0 only at zero drift."""
    settings = load_settings(env_file)
    start_logging("warning")

    async def run() -> Reconciliation:
        async with open_bridge(settings) as bridge:
            links = bridge.links
            if repair and not bridge.settings.moodle_enabled:
                raise moodle_disabled()
            modules = modules_for(links, module)
            with _progress(len(modules)) as report:
                return await reconcile_and_keep(
                    links,
                    modules,
                    whole=module is None,
                    repair=repair,
                    all_content=all_content,
                    work=lambda: drain(links),
                    report=report,
                )

    result = anyio.run(run)
    agrees = result.agrees and (allow_unlinked or not result.counts()[Kind.UNLINKED])
    if as_json:
        print_json(_as_json(result, agrees))
    else:
        _print(result)
    _raise_first(result.modules)
    if not agrees:
        raise typer.Exit(1)


@contextmanager
def _progress(modules: int) -> Iterator[Report]:
    """A bar on a terminal, a line for each module elsewhere."""
    if not err.is_terminal:
        yield lambda step: _say(err, step)
        return
    columns = (
        TextColumn("reconcile"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[text]}"),
    )
    with Progress(*columns, console=err) as bar:
        task = bar.add_task("reconcile", total=modules, text="")

        def report(step: Step) -> None:
            bar.update(task, text=f"{step.module}: {step.doing} {step.done or ''}")
            if step.doing == "done":
                bar.advance(task)

        yield report


def _say(console: Console, step: Step) -> None:
    if step.doing == "done":
        console.print(f"{step.module}: compared", markup=False)


def _print(result: Reconciliation) -> None:
    kinds = [kind for kind in Kind if any(r.ids(kind) for r in result.modules.values())]
    columns = ["module", "in the CRM", "in Moodle", "agree", *kinds]
    extra = [
        word
        for word in ("repaired", "moving", "unchecked")
        if any(report.counts()[word] for report in result.modules.values())
    ]
    print_table(
        [*columns, *extra],
        [
            [name, r.in_crm, r.in_moodle, r.agreed, *(r.counts()[w] for w in (*kinds, *extra))]
            for name, r in result.modules.items()
            if r.error is None
        ],
    )
    for name, report in result.modules.items():
        _print_findings(name, report)
    out.print(f"\n{result.credits} API credits of the CRM were used.")
    for hint in _hints(result):
        out.print(hint, soft_wrap=True)


def _print_findings(module: str, report: ModuleReport) -> None:
    shown = [finding for finding in report.found if finding.kind is not Kind.UNLINKED]
    for finding in shown[:SHOWN]:
        words = [finding.kind, module, finding.record_id, ", ".join(finding.columns)]
        out.print(" ".join(w for w in (*words, _why(finding)) if w), markup=False, soft_wrap=True)
    if len(shown) > SHOWN:
        out.print(f"… and {len(shown) - SHOWN} more of {module}; all of them with --json.")


def _why(finding: Finding) -> str:
    return f"({finding.reason})" if finding.reason else ""


def _hints(result: Reconciliation) -> Iterator[str]:
    found = [f for report in result.modules.values() for f in report.found]
    if any(finding.reason == UNPROVEN for finding in found):
        yield (
            "not_shown_by_crm: the CRM neither shows these records nor lists them as deleted, so "
            "nothing was deleted. May the bridge's CRM user still see them? If they are gone for "
            "good, send a delete event for them: docs/webhooks.md."
        )
    if any(finding.reason == DISCARDED for finding in found):
        yield (
            "discarded: the operator has decided against these changes (mzi held list --history); "
            "nothing newer was told. mzi held reopen takes such a decision back."
        )
    if any(report.unchecked for report in result.modules.values()):
        yield "unchecked: rows that may have been altered; --repair or --all-content reads them."
    if any(report.moving for report in result.modules.values()):
        yield "moving: changed while this ran; their notices are on the way."
    if any(finding.kind is Kind.UNLINKED for finding in found):
        yield "unlinked: people without a Moodle user; create or correct it, then --repair."


def _as_json(result: Reconciliation, agrees: bool) -> dict[str, Any]:
    modules = {name: _report_as_json(report) for name, report in result.modules.items()}
    return {"agrees": agrees, "credits": result.credits, "modules": modules}


def _report_as_json(report: ModuleReport) -> dict[str, Any]:
    if report.error is not None:
        return {"error": report.error.reason}
    return {
        "in_crm": report.in_crm,
        "in_moodle": report.in_moodle,
        "agreed": report.agreed,
        "looked_into": report.looked_into,
        "moving": report.moving,
        "unchecked": report.unchecked,
        "found": [_finding_as_json(finding) for finding in report.found],
        "repaired": [_finding_as_json(finding) for finding in report.repaired],
    }


def _finding_as_json(finding: Finding) -> dict[str, Any]:
    return {
        "kind": finding.kind,
        "id": finding.record_id,
        "columns": list(finding.columns),
        "reason": finding.reason,
    }


def _raise_first(modules: Mapping[str, ModuleReport]) -> None:
    """The modules that could not be compared; the first decides the exit code."""
    errors: list[MziError] = []
    for name, report in modules.items():
        if report.error is not None:
            err.print(f"{name}: {report.error}", markup=False, soft_wrap=True)
            errors.append(report.error)
    if errors:
        raise errors[0]
