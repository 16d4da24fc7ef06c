"""`mzi held`: changes that would take something from students, held back by the brake."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import typer
from msgspec.structs import asdict

from mzi_bridge.cli.console import err, out, print_json, print_table
from mzi_bridge.cli.journal import shown_time, with_journal
from mzi_bridge.cli.options import DEFAULT_ENV_FILE, AsJson, EnvFile
from mzi_bridge.errors import OperatorError
from mzi_bridge.journal.held import HeldChange, OpenChanges
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

    async def read(journal: Journal) -> tuple[tuple[HeldChange, ...], Mapping[str, OpenChanges]]:
        desk = HeldDesk(journal)
        # Counted first: what is held meanwhile is listed, and not in what the command confirms.
        counts = await desk.open_now()
        return await desk.list(module, limit=limit, history=history), counts

    changes, counts = with_journal(env_file, read)
    if as_json:
        print_json([asdict(change) for change in changes])
        return
    print_table(
        ["no.", "module", "record", "kind", "reason", "state", "since", "note"],
        [
            (c.id, c.module, c.record_id, c.kind, c.reason, c.state, shown_time(c.held_at), c.note)
            for c in changes
        ],
    )
    for name, found in counts.items():
        if module in (None, name):
            command = (
                f"mzi held confirm --module {name} --confirm-deletes {found.number}"
                f" --up-to {found.last}"
            )
            out.print(f"{name}: {found.number} held. To apply them: {command}", soft_wrap=True)


@app.command()
def confirm(
    module: Annotated[str, typer.Option("--module", help="The CRM module.")],
    confirm_deletes: Annotated[
        int, typer.Option("--confirm-deletes", min=1, help="How many are held: all of them.")
    ],
    up_to: Annotated[
        int | None,
        typer.Option("--up-to", min=1, help="Only those up to this number of mzi held list."),
    ] = None,
    as_json: AsJson = False,
    env_file: EnvFile = DEFAULT_ENV_FILE,
) -> None:
    """Apply everything held of a module; a running bridge does so at once."""
    count = with_journal(
        env_file, lambda j: HeldDesk(j).confirm([module], confirm_deletes, up_to=up_to)
    )
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

    A discarded change stands: no notice, sync or repair applies it until the CRM tells of a
    newer deletion, or a newer version of the record. mzi held reopen takes it back.
    """
    count = with_journal(env_file, lambda j: HeldDesk(j).discard(module, ids or None, note))
    if as_json:
        print_json({"discarded": count})
    else:
        out.print(f"{count} discarded.")


@app.command()
def reopen(
    module: Annotated[str, typer.Option("--module", help="The CRM module.")],
    ids: Annotated[
        list[int], typer.Option("--id", help="A number from mzi held list --history; may repeat.")
    ],
    as_json: AsJson = False,
    env_file: EnvFile = DEFAULT_ENV_FILE,
) -> None:
    """Hold discarded changes again, so that they can be confirmed."""
    count = with_journal(env_file, lambda j: HeldDesk(j).reopen(module, ids))
    if as_json:
        print_json({"reopened": count})
    else:
        out.print(f"{count} held again.")


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
