"""`scripts/simulate`: many seeds on all processors, one seed alone, known wrong rules, a soak."""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import partial

from tests.simulation import school
from tests.simulation.mutants import MUTANTS, Caught, hunt
from tests.simulation.simulation import Verdict, prepare, simulate, standing_of
from tests.simulation.soak import soak

HASH_SEED = "0"
ALONE = "scripts/simulate --seed {seed} --events {events}"
SHOWN_LINES = 60


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code: 0 only where every promise held (and every mutant was caught)."""
    _fix_order_of_sets()
    given = _parser().parse_args(arguments)
    prepare()
    if given.soak:
        return _soak(given.days, given.notices)
    if given.mutants or given.mutant:
        return _hunt(given.mutant or list(MUTANTS), given.seeds or 60, given.jobs)
    if given.seed is not None:
        return _one(given.seed, given.events)
    return _many(range(given.first, given.first + (given.seeds or 2000)), given.events, given.jobs)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="scripts/simulate", description=__doc__)
    parser.add_argument("--seeds", type=int, help="how many histories (2000; mutants: 60)")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--seed", type=int, help="this one alone, with its trace")
    parser.add_argument("--events", type=int, default=200, help="events of a history")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--mutants", action="store_true", help="break a rule, expect to see it")
    parser.add_argument("--mutant", action="append", choices=list(MUTANTS), help="only these")
    parser.add_argument("--soak", action="store_true", help="weeks in one go")
    parser.add_argument("--days", type=float, default=30.0)
    parser.add_argument("--notices", type=int, default=1_000_000, help="of a soak, in records")
    return parser


def _fix_order_of_sets() -> None:
    """A set of texts has another order in each process, unless Python is told not to."""
    if os.environ.get("PYTHONHASHSEED") != HASH_SEED:
        os.environ["PYTHONHASHSEED"] = HASH_SEED
        os.execv(sys.executable, [sys.executable, "-m", "tests.simulation", *sys.argv[1:]])  # noqa: S606


def _soak(days: float, notices: int) -> int:
    grown = soak(days, notices, lambda line: print(line, flush=True))
    for what in grown:
        print(f"grows without end: {what}")
    return 1 if grown else 0


def _one(seed: int, events: int) -> int:
    verdict = simulate(seed, events)
    print("\n".join(verdict.lines))
    print(f"history {verdict.digest}")
    _tell_totals([verdict], verdict.seconds)
    return 1 if verdict.wrongs else 0


def _many(seeds: Sequence[int], events: int, jobs: int) -> int:
    began = time.perf_counter()
    verdicts: list[Verdict] = []
    for verdict in _spread(partial(simulate, events=events), seeds, jobs):
        verdicts.append(verdict)
        if verdict.wrongs:
            _tell_wrong(verdict)
        if len(verdicts) % 100 == 0:
            print(f"{len(verdicts)} of {len(seeds)} seeds", file=sys.stderr, flush=True)
    _tell_totals(verdicts, time.perf_counter() - began)
    return 1 if any(verdict.wrongs for verdict in verdicts) else 0


def _spread(work: partial[Verdict], seeds: Sequence[int], jobs: int) -> Iterator[Verdict]:
    if jobs == 1:
        yield from map(work, seeds)
        return
    for subset in school.SUBSETS:
        standing_of(subset)
    with multiprocessing.get_context("fork").Pool(jobs) as pool:
        yield from pool.imap_unordered(work, seeds)


def _tell_wrong(verdict: Verdict) -> None:
    print(f"seed {verdict.seed}: {len(verdict.wrongs)} promises broken")
    for wrong in verdict.wrongs[:10]:
        print(f"  {wrong}")
    print(f"  the last of {len(verdict.lines)} lines of its history:")
    for line in verdict.lines[-SHOWN_LINES:]:
        print(f"    {line}")
    print(f"  alone: {ALONE.format(seed=verdict.seed, events=verdict.events)}", flush=True)


def _tell_totals(verdicts: Iterable[Verdict], seconds: float) -> None:
    verdicts = list(verdicts)
    counts: Counter[str] = Counter()
    for verdict in verdicts:
        counts.update(verdict.counts)
    for kind, number in sorted(counts.items()):
        print(f"{number:9} {kind}")
    broken = [verdict.seed for verdict in verdicts if verdict.wrongs]
    print(
        f"{len(verdicts)} seeds, {sum(v.events for v in verdicts)} events,"
        f" {sum(v.days for v in verdicts):.0f} simulated days in {seconds:.1f} s;"
        f" {len(broken)} with a broken promise{': ' if broken else ''}"
        f"{', '.join(map(str, broken))}"
    )


def _hunt(names: Sequence[str], seeds: int, jobs: int) -> int:
    for subset in school.SUBSETS:
        standing_of(subset)
    # A process a mutant: what is broken stays broken there.
    with multiprocessing.get_context("fork").Pool(jobs, maxtasksperchild=1) as pool:
        found: list[Caught] = []
        for caught in pool.imap(partial(hunt, seeds=seeds), names, chunksize=1):
            found.append(caught)
            print(caught.told(), flush=True)
    escaped = [caught.name for caught in found if caught.seed is None]
    print(f"{len(found) - len(escaped)} of {len(found)} wrong rules seen")
    return 1 if escaped else 0
