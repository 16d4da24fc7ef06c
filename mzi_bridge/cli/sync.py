"""`mzi sync full|delta`: carry modules over now, with what became of each record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

import anyio
import typer
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    TextColumn,
    TimeElapsedColumn,
)
from rich.progress import (
    Progress as Bar,
)

from mzi_bridge.app import open_bridge
from mzi_bridge.cli.console import err, out, print_json, print_table
from mzi_bridge.cli.held import confirmation, say_what_is_held
from mzi_bridge.cli.options import DEFAULT_ENV_FILE, AsJson, EnvFile
from mzi_bridge.errors import PauseLink, RetryLater
from mzi_bridge.pipeline.held import HeldDesk
from mzi_bridge.pipeline.links import Links
from mzi_bridge.pipeline.sync import Mode, Progress, is_failure, modules_for, moodle_disabled, sync
from mzi_bridge.pipeline.worker import drain
from mzi_bridge.settings import load_settings
from mzi_bridge.sight.logs import start_logging

app = typer.Typer(help="Carry records from the CRM to Moodle now.", no_args_is_help=True)
Module = Annotated[
    str | None, typer.Option("--module", help="CRM module or entity; all of them without it.")
]
ConfirmDeletes = Annotated[
    int | None,
    typer.Option(
        "--confirm-deletes",
        min=1,
        help="Apply what the brake holds back of these modules; the number is how many it holds.",
    ),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Count and show, but write nothing.")]


@app.command()
def full(
    module: Module = None,
    dry_run: DryRun = False,
    confirm_deletes: ConfirmDeletes = None,
    as_json: AsJson = False,
    env_file: EnvFile = DEFAULT_ENV_FILE,
) -> None:
    """Every record. Started again after a kill, it goes on where it was."""
    _run(Mode.FULL, module, dry_run, confirm_deletes, as_json, env_file)


@app.command()
def delta(
    module: Module = None,
    dry_run: DryRun = False,
    confirm_deletes: ConfirmDeletes = None,
    as_json: AsJson = False,
    env_file: EnvFile = DEFAULT_ENV_FILE,
) -> None:
    """What changed or was deleted since the last sync."""
    _run(Mode.DELTA, module, dry_run, confirm_deletes, as_json, env_file)


def _run(
    mode: Mode,
    module: str | None,
    dry_run: bool,
    confirm_deletes: int | None,
    as_json: bool,
    env_file: EnvFile,
) -> None:
    confirmation(confirm_deletes, dry_run)
    settings = load_settings(env_file)
    start_logging("warning")
    outcome = _Outcome()

    async def run() -> None:
        async with open_bridge(settings) as bridge:
            if not bridge.settings.moodle_enabled:
                raise moodle_disabled()
            modules = modules_for(bridge.links, module)
            if confirm_deletes is not None:
                chosen = modules if module else None
                await HeldDesk(bridge.links.journal).confirm(chosen, confirm_deletes)
            await _sync(bridge.links, modules, mode, dry_run, outcome)

    anyio.run(run)
    if as_json:
        print_json({name: _as_json(progress) for name, progress in outcome.results.items()})
    else:
        _print(outcome.results, dry_run)
    _tell(outcome)


@dataclass
class _Outcome:
    """By module: what was carried, and how many changes the brake holds. `pause` ended it."""

    results: dict[str, Progress] = field(default_factory=dict)
    held: dict[str, int] = field(default_factory=dict)
    pause: PauseLink | None = None


async def _sync(
    links: Links, modules: list[str], mode: Mode, dry_run: bool, outcome: _Outcome
) -> None:
    with _bar() as bar:
        task = bar.add_task(mode.value, total=len(modules), text="")

        def report(progress: Progress) -> None:
            outcome.results[progress.module] = progress
            seen = sum(progress.counts.values())
            bar.update(task, text=f"{progress.module}: {seen} records")
            if progress.done:
                bar.advance(task)

        try:
            await sync(links, modules, mode, dry_run=dry_run, report=report)
        except PauseLink as pause:
            outcome.pause = pause
            return
    if not dry_run:
        await drain(links)
        counts = await links.journal.held.counts()
        outcome.held.update({name: counts[name] for name in modules if name in counts})


def _tell(outcome: _Outcome) -> None:
    """What to do next, and the exit code."""
    progresses = outcome.results.values()
    if outcome.pause is not None or any(isinstance(p.error, RetryLater) for p in progresses):
        err.print("Run the same command again: it goes on where it stopped.")
    if outcome.pause is not None:
        raise outcome.pause
    _raise_first(outcome.results)
    say_what_is_held(outcome.held)
    failed = any(is_failure(progress) for progress in progresses)
    if any(progress.counts.get("rejected") for progress in progresses):
        err.print("Some records were rejected. What and why: mzi dead list")
    elif failed:
        err.print("Records go faster than the CRM can be read: run it again.")
    if outcome.held or failed:
        raise typer.Exit(1)


def _as_json(progress: Progress) -> dict[str, Any]:
    error = {"error": progress.error.reason} if progress.error else {}
    return {**progress.counts, **error}


def _raise_first(results: Mapping[str, Progress]) -> None:
    """The modules that failed, each with its reason; the first decides the exit code."""
    failed = {name: p.error for name, p in results.items() if p.error is not None}
    for name, error in failed.items():
        err.print(f"{name}: {error}", markup=False, soft_wrap=True)
    for error in failed.values():
        raise error


def _bar() -> Bar:
    return Bar(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[text]}"),
        console=err,
    )


def _print(results: Mapping[str, Progress], dry_run: bool) -> None:
    words = sorted({word for progress in results.values() for word in progress.counts})
    rows = [
        [module, *(progress.counts.get(word, 0) for word in words)]
        for module, progress in results.items()
    ]
    print_table(["module", *words], rows)
    if not dry_run:
        return
    for module, progress in results.items():
        for record_id, changes in progress.differences:
            out.print(f"{module} {record_id}", markup=False)
            for change in changes:
                out.print(
                    f"    {change.column}: {change.before!r} → {change.after!r}", markup=False
                )
