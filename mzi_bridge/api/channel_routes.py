"""Registering the notification channels on demand."""

from __future__ import annotations

from pydantic import BaseModel
from starlette.responses import Response

from mzi_bridge.api.answers import CHANNEL_FAILED, SETTINGS_INVALID
from mzi_bridge.api.audit import Audited
from mzi_bridge.api.declare import declared
from mzi_bridge.api.door import ADMIN
from mzi_bridge.api.endpoint import Call, Endpoint
from mzi_bridge.api.ports import SetUpChannels
from mzi_bridge.api.shapes import Shown
from mzi_bridge.pipeline.channel_terms import Done
from mzi_bridge.problems import NOT_CONNECTED


class ChannelShown(Shown):
    """What became of one channel. Ends are epoch seconds."""

    module: str
    channel_id: str
    done: Done
    asked_until: float | None
    granted_until: float | None
    reason: str
    fix: str


class ChannelsShown(Shown):
    failed: int
    channels: list[ChannelShown]


SET_UP = declared(
    "POST",
    "/api/v1/admin/setup-zoho-webhooks",
    "setUpChannels",
    scope=ADMIN,
    tag="Channels",
    summary="Register the notification channels",
    description="One for each mapped module, at the address of WEBHOOK_BASE_URL; again, it "
    "changes nothing.",
    answer=ChannelsShown,
    says="Every channel stands.",
    problems=(CHANNEL_FAILED, SETTINGS_INVALID, NOT_CONNECTED),
)
OPERATIONS = (SET_UP,)


class ChannelEndpoint:
    def __init__(self, set_up: SetUpChannels, audited: Audited) -> None:
        self._set_up = set_up
        self._audited = audited

    @property
    def endpoints(self) -> tuple[Endpoint, ...]:
        return (Endpoint(SET_UP, self.set_up),)

    async def set_up(self, call: Call) -> BaseModel | Response:
        async with self._audited(call, "channels_set_up", "all") as noted:
            outcomes = await self._set_up()
            failed = [outcome for outcome in outcomes if outcome.done == "failed"]
            noted["failed"] = len(failed)
        shown = ChannelsShown(
            failed=len(failed), channels=[ChannelShown.of(outcome) for outcome in outcomes]
        )
        if not failed:
            return shown
        return CHANNEL_FAILED.answer(
            f"{len(failed)} of {len(outcomes)} failed.", **shown.model_dump(mode="json")
        )
