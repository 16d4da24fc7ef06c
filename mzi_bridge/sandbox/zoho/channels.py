"""Notification channels as the CRM keeps them."""

from __future__ import annotations

from dataclasses import dataclass, field

from mzi_bridge.sandbox.zoho.record import Operation

HOUR = 3600
_EVENTS = {"insert": "create", "update": "edit", "delete": "delete"}


@dataclass
class Channel:
    """`events` are (module, create | edit | delete | all); `expiry` in epoch seconds."""

    channel_id: str
    events: tuple[tuple[str, str], ...]
    notify_url: str
    token: str | None
    expiry: int
    related: bool = True
    fields: dict[str, object] = field(default_factory=dict)

    @property
    def modules(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(module for module, _ in self.events))

    def hears(self, module: str, operation: Operation) -> bool:
        event = _EVENTS[operation]
        return (module, event) in self.events or (module, "all") in self.events


class ChannelBook:
    """Live channels by id. A channel past its expiry is gone as if it had never been."""

    def __init__(self) -> None:
        self._channels: dict[str, Channel] = {}

    def get(self, channel_id: str, now: float) -> Channel | None:
        self._collect(now)
        return self._channels.get(channel_id)

    def put(self, channel: Channel) -> None:
        self._channels[channel.channel_id] = channel

    def drop(self, channel_id: str) -> None:
        self._channels.pop(channel_id, None)

    def live(self, now: float) -> tuple[Channel, ...]:
        self._collect(now)
        return tuple(self._channels.values())

    def _collect(self, now: float) -> None:
        for channel_id, channel in list(self._channels.items()):
            if channel.expiry <= now:
                del self._channels[channel_id]
