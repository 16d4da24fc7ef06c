"""`scripts/postgres`: one disposable PostgreSQL for the suites that want a server."""

from __future__ import annotations

import argparse
import secrets
import sys
from collections.abc import Sequence

from scripts.disposable.account import remove_tree, run_directory, service_account
from scripts.disposable.errors import MachineLacks, SiteError
from scripts.disposable.postgres import Postgres
from scripts.disposable.process import free_port


def main(arguments: Sequence[str]) -> int:
    """Exit codes: 0 well, 1 failed, 3 the machine lacks PostgreSQL."""
    parser = argparse.ArgumentParser("postgres", description=__doc__)
    parser.add_argument("command", choices=["up", "down"])
    parser.add_argument("name", nargs="?", default="main", help="several can stand side by side")
    options = parser.parse_args(arguments)
    try:
        (_up if options.command == "up" else _down)(options.name)
    except SiteError as error:
        print(f"postgres: {error}", file=sys.stderr)
        return 3 if isinstance(error, MachineLacks) else 1
    return 0


def _server(name: str, port: int = 0, password: str = "") -> Postgres:
    account = service_account()
    home = run_directory(account, f"postgres-{name}")
    return Postgres(home, account, port, password, user="mzi", database="mzi")


def _up(name: str) -> None:
    """A server that is already up is replaced: whoever asks gets an empty one."""
    if Postgres.lacks():
        raise MachineLacks(Postgres.lacks())
    _down(name)
    server = _server(name, free_port(), secrets.token_hex(16))
    server.start()
    print(server.url)


def _down(name: str) -> None:
    server = _server(name)
    server.stop()
    remove_tree(server.home)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
