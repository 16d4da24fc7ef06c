"""What Moodle shows of a student, asked on behalf of another program."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mzi_bridge.pipeline.links import Links
from mzi_bridge.pipeline.pause import LinkPaused


async def student_profile(links: Links, user_id: int) -> Mapping[str, Any]:
    """The dashboard of the Moodle user `user_id`, as the plugin makes it. Nothing of it is kept.

    Raises UnknownStudent; LinkPaused without a call while Moodle is paused; else the errors of
    `moodle.errors`.
    """
    state = await links.journal.links.get("moodle")
    left = state.until - links.clock.now() if state is not None else 0.0
    if state is not None and left > 0:
        raise LinkPaused(state, left)
    return await links.moodle.student_dashboard(user_id)
