"""schemathesis against a bridge of its own, which works with emulators of both sides.

`python -m tests.fuzz.campaign --minutes 10` is the long run (`scripts/fuzz_api`).
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import anyio

from mzi_bridge.demo import stage

WORKFLOW_TOKEN = "fuzzed-workflow-token-1"
EVENT_TOKEN = "fuzzed-event-token-1234"
LIMITS = {"MZI_API_RATE": "100000", "MZI_AUTH_FAILURES": "10000"}

# The doors of Zoho and Moodle take more than their schemas say, on purpose (one bad event of a
# batch fails no other), and refuse what only a relation between fields, the clock or a signature
# makes wrong.
DOORS = ("Notices of Zoho CRM", "Events of Moodle")
LENIENT = ("negative_data_rejection", "positive_data_acceptance")
# No schema can say which names and rules the bridge knows: these two say it with 422.
JUDGED = ("changeMapping", "changeSettings")
REFUSED = ["4xx", "5xx"]
"""What is wrong may be refused as too large, too: schemathesis's own list has no 413."""

EXPECTED = ["2xx", "401", "403", "404", "409", "422", "429", "5xx"]


@dataclass(frozen=True)
class Fuzzed:
    """`words` are schemathesis's own; `cases` how many requests it made and judged."""

    clean: bool
    cases: int
    words: str


async def fuzz(folder: Path, *, seconds: int, seed: int, examples: int | None = None) -> Fuzzed:
    """One campaign of about that length, with every check that schemathesis has. `folder` gets
    journal and report."""
    async with stage.sandbox(students=20, seed=1) as addresses:
        values = {
            **stage.bridge_settings(addresses["env"], folder),
            **LIMITS,
            "MZI_LOG_LEVEL": "error",
            "MZI_WEBHOOK_SECRETS": WORKFLOW_TOKEN,
            "MZI_EVENT_TOKENS": EVENT_TOKEN,
        }
        async with stage.bridge(values) as url:
            config = folder / "schemathesis.toml"
            config.write_text(_config(values["ADMIN_TOKEN"]), encoding="utf-8")
            return await _run(folder, config, url, seconds, seed, examples)


def _config(token: str) -> str:
    # No API key: the campaign itself revokes them.
    keys: Mapping[str, str] = {
        "adminToken": token,
        "workflowToken": WORKFLOW_TOKEN,
        "moodleToken": EVENT_TOKEN,
    }
    proofs = "".join(
        f"[auth.openapi.{name}]\napi_key = {json.dumps(value)}\n" for name, value in keys.items()
    )
    lenient = "".join(f"checks.{name}.enabled = false\n" for name in LENIENT)
    doors = "".join(f"[[operations]]\ninclude-tag = {json.dumps(t)}\n{lenient}" for t in DOORS)
    judged = "".join(
        f"[[operations]]\ninclude-operation-id = {json.dumps(name)}\n"
        f"checks.positive_data_acceptance.expected-statuses = {json.dumps(EXPECTED)}\n"
        for name in JUDGED
    )
    refused = f"[checks.negative_data_rejection]\nexpected-statuses = {json.dumps(REFUSED)}\n"
    return f"{refused}[auth.openapi.apiKey]\nbearer = {json.dumps(token)}\n{proofs}{doors}{judged}"


async def _run(
    folder: Path, config: Path, url: str, seconds: int, seed: int, examples: int | None
) -> Fuzzed:
    command = [
        str(Path(sys.executable).parent / "st"),
        f"--config-file={config}",
        "--no-color",
        "run",
        f"{url}/openapi.json",
        "--request-timeout=60",
        f"--max-time={seconds}",
        f"--seed={seed}",
        "--continue-on-failure",
        # A busy machine is no fault of the interface.
        "--suppress-health-check=too_slow",
        "--header=X-Tenant-ID: default",
        *([f"--max-examples={examples}"] if examples else []),
    ]
    done = await anyio.run_process(command, check=False, cwd=folder)
    words = done.stdout.decode() + done.stderr.decode()
    found = re.search(r"(\d[\d,]*) generated", words)
    cases = int(found[1].replace(",", "")) if found else 0
    return Fuzzed(done.returncode == 0, cases, words)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=1)
    wanted = parser.parse_args()

    async def run() -> Fuzzed:
        with tempfile.TemporaryDirectory() as folder:
            return await fuzz(
                Path(folder), seconds=max(1, int(wanted.minutes * 60)), seed=wanted.seed
            )

    result = anyio.run(run)
    print(result.words)
    sys.exit(0 if result.clean else 1)


if __name__ == "__main__":
    main()
