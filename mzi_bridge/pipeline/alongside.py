"""Work with a companion: a lease kept alive, a sign of life given, while it lasts."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

import anyio

ResultT = TypeVar("ResultT")
Companion = Callable[[], Coroutine[Any, Any, None]]


async def alongside(work: Callable[[], Awaitable[ResultT]], *companions: Companion) -> ResultT:
    """What `work` returns; the companions run meanwhile and are cancelled at its end.

    What `work` raises is raised as it is: a task group by itself would wrap it in a group.
    """
    results: list[ResultT] = []
    failure: Exception | None = None
    async with anyio.create_task_group() as tasks:
        for companion in companions:
            tasks.start_soon(companion)
        try:
            results.append(await work())
        except Exception as error:
            failure = error
        tasks.cancel_scope.cancel()
    if failure is not None:
        raise failure
    return results[0]
