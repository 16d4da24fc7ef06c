"""For every suite: what a run tells at its end, and which tests may run beside each other."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.support.real_moodle import SETTINGS

TOLD = "told"


@pytest.fixture
def tell(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Has a line of a test told at the end of the run: counts, times."""
    return lambda line: record_property(TOLD, line)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for line in _told(terminalreporter):
        terminalreporter.write_line(line)


def _told(reporter: pytest.TerminalReporter) -> Iterator[str]:
    for outcome in ("passed", "failed"):
        for report in reporter.getreports(outcome):
            if report.when == "call":
                yield from (str(line) for name, line in report.user_properties if name == TOLD)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """`--dist loadgroup` gives all tests of a real Moodle to one worker: they share its rows."""
    for item in items:
        item.add_marker(pytest.mark.xdist_group(_group(item)))


def _group(item: pytest.Item) -> str:
    callspec = getattr(item, "callspec", None)
    parameters = list(callspec.params.values()) if callspec else []
    real = [database for database in SETTINGS if database in parameters]
    return real[0] if real else f"{item.path.stem} {item.path.parent}"
