"""`mzi dead`: records that could not be delivered, and what to do with them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Annotated, TypeVar

import anyio
import typer

from mzi_bridge.app import open_journal
from mzi_bridge.cli.console import (
    DEFAULT_ENV_FILE,
    AsJson,
    EnvFile,
    out,
    print_json,
    print_table,
)
from mzi_bridge.errors import OperatorError
from mzi_bridge.journal.journal import Journal
from mzi_bridge.settings import load_settings

app = typer.Typer(help="Records that could not be delivered.", no_args_is_help=True)
Ids = Annotated[list[int] | None, typer.Argument(help="Numbers from mzi dead list.")]
Module = Annotated[str | None, typer.Option("--module", help="Only this CRM module.")]
Reason = Annotated[str | None, typer.Option("--reason", help="Only this reason.")]
All = Annotated[bool, typer.Option("--all", help="Every open one.")]
ResultT = TypeVar("ResultT")


@app.command("list")
def list_(
    module: Module = None,
    reason: Reason = None,
    limit: int = 100,
    as_json: AsJson = False,
    env_file: EnvFile = DEFAULT_ENV_FILE,
) -> None:
    """The open ones, oldest first: never a value, only ids, columns and reasons."""
    letters = _with_journal(env_file, lambda j: j.dead.list(module, reason, limit=limit))
    if as_json:
        print_json([vars(letter) for letter in letters])
        return
    rows = [
        (
            letter.id,
            letter.module,
            letter.record_id,
            letter.reason,
            letter.attempts,
            datetime.fromtimestamp(letter.died_at, UTC).isoformat(timespec="seconds"),
            letter.message,
        )
        for letter in letters
    ]
    print_table(["no.", "module", "record", "reason", "tries", "since", "what"], rows)


@app.command()
def retry(
    ids: Ids = None,
    module: Module = None,
    reason: Reason = None,
    all_: All = False,
    env_file: EnvFile = DEFAULT_ENV_FILE,
) -> None:
    """Try records again: by number, by filter, or all."""
    _need_a_choice(ids, module, reason, all_)
    count = _with_journal(
        env_file, lambda j: j.dead.retry(ids or None, module=module, reason=reason)
    )
    out.print(f"{count} marked to be tried again.")


@app.command()
def discard(
    ids: Ids = None,
    module: Module = None,
    reason: Reason = None,
    all_: All = False,
    note: Annotated[str, typer.Option("--note", help="Why; kept in the history.")] = "",
    env_file: EnvFile = DEFAULT_ENV_FILE,
) -> None:
    """Close records for good: by number, by filter, or all."""
    _need_a_choice(ids, module, reason, all_)
    count = _with_journal(
        env_file,
        lambda j: j.dead.discard(ids or None, module=module, reason=reason, note=note),
    )
    out.print(f"{count} discarded.")


def _need_a_choice(
    ids: list[int] | None, module: str | None, reason: str | None, all_: bool
) -> None:
    if not (ids or module or reason or all_):
        raise OperatorError(
            "Nothing was chosen.",
            reason="nothing_chosen",
            fix="Give numbers from mzi dead list, --module, --reason or --all.",
        )


def _with_journal(env_file: EnvFile, use: Callable[[Journal], Awaitable[ResultT]]) -> ResultT:
    settings = load_settings(env_file)

    async def run() -> ResultT:
        async with open_journal(settings) as journal:
            return await use(journal)

    return anyio.run(run)
