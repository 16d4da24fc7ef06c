"""`mzi deliveries`: what came in by webhook, and what was made of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer
from msgspec.structs import asdict

from mzi_bridge.cli.console import print_json, print_table
from mzi_bridge.cli.journal import shown_time, with_journal
from mzi_bridge.cli.options import DEFAULT_ENV_FILE, AsJson, EnvFile

SHOWN_IDS = 3


def deliveries(
    module: Annotated[str | None, typer.Option("--module", help="Only this CRM module.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many to list.")] = 100,
    as_json: AsJson = False,
    env_file: EnvFile = DEFAULT_ENV_FILE,
) -> None:
    """The newest first: which records each named, never what was in them."""
    rows = with_journal(env_file, lambda j: j.deliveries.list(limit, module=module))
    if as_json:
        print_json([asdict(row) for row in rows])
        return
    shown = [
        (
            row.id,
            shown_time(row.received_at),
            row.source,
            row.module,
            row.operation,
            row.result,
            row.reason,
            row.record_count,
            _ids(row.ids),
        )
        for row in rows
    ]
    columns = ["no.", "received", "by", "module", "operation", "result", "why", "records", "ids"]
    print_table(columns, shown)


def _ids(ids: Sequence[str]) -> str:
    rest = len(ids) - SHOWN_IDS
    return " ".join(ids[:SHOWN_IDS]) + (f" +{rest}" if rest > 0 else "")
