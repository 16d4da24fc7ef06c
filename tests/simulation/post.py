"""How the CRM's notices travel: late, twice, in another order, with a wrong token, or not."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from typing import Any

import httpx2

from mzi_bridge.sandbox.zoho.record import Change
from tests.simulation.world import BRIDGE, World

FATES = ("duplicated", "reordered", "delayed", "dropped", "mistokened")
RESEND_SECONDS = 45.0
DAY = 86_400.0
URL = httpx2.URL(f"https://{BRIDGE}/api/v1/webhooks/zoho")
PATIENCE = {"timeout": {"read": 10.0}}


class Post:
    """Takes the place of the emulator's own delivery. `fates` are those of the next notices.

    `faithful`: what the bridge did not accept is sent again until it does, as no CRM does, so
    that the bridge may lose nothing even without polls. Else a lost notice is lost.
    """

    def __init__(self, world: World, *, faithful: bool) -> None:
        self.fates: deque[str] = deque()
        self.lost = 0
        self._world = world
        self._faithful = faithful
        self._draw = world.chance.draw
        self._under_way: set[asyncio.Task[None]] = set()
        world.emulator.notifier._dispatch = self._dispatch

    @property
    def pending(self) -> int:
        return len(self._under_way)

    def publish(self) -> None:
        """Tells the channels what has changed since the last time."""
        crm, emulator = self._world.crm, self._world.emulator
        changes = crm.history[emulator.published :]
        emulator.published = len(crm.history)
        emulator.notifier.publish(changes)
        if self._faithful:
            for change in changes:
                if not self._hears(change):
                    self._go(self._tell_once_heard(change))

    def tell_false_deletion(self, module: str, record_id: str) -> None:
        """A notice, with the right token, that a living record was deleted."""
        self._world.emulator.notifier.publish([Change(module, record_id, "delete")])

    async def close(self) -> None:
        for task in list(self._under_way):
            task.cancel()

    def _hears(self, change: Change) -> bool:
        live = self._world.emulator.channels.live(self._world.clock.now())
        return any(channel.hears(change.module, change.operation) for channel in live)

    async def _tell_once_heard(self, change: Change) -> None:
        await asyncio.sleep(RESEND_SECONDS)
        if self._hears(change):
            self._world.emulator.notifier.publish([change])
        else:
            self._go(self._tell_once_heard(change))

    def _dispatch(self, url: str, notice: dict[str, Any]) -> None:
        fate = self.fates.popleft() if self.fates else "plain"
        named = f"{notice['module']} {notice['operation']} {','.join(notice['ids'])}"
        if fate != "plain":
            self._world.history.tell(f"notice {fate}: {named}")
            self._world.history.counts[f"notice {fate}"] += 1
        if fate == "dropped" and not self._faithful:
            return
        if fate == "mistokened":
            self._go(self._send({**notice, "token": "forged"}, 0.0, again=False))
            if not self._faithful:
                return
        for delay in self._delays(fate):
            self._go(self._send(notice, delay, again=self._faithful))

    def _delays(self, fate: str) -> Sequence[float]:
        if fate == "duplicated":
            return [self._draw.random() * 90.0 for _ in range(self._draw.choice((2, 3)))]
        if fate == "reordered":
            return [self._draw.random() * 120.0]
        if fate == "delayed":
            return [self._draw.random() * (1200.0 if self._faithful else 1.5 * DAY)]
        return [self._draw.random() * 0.3]

    def _go(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._under_way.add(task)
        task.add_done_callback(self._arrived)

    def _arrived(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._world.history.wrong(f"the post itself failed: {error!r}")

    async def _send(self, notice: dict[str, Any], delay: float, *, again: bool) -> None:
        await asyncio.sleep(delay)
        while not await self._accepted(notice) and again:
            await asyncio.sleep(RESEND_SECONDS)
            self._renew_token(notice)

    def _renew_token(self, notice: dict[str, Any]) -> None:
        for channel in self._world.emulator.channels.live(self._world.clock.now()):
            if notice["module"] in channel.modules:
                notice.update(channel_id=channel.channel_id, token=channel.token)

    async def _accepted(self, notice: dict[str, Any]) -> bool:
        sent_at = self._world.clock.now()
        if BRIDGE not in self._world.hosts:
            self._world.history.counts["notice met no bridge"] += 1
            return False
        try:
            response = await self._world.outside.handle_async_request(
                httpx2.Request("POST", URL, json=notice, extensions=PATIENCE)
            )
        except httpx2.HTTPError:
            self._world.history.counts["notice met no bridge"] += 1
            return False
        self._world.history.counts[f"notice answered {response.status_code}"] += 1
        if response.status_code != 202:
            return False
        self._check_commit(notice)
        for record_id in notice["ids"]:
            key = (notice["module"], record_id)
            self._world.history.accepted[key] = max(
                sent_at, self._world.history.accepted.get(key, 0.0)
            )
        return True

    def _check_commit(self, notice: dict[str, Any]) -> None:
        found = self._world.ask_journal(
            "SELECT 1 FROM deliveries WHERE channel_id = ? AND server_time_ms = ?",
            notice["channel_id"],
            notice["server_time"],
        )
        if not found:
            self._world.history.wrong(f"202 before the commit: {notice['module']}")
