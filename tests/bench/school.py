"""What a school of 5,000 students feels, told and not judged: a real Moodle and `mzi serve`.

Events for the bridge noted in Moodle and sent to it, the pages of those who manage the plugin
and a student's own, each over an empty page of Moodle, and the slowest statement that all of
these have sent to the plugin's tables. The school is that of `pages`, which asserts more of the
students' pages; `observers` and `events` look at either end of an event.
"""

from __future__ import annotations

import argparse
import base64
import json
import random
import secrets
import shlex
import statistics
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.bench import programs
from tests.bench.figure import Figure, add_output, tell
from tests.bench.seeded_school import EMPTY_PAGE, path_of, put_empty_page, seed
from tests.bench.site import DisposableSite, disposable_site, said
from tests.bench.slowest import forget, slowest, watch
from tests.bench.visitor import Visitor

DB = "pgsql"
MANAGED = ("overview", "events", "sync", "diagnostics", "unlinked", "mappings")
_SCRIPT = str(Path(__file__).with_name("school.php"))


def add_to(commands: Any) -> None:
    parser = commands.add_parser(
        "school",
        help="what a school of 5,000 students feels, not judged",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--students", type=int, default=5_000, help="default 5000")
    parser.add_argument("--events", type=int, default=1_000, help="default 1000")
    parser.add_argument("--rounds", type=int, default=20, help="default 20")
    add_output(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """0."""
    with disposable_site(DB) as site:
        site.reset()
        seed(site.facts, options.students)
        watched = watch(site.facts, DB)
        with _bridge(site):
            figures = [*_pages(site.facts, options.rounds, watched)]
            figures += _events(site.facts, options.events)
        if watched:
            found = slowest(site.facts)
            told = f"{found.calls} times, {found.mean:.1f} ms in the mean: {found.text[:160]}"
            figures.append(Figure("slowest statement", found.longest, "ms", told))
    return tell(figures, options.json)


@contextmanager
def _bridge(site: DisposableSite) -> Iterator[None]:
    """`mzi serve`, and the site's plugin knows it; nothing is written into the CRM."""
    key = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
    with tempfile.TemporaryDirectory() as name, programs.crm(1) as crm:
        values = programs.settings(crm, site.facts, Path(name))
        values |= {"MZI_EVENT_SECRETS": key, "MZI_PUSH": "false"}
        scopes = [word for one in ("read", "sync", "mappings:write") for word in ("--scope", one)]
        made = json.loads(programs.mzi(values, "keys", "create", "bench", *scopes, "--json"))
        bridge = programs.bridge(values, Path(name))
        bridge.start()
        try:
            programs.wait_for(f"{bridge.url}/readyz")
            told = (f"--bridge-url={bridge.url}", f"--event-key={key}", f"--api-key={made['key']}")
            said([*shlex.split(site.facts["cli"]), "local/mzi/cli/setup_bridge.php", *told])
            yield
        finally:
            bridge.kill()


def _pages(facts: Mapping[str, Any], rounds: int, watched: bool) -> Iterator[Figure]:
    put_empty_page(facts)
    manager = Visitor(facts["base_url"], facts["admin_username"], facts["admin_password"])
    student = Visitor(facts["base_url"], facts["users"][2]["username"], facts["user_password"])
    nothing = path_of(EMPTY_PAGE)
    calls = [("manager", manager, nothing), ("student", student, nothing)]
    calls += [("dashboard", student, path_of("profile"))]
    calls += [(name, manager, f"/local/mzi/manage/{name}.php") for name in MANAGED]
    for _, visitor, path in calls:
        visitor.get(path)
    if watched:
        forget(facts)
    times = _times(calls, rounds)
    empty = {who: times.pop(who) for who in ("manager", "student")}
    for name, spent in times.items():
        bare = empty["student" if name == "dashboard" else "manager"]
        told = f"{spent:.0f} ms, an empty page of theirs {bare:.0f} ms"
        yield Figure(name, spent / bare, "× empty", told)


def _times(calls: list[tuple[str, Visitor, str]], rounds: int) -> dict[str, float]:
    """Medians in milliseconds; all pages in turn, in another order each round."""
    times: dict[str, list[float]] = {name: [] for name, _, _ in calls}
    order = random.Random(1)  # noqa: S311
    for _ in range(rounds):
        for name, visitor, path in order.sample(calls, len(calls)):
            began = time.perf_counter()
            visitor.get(path)
            times[name].append(1000 * (time.perf_counter() - began))
    return {name: statistics.median(spent) for name, spent in times.items()}


def _events(facts: Mapping[str, Any], events: int) -> Iterator[Figure]:
    command = [*shlex.split(facts["run"]), _SCRIPT]
    found = json.loads(said(command, json.dumps({"events": events})))
    told = f"{events} changes of users; Moodle's event and the note of it for the bridge"
    yield Figure("an event noted", 1000 * found["noted"] / events, "ms", told)
    sent = found["delivered"]
    told = f"{sent} events in {found['sent']:.1f} s, {found['posts']} posts, data put together"
    yield Figure("an event sent", 1000 * found["sent"] / max(1, sent), "ms", told)
