"""Does the bridge reach Moodle, and is it the Moodle that asks?"""

from __future__ import annotations

from urllib.parse import urlsplit

import anyio
from msgspec import Struct

from mzi_bridge.errors import MziError
from mzi_bridge.pipeline.links import Links

PING_SECONDS = 15.0
_PORTS = {"http": 80, "https": 443}


class Pinged(Struct, frozen=True):
    """`site` is the address by which Moodle names itself; `error`, `message` and `fix` are None
    where it was reached."""

    reached: bool
    site: str = ""
    same_site: bool = False
    error: str | None = None
    message: str | None = None
    fix: str | None = None


async def ping_moodle(links: Links, site: str, seconds: float = PING_SECONDS) -> Pinged:
    """Asks the plugin, then the site; a pause of the link is no reason not to. `site` is the
    wwwroot of who asks. Never raises what it finds."""
    try:
        with anyio.fail_after(seconds):
            await links.moodle.status()
            found = (await links.moodle.site_info()).siteurl
    except MziError as error:
        return unreached(error)
    except TimeoutError:
        return Pinged(
            False,
            error="timeout",
            message=f"Moodle did not answer within {seconds:.0f} seconds.",
            fix="Look whether the site answers, and whether its cron or a backup holds it.",
        )
    return Pinged(True, found, _place(found) == _place(site))


def unreached(error: MziError) -> Pinged:
    return Pinged(False, error=error.reason, message=error.message, fix=error.fix)


def _place(url: str) -> tuple[str, str, int | None, str]:
    """What of an address makes two the same site; a text that is none is no site's."""
    try:
        parts = urlsplit(url.strip())
        host, port = (parts.hostname or "").lower(), parts.port or _PORTS.get(parts.scheme)
    except ValueError:
        return "", url, None, ""
    return parts.scheme, host, port, parts.path.rstrip("/")
