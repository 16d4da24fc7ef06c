"""What the students' pages cost on a real Moodle: time over an empty page, and queries.

One school of 5,000 students and 100,000 rows, written by the plugin's own batches. All pages are
fetched in turn, in another order each round, so that a slow moment of the machine meets all of
them; what counts is the median of the rounds, as a ratio to the empty page and as a difference.
The queries are Moodle's own count. They may depend on the page, never on how much a student has.
"""

from __future__ import annotations

import argparse
import json
import random
import shlex
import statistics
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.bench.seeded_school import EMPTY_PAGE, SPECIAL, path_of, put_empty_page, seed
from tests.bench.site import moodle_site, said
from tests.bench.visitor import Visitor

TABS = ("profile", "academics", "finance", "classes", "grades", "requests")
MOST_MS = 30.0
"""What a tab may cost over an empty page (issue: "What the student sees")."""

TIMED = ("usual", "rich")


@dataclass(frozen=True)
class Cost:
    """`milliseconds`: the median; `more` is over the empty page; `queries` by student."""

    page: str
    student: str
    milliseconds: float
    ratio: float
    more: float
    queries: Mapping[str, int]

    @property
    def constant(self) -> bool:
        """Whether rows cost no queries; a page with nothing to show may need fewer."""
        counts = dict(self.queries)
        fewest = counts.pop("nothing", 0)
        return len(set(counts.values())) <= 1 and fewest <= max(counts.values(), default=fewest)


def add_to(commands: Any) -> None:
    parser = commands.add_parser(
        "pages",
        help="the students' pages on a real Moodle",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--students", type=int, default=5000, help="default 5000")
    parser.add_argument("--rounds", type=int, default=60, help="default 60")
    parser.add_argument("--db", choices=("pgsql", "mariadb"), default="pgsql")
    parser.add_argument("--fresh", action="store_true", help="make the site anew first")
    parser.add_argument("--keep", action="store_true", help="leave the site running at the end")
    parser.add_argument("--json", metavar="FILE", help="write the figures there too (- = stdout)")
    parser.add_argument(
        "--strict",
        action="store_true",
        help=f"fail also if a usual student's tab costs over {MOST_MS:.0f} ms more",
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """0; 1 if queries depend on rows, or with --strict on a tab that is too slow."""
    console = Console(stderr=options.json == "-")
    if options.fresh:
        moodle_site(options.db, "down")
    facts = json.loads(moodle_site(options.db, "up", "--json"))
    try:
        seeded = seed(facts, options.students)
        console.print(f"{seeded['rows']} rows of {options.students} students")
        costs = measure(facts, options.rounds)
    finally:
        if not options.keep:
            moodle_site(options.db, "stop")
    _show(console, costs)
    _write(options.json, seeded | {"costs": [asdict(cost) for cost in costs]})
    return _judge(console, costs, options.strict)


def measure(facts: Mapping[str, Any], rounds: int) -> list[Cost]:
    visitors = _visitors(facts)
    put_empty_page(facts)
    queries = _count_queries(facts, visitors)
    times = _time(visitors, rounds)
    empty = statistics.median(times[EMPTY_PAGE, TIMED[0]])
    return [
        _cost(name, student, statistics.median(spent), empty, queries.get(name, {}))
        for (name, student), spent in times.items()
    ]


def _cost(name: str, student: str, spent: float, empty: float, queries: dict[str, int]) -> Cost:
    return Cost(
        name, student, round(spent, 2), round(spent / empty, 3), round(spent - empty, 2), queries
    )


def _visitors(facts: Mapping[str, Any]) -> dict[str, Visitor]:
    people = zip(SPECIAL, facts["users"], strict=False)
    password = facts["user_password"]
    return {name: Visitor(facts["base_url"], user["username"], password) for name, user in people}


def _count_queries(
    facts: Mapping[str, Any], visitors: Mapping[str, Visitor]
) -> dict[str, dict[str, int]]:
    """By page and student, once Moodle's caches are warm."""
    _set(facts, "perfdebug", 15)
    names = (EMPTY_PAGE, *TABS)
    counts = {
        name: {who: visitor.queries(path_of(name)) for who, visitor in visitors.items()}
        for name in names
    }
    _set(facts, "perfdebug", 7)
    return counts


def _time(visitors: Mapping[str, Visitor], rounds: int) -> dict[tuple[str, str], list[float]]:
    """Milliseconds by page and student; the first round only warms up."""
    first = TIMED[0]
    calls = [(EMPTY_PAGE, first), *((name, who) for who in TIMED for name in TABS)]
    times: dict[tuple[str, str], list[float]] = {call: [] for call in calls}
    order = random.Random(1)  # noqa: S311
    for turn in range(rounds + 1):
        for name, who in order.sample(calls, len(calls)):
            started = time.perf_counter()
            visitors[who].get(path_of(name))
            if turn:
                times[name, who].append(1000 * (time.perf_counter() - started))
    return times


def _show(console: Console, costs: list[Cost]) -> None:
    table = Table("page", "student", "ms", "× empty", "ms more", "queries", "constant")
    for cost in costs:
        queries = _counts(cost.queries)
        said = "" if cost.page == EMPTY_PAGE else "yes" if cost.constant else "NO"
        figures = (f"{cost.milliseconds:.1f}", f"{cost.ratio:.2f}", f"{cost.more:+.1f}")
        table.add_row(cost.page, cost.student, *figures, queries, said)
    console.print(table)


def _counts(queries: Mapping[str, int]) -> str:
    """One number where all students have it."""
    counts = set(queries.values())
    if len(counts) == 1:
        return str(counts.pop())
    return ", ".join(f"{who} {count}" for who, count in queries.items())


def _write(target: str | None, figures: Mapping[str, Any]) -> None:
    if target == "-":
        print(json.dumps(figures))
    elif target:
        Path(target).write_text(json.dumps(figures, indent=1) + "\n")


def _judge(console: Console, costs: list[Cost], strict: bool) -> int:
    tabs = [cost for cost in costs if cost.page != EMPTY_PAGE]
    wasteful = sorted({cost.page for cost in tabs if not cost.constant})
    slow = [cost.page for cost in tabs if cost.student == "usual" and cost.more > MOST_MS]
    for page in wasteful:
        console.print(f"FAILED: the queries of {page} depend on what the student has")
    for page in slow:
        console.print(f"over {MOST_MS:.0f} ms for a usual student: {page}")
    return 1 if wasteful or (strict and slow) else 0


def _set(facts: Mapping[str, Any], name: str, value: int) -> None:
    said([*shlex.split(facts["cli"]), "admin/cli/cfg.php", f"--name={name}", f"--set={value}"])
