"""`mzi keys`: who may call the HTTP API, and for what."""

from __future__ import annotations

import getpass
from typing import Annotated

import typer
from msgspec.structs import asdict

from mzi_bridge.cli.console import err, out, print_json, print_table
from mzi_bridge.cli.journal import shown_time, with_journal
from mzi_bridge.cli.options import DEFAULT_ENV_FILE, AsJson, EnvFile
from mzi_bridge.clock import SystemClock
from mzi_bridge.errors import OperatorError
from mzi_bridge.journal.api_keys import ApiKey, Scope
from mzi_bridge.journal.console_tables import MAX_ACTOR

app = typer.Typer(help="API keys of the HTTP API.", no_args_is_help=True)
DAY = 86_400.0


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="Of the program that will use it.")],
    scopes: Annotated[
        list[Scope], typer.Option("--scope", help="What it is good for; may repeat.")
    ],
    expires_days: Annotated[
        int | None,
        typer.Option("--expires-days", min=1, max=3650, help="It counts so long."),
    ] = None,
    as_json: AsJson = False,
    env_file: EnvFile = DEFAULT_ENV_FILE,
) -> None:
    """Make a key, and show it this one time: only its hash is kept."""
    until = None if expires_days is None else SystemClock().now() + expires_days * DAY
    made = with_journal(
        env_file,
        lambda j: j.api_keys.create(name, scopes, actor=_actor(), expires_at=until),
    )
    if as_json:
        print_json({**asdict(made.key), "key": made.secret})
        return
    out.print(made.secret, soft_wrap=True, markup=False)
    err.print(
        f"Key {made.key.id} of {made.key.name}: {', '.join(made.key.scopes)}. "
        "It is not shown again.",
        markup=False,
    )


@app.command("list")
def list_(
    history: Annotated[
        bool, typer.Option("--history", help="Those revoked or at their end, too.")
    ] = False,
    as_json: AsJson = False,
    env_file: EnvFile = DEFAULT_ENV_FILE,
) -> None:
    """The keys that count, by their beginning."""
    keys = with_journal(env_file, lambda j: j.api_keys.list(history=history))
    if as_json:
        print_json([asdict(key) for key in keys])
        return
    print_table(
        ["no.", "name", "begins", "scopes", "made", "by", "until", "last used", "revoked"],
        [_row(key) for key in keys],
    )


@app.command()
def revoke(
    number: Annotated[int, typer.Argument(min=1, help="Of mzi keys list.")],
    as_json: AsJson = False,
    env_file: EnvFile = DEFAULT_ENV_FILE,
) -> None:
    """End a key at once, also in a bridge that runs."""
    key = with_journal(env_file, lambda j: j.api_keys.revoke(number))
    if key is None:
        raise OperatorError(
            f"No key {number} counts.", reason="no_such_key", fix="See mzi keys list."
        )
    if as_json:
        print_json(asdict(key))
    else:
        out.print(f"Key {key.id} of {key.name} opens nothing any more.", markup=False)


def _row(key: ApiKey) -> tuple[object, ...]:
    times = (key.expires_at, key.last_used_at, key.revoked_at)
    until, used, revoked = ("" if at is None else shown_time(at) for at in times)
    scopes = ", ".join(key.scopes)
    made = shown_time(key.created_at)
    return key.id, key.name, f"{key.hint}…", scopes, made, key.created_by, until, used, revoked


def _actor() -> str:
    """Who is signed in at this machine."""
    return f"{getpass.getuser()} (command line)"[:MAX_ACTOR]
