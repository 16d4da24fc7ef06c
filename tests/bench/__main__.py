"""`scripts/bench`: one subcommand for each thing that is measured."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from tests.bench import (
    accept,
    backfill,
    change,
    events,
    notices,
    observers,
    pages,
    processes,
    school,
    serve,
    upsert,
)


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser("bench", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="WHAT")
    accept.add_to(commands)
    notices.add_to(commands)
    change.add_to(commands)
    backfill.add_to(commands)
    upsert.add_to(commands)
    serve.add_to(commands)
    processes.add_to(commands)
    pages.add_to(commands)
    school.add_to(commands)
    observers.add_to(commands)
    events.add_to(commands)
    options = parser.parse_args(arguments)
    answer: int = options.run(options)
    return answer


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
