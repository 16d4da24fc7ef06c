"""A first backfill on a real Moodle, and the same again, against the same rows by direct SQL.

One school: students, and child rows whose modules need no subform. `mzi sync full` is timed from
its start to its end, as a user would start it. The emulated CRM answers from memory what it has
answered before (its pages are asked for once, first, by a dry run), since it is not what is
measured. The yardstick writes all rows that then stand in the plugin's tables again, into empty
copies of the tables in the same database.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mzi_bridge.sandbox.moodle import load_contract
from tests.bench import programs
from tests.bench.direct_sql import seconds_of_direct_sql
from tests.bench.figure import Figure, add_output, tell
from tests.bench.site import DisposableSite, disposable_site

MOST_TIMES_SQL, MOST_CALLS, MOST_AGAIN = 3.0, 0.011, 0.35
MOST_GROWTH = 1.2
GROWTH = (1_000, 50_000)
"""Records of the two schools whose time per record is compared."""


@dataclass(frozen=True)
class Backfill:
    """Seconds of the first run and of the second one; what they carried and cost."""

    first: float
    again: float
    records: int
    calls: int


def add_to(commands: Any) -> None:
    parser = commands.add_parser(
        "backfill",
        help="a whole school carried over, on a real Moodle",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--students", type=int, default=5_000, help="default 5000")
    parser.add_argument("--children", type=int, default=100_000, help="default 100000")
    parser.add_argument("--no-growth", action="store_true", help="one size only")
    add_output(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """0; 1 if a bar is missed."""
    with disposable_site("pgsql", students=options.students) as site:
        done = backfill(site, options.students, options.children)
        sql, rows = seconds_of_direct_sql(site.facts, keys())
        figures = [*_judged(done, sql, rows)]
        if not options.no_growth:
            figures.append(growth(site))
    return tell(figures, options.json)


def backfill(site: DisposableSite, students: int, children: int) -> Backfill:
    """Both runs, on a site that is emptied first."""
    site.reset()
    with _school(site, students, children) as (crm, values):
        programs.mzi(values, "sync", "full", "--dry-run")
        before = crm.calls()
        first = _seconds_of_sync(values)
        calls = crm.calls() - before
        again = _seconds_of_sync(values)
        return Backfill(first, again, sum(crm.records().values()), calls)


def growth(site: DisposableSite) -> Figure:
    """How much dearer a record is in a large school than in a small one."""
    each = {}
    for records in GROWTH:
        students = records // 20
        done = backfill(site, students, records - students)
        each[records] = done.first / done.records
    few, many = GROWTH
    told = ", ".join(f"{n} records: {1000 * s:.3f} ms each" for n, s in each.items())
    return Figure("growth of a backfill", each[many] / each[few], "×", told, MOST_GROWTH)


def keys() -> dict[str, str]:
    """The own key of each table that a backfill of these modules fills."""
    return {entity.table: entity.key for entity in load_contract().entities.values()}


@contextmanager
def _school(
    site: DisposableSite, students: int, children: int
) -> Iterator[tuple[programs.Crm, dict[str, str]]]:
    with tempfile.TemporaryDirectory() as folder, programs.crm(students, children) as crm:
        yield crm, programs.settings(crm, site.facts, Path(folder))


def _seconds_of_sync(values: Mapping[str, str]) -> float:
    began = time.perf_counter()
    programs.mzi(values, "sync", "full", "--json")
    return time.perf_counter() - began


def _judged(done: Backfill, sql: float, rows: int) -> Iterator[Figure]:
    carried = f"{done.records} records in {done.first:.1f} s"
    against = f"{carried}; {rows} rows by direct SQL in {sql:.1f} s"
    yield Figure("backfill", done.first / sql, "× direct SQL", against, MOST_TIMES_SQL)
    told = f"{done.calls} calls of the CRM for {done.records} records"
    yield Figure("calls of the CRM", done.calls / done.records, "a record", told, MOST_CALLS)
    twice = f"again, nothing changed: {done.again:.1f} s; first: {done.first:.1f} s"
    yield Figure("backfill again", done.again / done.first, "× the first", twice, MOST_AGAIN)
