"""`mzi faults`: columns left alone because a record's own value does not fit them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer
from msgspec.structs import asdict

from mzi_bridge.cli.console import err, out, print_json, print_table
from mzi_bridge.cli.journal import shown_time, with_journal
from mzi_bridge.cli.options import DEFAULT_ENV_FILE, AsJson, EnvFile
from mzi_bridge.journal.faults import FieldFaultRow
from mzi_bridge.journal.journal import Journal

Counts = Sequence[tuple[str, str, int]]


def faults(
    module: Annotated[str | None, typer.Option("--module", help="Only this CRM module.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many to list.")] = 100,
    as_json: AsJson = False,
    env_file: EnvFile = DEFAULT_ENV_FILE,
) -> None:
    """Fields left out of rows that were written: how many per column, then which records.

    Never a value: correct it in the CRM, and the next sync fills the column.
    """
    counts, rows = with_journal(env_file, lambda j: _read(j, module, limit))
    if as_json:
        named = [{"module": m, "column": column, "records": n} for m, column, n in counts]
        print_json({"counts": named, "faults": [asdict(row) for row in rows]})
        return
    print_table(["module", "column", "records"], counts)
    out.print()
    shown = [(r.module, r.record_id, r.column, r.code, shown_time(r.noticed_at)) for r in rows]
    print_table(["module", "record", "column", "why", "since"], shown)
    total = sum(n for _, _, n in counts)
    if total > len(rows):
        err.print(f"{len(rows)} of {total} are listed; more with --limit.")


async def _read(
    journal: Journal, module: str | None, limit: int
) -> tuple[Counts, tuple[FieldFaultRow, ...]]:
    counted = (await journal.faults.counts()).items()
    counts = sorted((m, column, n) for (m, column), n in counted if module in (None, m))
    return counts, await journal.faults.list(module, limit=limit)
