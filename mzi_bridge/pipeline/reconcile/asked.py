"""A comparison that a person asked for over HTTP: in the background, one at a time."""

from __future__ import annotations

import logging

from anyio.abc import TaskGroup, TaskStatus

from mzi_bridge.errors import MziError, OperatorError, PauseLink
from mzi_bridge.journal.runs import Run
from mzi_bridge.pipeline.hold import this_process
from mzi_bridge.pipeline.links import Links
from mzi_bridge.pipeline.pause import pause_side
from mzi_bridge.pipeline.reconcile.duty import LEASE_SECONDS, LOCK
from mzi_bridge.pipeline.reconcile.kept import reconcile_and_keep
from mzi_bridge.pipeline.sync import mapped_modules, moodle_disabled
from mzi_bridge.pipeline.while_held import while_held

log = logging.getLogger(__name__)


class Reconciler:
    """`tasks` outlives every request: comparisons run in it. They and those that the bridge makes
    by itself have one lock."""

    def __init__(self, links: Links, tasks: TaskGroup, *, enabled: bool = True) -> None:
        self._links = links
        self._tasks = tasks
        self._enabled = enabled

    async def start(self, module: str | None, *, repair: bool) -> Run:
        """Begins a comparison of one module (by API name or entity) or of all.

        Raises OperatorError: module_not_mapped, moodle_disabled, reconcile_running.
        """
        modules = mapped_modules(self._links.preset, module)
        if repair and not self._enabled:
            raise moodle_disabled()
        run: Run | None = await self._tasks.start(self._run, modules, module is None, repair)
        if run is None:
            raise OperatorError(
                "A comparison is under way.",
                reason="reconcile_running",
                fix="Wait for its end; the history of syncs tells of it.",
            )
        return run

    async def _run(
        self,
        modules: list[str],
        whole: bool,
        repair: bool,
        *,
        task_status: TaskStatus[Run | None],
    ) -> None:
        """Tells its starter the run, or None while another has the lock. From then on no fault
        leaves it."""
        begun = False

        def begin(run: Run) -> None:
            nonlocal begun
            begun = True
            task_status.started(run)

        async def compare() -> None:
            await reconcile_and_keep(
                self._links,
                modules,
                whole=whole,
                owner=this_process(),
                repair=repair,
                begun=begin,
            )

        try:
            async with self._links.journal.locks.attempt(LOCK, seconds=LEASE_SECONDS) as mine:
                if not mine:
                    begun = True
                    task_status.started(None)
                    return
                await while_held(self._links, LOCK, LEASE_SECONDS, compare)
        except MziError as error:
            if not begun:
                raise
            if isinstance(error, PauseLink):
                await pause_side(self._links, error)
            log.error("reconcile: %s: %s", error.reason, error)
        except Exception:
            if not begun:
                raise
            log.exception("reconcile: a bug")
