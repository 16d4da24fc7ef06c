"""Some of 64 writers and two workers of one process, run by test_64_writers:
URL, ledger file, number of this process, number of processes.

Each round of a writer is one unit of work: now a record of its own, now
one that it writes twice, the second time while it may be in hand. Prints its tally as JSON.
"""

from __future__ import annotations

import json
import random
import sys
from collections import Counter
from pathlib import Path

import anyio

from mzi_bridge.clock import SystemClock
from mzi_bridge.journal import Claim, Journal, Notice, Operation, Outcome, OutcomeKind, Source
from tests.conformance.journal.ledger import Ledger

WRITERS = 64
ROUNDS = 500
OWN = ROUNDS // 2
TWICE = OWN // 2
PER_WRITER = OWN + TWICE
MODULES = 4
WORKERS = 2
LIMIT = 200
LEASE_SECONDS = 60.0
SHORT_LEASE_SECONDS = 1.0
ABANDONED_EVERY = 25
SECONDS_IN_HAND = 0.01


def open_ledger(file: Path) -> Ledger:
    return Ledger(file, WRITERS * PER_WRITER, WRITERS)


class Process:
    def __init__(self, journal: Journal, ledger: Ledger, number: int, processes: int) -> None:
        self._journal = journal
        self._ledger = ledger
        self._writers = range(number, WRITERS, processes)
        self._chance = random.Random(number)  # noqa: S311
        self.tally: Counter[str] = Counter()

    async def run(self) -> None:
        async with anyio.create_task_group() as tasks:
            for writer in self._writers:
                tasks.start_soon(self._write, writer)
            for worker in range(WORKERS):
                tasks.start_soon(self._work, f"{self._writers.start}-{worker}")

    async def _write(self, writer: int) -> None:
        for number in range(ROUNDS):
            half = number // 2
            own = number % 2 == 0
            record = writer * PER_WRITER + (half if own else OWN + half // 2)
            self._ledger.write(record)
            await self._journal.inbox.mark([_notice(record)])
            self.tally["units"] += 1
        self._ledger.finish(writer)

    async def _work(self, owner: str) -> None:
        inbox = self._journal.inbox
        while True:
            over = self._ledger.all_finished
            abandon = self._chance.randrange(ABANDONED_EVERY) == 0
            lease = SHORT_LEASE_SECONDS if abandon else LEASE_SECONDS
            claim = await inbox.claim(owner=owner, limit=LIMIT, lease_seconds=lease)
            if claim is not None:
                self.tally["claims"] += 1
                await self._process(claim, abandon)
            elif over and await inbox.next_due() is None:
                return
            else:
                await inbox.wait(0.02)

    async def _process(self, claim: Claim, abandon: bool) -> None:
        records = [int(item.record_id) for item in claim.items]
        with self._ledger.in_hand(records):
            versions = {record: self._ledger.written(record) for record in records}
            await anyio.sleep(SECONDS_IN_HAND)
            if abandon:
                # As if the process had died: nobody settles, the lease runs out.
                self.tally["abandoned"] += len(records)
                return
            for record, version in versions.items():
                self._ledger.work(record, version)
        outcomes = [Outcome(item.record_id, OutcomeKind.DONE) for item in claim.items]
        counts = await self._journal.inbox.settle(claim, outcomes)
        self.tally["superseded"] += counts.superseded


def _notice(record: int) -> Notice:
    return Notice(f"M{record % MODULES}", str(record), Operation.UPDATE, 1, Source.NOTIFICATION)


async def main(*given: str) -> None:
    url, file, number, processes = given
    async with Journal.open(url, clock=SystemClock()) as journal:
        process = Process(journal, open_ledger(Path(file)), int(number), int(processes))
        await process.run()
    print(json.dumps(process.tally))


if __name__ == "__main__":
    anyio.run(main, *sys.argv[1:])
