"""What goes wrong around the bridge, and that it ends."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from tests.simulation.post import FATES, Post
from tests.simulation.races import Races
from tests.simulation.school import PICTURED
from tests.simulation.world import REFRESH_TOKEN, World

CRM_ANSWERS: tuple[Mapping[str, Any], ...] = (
    {"kind": "status", "status": 429, "headers": {"Retry-After": "40"}},
    {"kind": "status", "status": 429},
    {"kind": "status", "status": 500},
    {"kind": "status", "status": 502, "content_type": "text/html"},
    {"kind": "drop_before"},
    {"kind": "lost_reply"},
    {"kind": "latency", "seconds": 45.0},
    {"kind": "slow_reply", "seconds": 45.0},
    {"kind": "truncated"},
    {"kind": "truncated", "full_length": False},
    {"kind": "html"},
    {"kind": "maintenance"},
    {"kind": "empty"},
    {
        "kind": "status",
        "status": 200,
        "body": '{"code": "INTERNAL_ERROR", "details": {}, "message": "x", "status": "error"}',
    },
)
LIES: tuple[Mapping[str, Any], ...] = (
    {"kind": "status", "status": 204},
    {"kind": "status", "status": 304},
)
"""Answers that say there is nothing: no fault that anybody could see."""

MOODLE_ANSWERS: tuple[Mapping[str, Any], ...] = (
    {"kind": "status", "status": 429, "headers": {"Retry-After": "40"}},
    {"kind": "status", "status": 500},
    {"kind": "status", "status": 502, "content_type": "text/html"},
    {"kind": "drop_before"},
    {"kind": "lost_reply"},
    {"kind": "latency", "seconds": 75.0},
    {"kind": "slow_reply", "seconds": 75.0},
    {"kind": "truncated"},
    {"kind": "truncated", "full_length": False},
    {"kind": "html"},
    {"kind": "maintenance"},
    {"kind": "empty"},
    {"kind": "status", "status": 303, "headers": {"Location": "/login/index.php"}},
    {
        "kind": "status",
        "status": 200,
        "body": '{"exception": "dml_write_exception", "errorcode": "dmlwriteexception"}',
    },
)
TROUBLES = {
    "crm answers": 12,
    "moodle answers": 12,
    "notices": 14,
    "false deletion": 3,
    "crm says nothing is there": 4,
    "crm shows no photos": 6,
    "clock": 2,
    "token revoked": 1,
    "tokens expired": 2,
    "maintenance": 2,
    "disk full": 2,
    "database locked": 3,
    "channel lost": 2,
    "crash": 4,
    "credits used up": 1,
    "edit behind a read": 5,
    "write overtaken": 5,
    "untold and not taken": 3,
}
"""Kinds of trouble and how often each is drawn."""

OF_POLLS = ("channel lost", "untold and not taken")
"""What nothing but a poll can find."""


class Troubles:
    """Starts them; each ends by itself or at `end`. `lied`: the CRM has hidden records;
    `hid_photos`: only photos, which is seen or does no harm where one was known."""

    def __init__(self, world: World, post: Post, races: Races, *, polls: bool, lies: bool) -> None:
        self.lied = False
        self.hid_photos = False
        self._told_false = False
        self._world = world
        self._post = post
        self._races = races
        self._polls = polls
        self._lies = lies
        self._draw = world.chance.draw
        self._endings: dict[str, Callable[[], None]] = {}
        self._restarts: set[asyncio.Task[None]] = set()

    async def start(self, kind: str) -> None:
        world = self._world
        if kind in OF_POLLS and not self._polls:
            kind = "notices"
        if kind == "crm says nothing is there" and not self._lies:
            kind = "notices"
        if self._would_prove_a_lie(kind):
            kind = "notices"
        world.history.tell(f"trouble: {kind}")
        world.history.counts[kind] += 1
        match kind:
            case "crm answers":
                self._answers(world.crm_app, CRM_ANSWERS)
            case "moodle answers":
                self._answers(world.moodle_app, MOODLE_ANSWERS)
            case "crm says nothing is there":
                self.lied = True
                self._answers(
                    world.crm_app, LIES, path_prefix=f"/crm/v2/{self._draw.choice(world.subset)}"
                )
            case "crm shows no photos":
                self.hid_photos = PICTURED in world.subset
                if self.hid_photos:
                    self._answers(world.crm_app, LIES[:1], path_contains="/Attachments")
            case "notices":
                self._post.fates.append(self._draw.choice(FATES))
            case "false deletion":
                self._told_false = True
                module = self._draw.choice(world.subset)
                record_id = self._draw.choice(list(world.crm.records(module)))
                self._post.tell_false_deletion(module, record_id)
            case "clock":
                jump = self._draw.choice((3600.0, -3600.0, 3599.0, -1800.0, 120.0))
                world.bridge_clock.offset = jump
                self._until(kind, 3600.0, lambda: setattr(world.bridge_clock, "offset", 0.0))
            case "token revoked":
                self._revoke()
            case "tokens expired":
                world.emulator.oauth.expire_all()
            case "maintenance":
                switch = self._draw.choice(("maintenance", "admin_maintenance"))
                setattr(world.site.switches, switch, True)
                self._until(switch, 900.0, lambda: setattr(world.site.switches, switch, False))
            case "disk full":
                world.disk.full = True
                world.disk.full_at_commit = self._draw.random() < 0.5
                self._until(kind, 120.0, lambda: setattr(world.disk, "full", False))
            case "database locked":
                now = asyncio.get_running_loop().time()
                world.disk.locked_until = now + self._draw.random() * 40.0
            case "channel lost":
                live = world.emulator.channels.live(world.clock.now())
                if live:
                    world.emulator.channels.drop(self._draw.choice(live).channel_id)
            case "crash":
                await self._crash()
            case "edit behind a read":
                self._races.edit_behind_a_read()
            case "write overtaken":
                self._races.write_overtaken()
            case "untold and not taken":
                self._races.untold_and_not_taken()
            case "credits used up":
                limits = world.emulator.limits
                limits.credits = limits.spent
                self._until(kind, 900.0, lambda: setattr(limits, "credits", None))

    def _would_prove_a_lie(self, kind: str) -> bool:
        """A notice of a deletion and a CRM that hides the record are a proof together."""
        if kind == "false deletion":
            return self.lied
        return kind == "crm says nothing is there" and self._told_false

    async def end(self) -> None:
        """From here on everything works."""
        for side in (self._world.crm_app, self._world.moodle_app):
            side.faults.rules.clear()
        for kind in list(self._endings):
            self._endings.pop(kind)()
        self._world.disk.locked_until = 0.0
        self._post.fates.clear()
        self._world.history.behind_reads.clear()
        self._world.history.behind_writes.clear()
        for task in list(self._restarts):
            await task

    def _answers(self, app: Any, kinds: tuple[Mapping[str, Any], ...], **match: str) -> None:
        fault = self._draw.choice(kinds)
        times = self._draw.choice((1, 1, 2, 3, 6))
        app.faults.add([{"match": match, "times": times, "fault": dict(fault)}])
        word = f"{fault['kind']} {fault.get('status', '')}".strip()
        self._world.history.tell(f"… {word} × {times}")
        self._world.history.counts[f"answer {word}"] += times

    def _until(self, kind: str, longest: float, ending: Callable[[], None]) -> None:
        """Ends the trouble within `longest` seconds."""
        self._endings[kind] = ending

        def over() -> None:
            if self._endings.get(kind) is ending:
                self._endings.pop(kind)()
                self._world.history.tell(f"over: {kind}")

        asyncio.get_running_loop().call_later(longest * self._draw.random(), over)

    def _revoke(self) -> None:
        oauth = self._world.emulator.oauth
        oauth.revoke(REFRESH_TOKEN)
        self._until("token revoked", 1800.0, lambda: oauth.admit(REFRESH_TOKEN))

    async def _crash(self) -> None:
        if self._world.life is None:
            return
        await self._world.kill_bridge()
        pause = self._draw.choice((0.0, 2.0, 30.0, 600.0)) * self._draw.random()
        task = asyncio.get_running_loop().create_task(self._restart(pause))
        self._restarts.add(task)
        task.add_done_callback(self._restarts.discard)

    async def _restart(self, pause: float) -> None:
        await asyncio.sleep(pause)
        await self._world.start_bridge()
