"""`mzi photos`: a second look at every photo, now."""

from __future__ import annotations

import anyio

from mzi_bridge.app import open_bridge
from mzi_bridge.cli.console import out
from mzi_bridge.cli.options import DEFAULT_ENV_FILE, EnvFile
from mzi_bridge.pipeline.photo_rounds import every_photo
from mzi_bridge.settings import load_settings
from mzi_bridge.sight.logs import start_logging


def photos(env_file: EnvFile = DEFAULT_ENV_FILE) -> None:
    """Have the bridge look again at every student's photo: one or two API credits each.

    For when Moodle lost its files, or photos were put into the CRM and nothing told of it. The
    running bridge does the work, behind all else; mzi dead list shows what cannot arrive.
    """
    settings = load_settings(env_file)
    start_logging("warning")

    async def run() -> int:
        async with open_bridge(settings) as bridge:
            return await every_photo(bridge.links)

    out.print(f"{anyio.run(run)} photos will be looked at again.")
