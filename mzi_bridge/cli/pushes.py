"""`mzi pushes`: what Moodle told and the CRM is still to get, or would not take."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Annotated, Literal

import typer
from msgspec.structs import asdict

from mzi_bridge.cli.console import out, print_json, print_table
from mzi_bridge.cli.journal import shown_time, with_journal
from mzi_bridge.cli.options import DEFAULT_ENV_FILE, AsJson, EnvFile
from mzi_bridge.errors import OperatorError
from mzi_bridge.journal.journal import Journal
from mzi_bridge.journal.push_records import PushState
from mzi_bridge.mapping.write_rules import KINDS

app = typer.Typer(help="Writes into the CRM that Moodle's events made owed.", no_args_is_help=True)
Kind = Annotated[str, typer.Argument(help=f"One of {', '.join(KINDS)}.")]
Keys = Annotated[list[str] | None, typer.Argument(help="Keys from mzi pushes list.")]


@app.command("list")
def list_(
    kind: Annotated[str | None, typer.Option("--kind", help="Only this kind of write.")] = None,
    state: Annotated[
        Literal["dead", "due"], typer.Option("--state", help="Given up, or still owed.")
    ] = "dead",
    limit: int = 100,
    as_json: AsJson = False,
    env_file: EnvFile = DEFAULT_ENV_FILE,
) -> None:
    """The dead ones, oldest first: never a value, only keys, CRM ids and reasons."""
    of = None if kind is None else _known(kind)
    found = with_journal(env_file, lambda j: j.pushes.list(PushState(state), kind=of, limit=limit))
    if as_json:
        print_json([asdict(row) for row in found])
        return
    rows = [
        (
            row.kind,
            row.record_key,
            row.crm_id or "",
            row.reason,
            row.attempts,
            shown_time(row.first_at),
            row.message,
        )
        for row in found
    ]
    print_table(["kind", "key", "record", "reason", "tries", "since", "what"], rows)


@app.command()
def retry(
    kind: Kind,
    keys: Keys = None,
    as_json: AsJson = False,
    env_file: EnvFile = DEFAULT_ENV_FILE,
) -> None:
    """Try dead writes again: all of a kind, or those with these keys.

    Those whose facts are erased stay dead: Moodle sends them again (cli/outbox.php --retry).
    """
    of = _known(kind)
    count = _sum(env_file, keys or [None], lambda j, key: j.pushes.retry(of, key))
    if as_json:
        print_json({"retried": count})
    else:
        out.print(f"{count} marked to be tried again.")


@app.command()
def discard(
    kind: Kind,
    keys: Annotated[list[str], typer.Argument(help="Keys from mzi pushes list.")],
    as_json: AsJson = False,
    env_file: EnvFile = DEFAULT_ENV_FILE,
) -> None:
    """End dead writes without writing them; a newer event of the same record counts again."""
    of = _known(kind)
    count = _sum(env_file, keys, lambda j, key: j.pushes.discard(of, key or ""))
    if as_json:
        print_json({"discarded": count})
    else:
        out.print(f"{count} discarded.")


def _sum(
    env_file: Path,
    keys: Sequence[str | None],
    change: Callable[[Journal, str | None], Awaitable[int]],
) -> int:
    async def all_of_them(journal: Journal) -> int:
        return sum([await change(journal, key) for key in keys])

    return with_journal(env_file, all_of_them)


def _known(kind: str) -> str:
    if kind not in KINDS:
        raise OperatorError(
            f"There is no kind of write {kind!r}.",
            reason="unknown_kind",
            fix=f"Give one of {', '.join(KINDS)}.",
        )
    return kind
