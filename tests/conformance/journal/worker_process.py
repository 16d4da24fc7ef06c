"""A process that marks, claims and settles, run by test_processes: URL, name, rounds.

Prints one line per record it settled as done: the proof of who worked on what.
"""

from __future__ import annotations

import sys

import anyio

from mzi_bridge.clock import SystemClock
from mzi_bridge.journal import Journal, Notice, Operation, Outcome, OutcomeKind, Source


async def work(url: str, name: str, rounds: int) -> None:
    async with Journal.open(url, clock=SystemClock()) as journal:
        for n in range(rounds):
            await journal.inbox.mark(
                [Notice(f"M{n % 3}", f"{name}-{n}", Operation.UPDATE, n, Source.NOTIFICATION)]
            )
        print("marked", flush=True)
        sys.stdin.readline()
        while (await journal.inbox.counts()).dirty:
            claim = await journal.inbox.claim(owner=name, limit=4, lease_seconds=60)
            if claim is None:
                await journal.inbox.wait(0.02)
                continue
            outcomes = [Outcome(item.record_id, OutcomeKind.DONE) for item in claim.items]
            counts = await journal.inbox.settle(claim, outcomes)
            assert counts.done == len(claim.items)
            for item in claim.items:
                print(item.record_id, flush=True)


if __name__ == "__main__":
    anyio.run(work, sys.argv[1], sys.argv[2], int(sys.argv[3]))
