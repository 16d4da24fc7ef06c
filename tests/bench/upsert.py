"""The plugin's upsert of 500 rows, against get_record and a write for each of them.

Both ways run inside Moodle, in turn, on payments of no student; what counts is the median. The
statements of a batch are Moodle's own count: they may not depend on the number of rows.
"""

from __future__ import annotations

import argparse
import json
import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.bench.figure import Figure, add_output, tell
from tests.bench.site import disposable_site, said

LEAST_FASTER = 4.0
_SCRIPT = str(Path(__file__).with_name("upsert.php"))


def add_to(commands: Any) -> None:
    parser = commands.add_parser(
        "upsert",
        help="the plugin's upsert of a batch",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--rows", type=int, default=500, help="default 500")
    parser.add_argument("--rounds", type=int, default=15, help="default 15")
    parser.add_argument("--db", choices=("pgsql", "mariadb"), help="both without it")
    add_output(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """0; 1 if a bar is missed."""
    figures: list[Figure] = []
    for db in (options.db,) if options.db else ("pgsql", "mariadb"):
        with disposable_site(db) as site:
            command = [*shlex.split(site.facts["run"]), _SCRIPT]
            given = json.dumps({"rows": options.rows, "rounds": options.rounds})
            figures += _judged(db, options.rows, json.loads(said(command, given)))
    return tell(figures, options.json)


def _judged(db: str, rows: int, found: Mapping[str, Any]) -> Iterator[Figure]:
    for what in ("insert", "update"):
        batch, each = found[what]["batch"], found[what]["each"]
        told = f"{rows} rows: {1000 * batch:.0f} ms at once, {1000 * each:.0f} ms one by one"
        yield Figure(f"{what} on {db}", each / batch, "× faster", told, LEAST_FASTER, most=False)
        counts = found["statements"][what]
        told = ", ".join(f"{size} rows: {count}" for size, count in counts.items())
        more = max(counts.values()) - min(counts.values())
        yield Figure(f"statements of an {what} on {db}", more, "more", told, 0)
