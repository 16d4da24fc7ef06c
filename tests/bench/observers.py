"""What noting an event for the bridge adds to the event, on a real Moodle.

Each event is triggered with its setting off and on in turn, so that a slow moment of the machine
meets both; what counts is the median, as a ratio to the bare event and as a difference.
"""

from __future__ import annotations

import argparse
import json
import shlex
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.bench.site import moodle_site, said

MOST_MS = 5.0
"""What noting may add to an event: a user's click must not feel it."""

_SCRIPT = Path(__file__).parent / "observers.php"


def add_to(commands: Any) -> None:
    parser = commands.add_parser(
        "observers",
        help="what noting an event adds to it",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--rounds", type=int, default=500, help="default 500")
    parser.add_argument("--db", choices=("pgsql", "mariadb"), default="pgsql")
    parser.add_argument("--keep", action="store_true", help="leave the site running at the end")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """0; 1 if noting adds more than it may."""
    facts = json.loads(moodle_site(options.db, "up", "--json"))
    try:
        command = [*shlex.split(facts["run"]), str(_SCRIPT)]
        costs = json.loads(said(command, json.dumps({"rounds": options.rounds})))
    finally:
        if not options.keep:
            moodle_site(options.db, "stop")
    return _judge(Console(), costs)


def _judge(console: Console, costs: dict[str, dict[str, float]]) -> int:
    table = Table("event", "bare ms", "noted ms", "× bare", "ms more")
    for name, cost in costs.items():
        bare, noted = cost["off"], cost["on"]
        figures = (f"{bare:.3f}", f"{noted:.3f}", f"{noted / bare:.2f}", f"{noted - bare:+.3f}")
        table.add_row(name, *figures)
    console.print(table)
    slow = [name for name, cost in costs.items() if cost["on"] - cost["off"] > MOST_MS]
    for name in slow:
        console.print(f"FAILED: noting {name} adds over {MOST_MS:.0f} ms")
    return 1 if slow else 0
