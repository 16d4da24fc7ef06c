"""`mzi dead`: records that could not be delivered, and what to do with them."""

from __future__ import annotations

import re
from typing import Annotated

import typer
from msgspec.structs import asdict

from mzi_bridge.cli.console import out, print_json, print_table
from mzi_bridge.cli.journal import shown_time, with_journal
from mzi_bridge.cli.options import DEFAULT_ENV_FILE, AsJson, EnvFile
from mzi_bridge.clock import SystemClock
from mzi_bridge.errors import OperatorError
from mzi_bridge.journal.dead import EVERY, Choice, DeadState

app = typer.Typer(help="Records that could not be delivered.", no_args_is_help=True)
SECONDS = {"m": 60.0, "h": 3600.0, "d": 86_400.0}
AGE = re.compile(r"([0-9]{1,6})([mhd])", re.ASCII)
Ids = Annotated[list[int] | None, typer.Argument(help="Numbers from mzi dead list.")]
Module = Annotated[str | None, typer.Option("--module", help="Only this CRM module.")]
Reason = Annotated[str | None, typer.Option("--reason", help="Only this reason.")]
OlderThan = Annotated[
    str | None, typer.Option("--older-than", help="Given up longer ago: 30m, 12h or 3d.")
]
NewerThan = Annotated[
    str | None, typer.Option("--newer-than", help="Given up since then: 30m, 12h or 3d.")
]
All = Annotated[bool, typer.Option("--all", help="Every open one.")]


@app.command("list")
def list_(
    ids: Ids = None,
    module: Module = None,
    reason: Reason = None,
    older_than: OlderThan = None,
    newer_than: NewerThan = None,
    state: Annotated[
        DeadState, typer.Option("--state", help="The open ones, or what became of the others.")
    ] = DeadState.DEAD,
    limit: int = 100,
    as_json: AsJson = False,
    env_file: EnvFile = DEFAULT_ENV_FILE,
) -> None:
    """The open ones, oldest first: never a value, only ids, columns and reasons."""
    choice = _choice(ids, module, reason, older_than, newer_than)
    letters = with_journal(env_file, lambda j: j.dead.list(choice, limit=limit, state=state))
    if as_json:
        print_json([asdict(letter) for letter in letters])
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
    older_than: OlderThan = None,
    newer_than: NewerThan = None,
    all_: All = False,
    as_json: AsJson = False,
    env_file: EnvFile = DEFAULT_ENV_FILE,
) -> None:
    """Try records again: by number, by filter, or all; many of them in steps."""
    choice = _choice(ids, module, reason, older_than, newer_than)
    _need_a_choice(choice, all_)
    count = with_journal(env_file, lambda j: j.dead.retry(choice))
    if as_json:
        print_json({"retried": count})
    else:
        out.print(f"{count} marked to be tried again.")


@app.command()
def discard(
    ids: Ids = None,
    module: Module = None,
    reason: Reason = None,
    older_than: OlderThan = None,
    newer_than: NewerThan = None,
    all_: All = False,
    note: Annotated[str, typer.Option("--note", help="Why; kept in the history.")] = "",
    as_json: AsJson = False,
    env_file: EnvFile = DEFAULT_ENV_FILE,
) -> None:
    """Close records for good: by number, by filter, or all."""
    choice = _choice(ids, module, reason, older_than, newer_than)
    _need_a_choice(choice, all_)
    count = with_journal(env_file, lambda j: j.dead.discard(choice, note=note))
    if as_json:
        print_json({"discarded": count})
    else:
        out.print(f"{count} discarded.")


def _choice(
    ids: list[int] | None,
    module: str | None,
    reason: str | None,
    older_than: str | None,
    newer_than: str | None,
) -> Choice:
    now = SystemClock().now()
    return Choice(
        ids=ids or None,
        module=module,
        reason=reason,
        died_before=None if older_than is None else now - _seconds(older_than),
        died_after=None if newer_than is None else now - _seconds(newer_than),
    )


def _seconds(age: str) -> float:
    found = AGE.fullmatch(age)
    if found is None:
        raise OperatorError(
            f"{age!r} is no age.",
            reason="bad_age",
            fix="Give minutes, hours or days: 30m, 12h, 3d.",
        )
    return int(found[1]) * SECONDS[found[2]]


def _need_a_choice(choice: Choice, all_: bool) -> None:
    chosen = choice != EVERY
    if not (chosen or all_):
        raise OperatorError(
            "Nothing was chosen.",
            reason="nothing_chosen",
            fix="Give numbers from mzi dead list, --module, --reason, an age or --all.",
        )
    if all_ and chosen:
        raise OperatorError(
            "--all cannot stand with numbers or filters.",
            reason="choice_unclear",
            fix="Give --all alone, or leave it out.",
        )
