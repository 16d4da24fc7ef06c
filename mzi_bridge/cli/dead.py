"""`mzi dead`: records that could not be delivered, and what to do with them."""

from __future__ import annotations

from typing import Annotated

import typer

from mzi_bridge.cli.console import (
    DEFAULT_ENV_FILE,
    AsJson,
    EnvFile,
    out,
    print_json,
    print_table,
)
from mzi_bridge.cli.journal import shown_time, with_journal
from mzi_bridge.errors import OperatorError

app = typer.Typer(help="Records that could not be delivered.", no_args_is_help=True)
Ids = Annotated[list[int] | None, typer.Argument(help="Numbers from mzi dead list.")]
Module = Annotated[str | None, typer.Option("--module", help="Only this CRM module.")]
Reason = Annotated[str | None, typer.Option("--reason", help="Only this reason.")]
All = Annotated[bool, typer.Option("--all", help="Every open one.")]


@app.command("list")
def list_(
    module: Module = None,
    reason: Reason = None,
    limit: int = 100,
    as_json: AsJson = False,
    env_file: EnvFile = DEFAULT_ENV_FILE,
) -> None:
    """The open ones, oldest first: never a value, only ids, columns and reasons."""
    letters = with_journal(env_file, lambda j: j.dead.list(module, reason, limit=limit))
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
            shown_time(letter.died_at),
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
    as_json: AsJson = False,
    env_file: EnvFile = DEFAULT_ENV_FILE,
) -> None:
    """Try records again: by number, by filter, or all."""
    _need_a_choice(ids, module, reason, all_)
    count = with_journal(
        env_file, lambda j: j.dead.retry(ids or None, module=module, reason=reason)
    )
    if as_json:
        print_json({"retried": count})
    else:
        out.print(f"{count} marked to be tried again.")


@app.command()
def discard(
    ids: Ids = None,
    module: Module = None,
    reason: Reason = None,
    all_: All = False,
    note: Annotated[str, typer.Option("--note", help="Why; kept in the history.")] = "",
    as_json: AsJson = False,
    env_file: EnvFile = DEFAULT_ENV_FILE,
) -> None:
    """Close records for good: by number, by filter, or all."""
    _need_a_choice(ids, module, reason, all_)
    count = with_journal(
        env_file,
        lambda j: j.dead.discard(ids or None, module=module, reason=reason, note=note),
    )
    if as_json:
        print_json({"discarded": count})
    else:
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
    if all_ and (ids or module or reason):
        raise OperatorError(
            "--all cannot stand with numbers, --module or --reason.",
            reason="choice_unclear",
            fix="Give --all alone, or leave it out.",
        )
