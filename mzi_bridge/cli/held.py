"""`mzi held`: changes that would take something from students, held back by the brake."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import typer

from mzi_bridge.cli.console import (
    DEFAULT_ENV_FILE,
    AsJson,
    EnvFile,
    err,
    out,
    print_json,
    print_table,
)
from mzi_bridge.cli.journal import shown_time, with_journal
from mzi_bridge.errors import OperatorError
from mzi_bridge.journal.held import HeldChange
from mzi_bridge.journal.journal import Journal
from mzi_bridge.pipeline.held import HeldDesk

app = typer.Typer(
    help="Deletions and closing changes of a status that the brake holds back.",
    no_args_is_help=True,
)
Module = Annotated[str | None, typer.Option("--module", help="Only this CRM module.")]
History = Annotated[bool, typer.Option("--history", help="Those decided or overtaken, too.")]


@app.command("list")
def list_(
    module: Module = None,
    limit: int = 100,
    history: History = False,
    as_json: AsJson = False,
    env_file: EnvFile = DEFAULT_ENV_FILE,
) -> None:
    """What is held now, oldest first, and how to confirm it. Ids only: no value of a record."""

    async def read(journal: Journal) -> tuple[tuple[HeldChange, ...], Mapping[str, int]]:
        desk = HeldDesk(journal)
        changes = await desk.list(module, limit=limit, history=history)
        return changes, await desk.counts()

    changes, counts = with_journal(env_file, read)
    if as_json:
        print_json([vars(change) for change in changes])
        return
    print_table(
        ["no.", "module", "record", "kind", "reason", "state", "since", "note"],
        [
            (c.id, c.module, c.record_id, c.kind, c.reason, c.state, shown_time(c.held_at), c.note)
            for c in changes
        ],
    )
    for name, number in counts.items():
        if module in (None, name):
            command = f"mzi held confirm --module {name} --confirm-deletes {number}"
            out.print(f"{name}: {number} held. To apply them: {command}", soft_wrap=True)


@app.command()
def confirm(
    module: Annotated[str, typer.Option("--module", help="The CRM module.")],
    confirm_deletes: Annotated[
        int, typer.Option("--confirm-deletes", min=1, help="How many are held: all of them.")
    ],
    as_json: AsJson = False,
    env_file: EnvFile = DEFAULT_ENV_FILE,
) -> None:
    """Apply everything held of a module; a running bridge does so at once."""
    count = with_journal(env_file, lambda j: HeldDesk(j).confirm([module], confirm_deletes))
    if as_json:
        print_json({"confirmed": count})
    else:
        out.print(f"{count} confirmed.")


@app.command()
def discard(
    module: Annotated[str, typer.Option("--module", help="The CRM module.")],
    ids: Annotated[
        list[int] | None, typer.Option("--id", help="A number from mzi held list; may repeat.")
    ] = None,
    note: Annotated[str, typer.Option("--note", help="Why; kept in the history.")] = "",
    as_json: AsJson = False,
    env_file: EnvFile = DEFAULT_ENV_FILE,
) -> None:
    """Close held changes without applying them: all of a module, or by number.

    The record's next notice or sync brings the change anew, so mend the record in the CRM
    first.
    """
    count = with_journal(env_file, lambda j: HeldDesk(j).discard(module, ids or None, note))
    if as_json:
        print_json({"discarded": count})
    else:
        out.print(f"{count} discarded.")


def confirmation(number: int | None, dry_run: bool) -> None:
    """Raises OperatorError for a --confirm-deletes that cannot stand with the rest."""
    if number is not None and dry_run:
        raise OperatorError(
            "--confirm-deletes cannot stand with --dry-run.",
            reason="choice_unclear",
            fix="Give one of them.",
        )


def say_what_is_held(counts: Mapping[str, int]) -> None:
    """On standard error, for commands that met the brake."""
    for module, number in counts.items():
        err.print(
            f"{module}: {number} held back by the brake. What and how to go on:"
            f" mzi held list --module {module}",
            soft_wrap=True,
        )
