"""Whether each side could be worked with now, asked so that asking costs no API credit."""

from __future__ import annotations

import anyio
from anyio.abc import TaskGroup

from mzi_bridge.pipeline.links import Links
from mzi_bridge.pipeline.pause import LinkPaused, pauses


async def moodle_ready(links: Links) -> None:
    """Asks the plugin itself. Raises what keeps Moodle from being worked with."""
    await links.moodle.status()


async def zoho_ready(links: Links, tasks: TaskGroup) -> None:
    """There is a token, made now if need be, and the link is not paused. Raises what is wrong.

    A token is made to its end in `tasks` even if the caller waits no longer: Zoho counts those it
    makes, and one that nobody waited for would be made anew at each asking.
    """
    standing = await pauses(links)
    state = standing.sides.get("zoho")
    if state is not None and state.until > standing.now:
        raise LinkPaused(state, state.until - standing.now)
    faults: list[Exception] = []
    done = anyio.Event()

    async def ask() -> None:
        try:
            await links.zoho.tokens.current()
        except Exception as error:
            faults.append(error)
        finally:
            done.set()

    tasks.start_soon(ask)
    await done.wait()
    if faults:
        raise faults[0]
