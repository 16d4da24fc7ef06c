"""Notification channels (`actions/watch`): whom Zoho tells that records changed.

Zoho grants a shorter life than asked without a word (an hour, where more than the version's
bound was asked), and forgets channels that have ended: read back what was granted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from msgspec import Struct

from mzi_bridge.zoho.answers import code_of
from mzi_bridge.zoho.errors import BadArgument, RequestRefused, UnexpectedAnswer
from mzi_bridge.zoho.naming import id_list, id_path, module_path
from mzi_bridge.zoho.records import PAGE_LIMIT, page_params
from mzi_bridge.zoho.rows import details_of, page_of, row_list, succeeded, text_of
from mzi_bridge.zoho.times import epoch, iso
from mzi_bridge.zoho.transport import Call, Sender

TOKEN_LIMIT = 50
CHANNEL_LIMIT = 100
NOT_SUBSCRIBED = "NOT_SUBSCRIBED"

Event = Literal["create", "edit", "delete", "all"]

Row = Mapping[str, Any]

_PAGES = 50


@dataclass(frozen=True)
class ChannelRequest:
    """A channel to enable or renew. `channel_id` is chosen by us: digits. `token` comes
    back with every notice; at most 50 characters. `expiry` is what we ask for."""

    channel_id: str
    module: str
    events: tuple[Event, ...]
    notify_url: str
    token: str = field(repr=False)
    expiry: datetime


class ChannelResult(Struct, frozen=True):
    """What became of one channel. `expiry` is the granted end in epoch seconds, None where
    Zoho said none; `code` NOT_SUBSCRIBED means Zoho no longer has the channel."""

    ok: bool
    code: str
    channel_id: str | None
    module: str | None
    expiry: int | None
    message: str

    @property
    def gone(self) -> bool:
        return self.code == NOT_SUBSCRIBED


@dataclass(frozen=True)
class Channel:
    """A channel as Zoho lists it. `events` are without the module's name."""

    channel_id: str
    module: str
    events: frozenset[str]
    notify_url: str
    expiry: int | None
    token: str | None = field(repr=False, default=None)


Results = list[ChannelResult]
Listed = list[Channel]


class Channels:
    """The notification family of one API version."""

    def __init__(self, transport: Sender, version: str) -> None:
        self._transport = transport
        self._path = f"/crm/{version}/actions/watch"

    async def enable(self, requests: Sequence[ChannelRequest]) -> Results:
        """Registers channels; one result for each, in order."""
        return await self._save("channels.enable", "POST", requests)

    async def renew(self, requests: Sequence[ChannelRequest]) -> Results:
        """Gives channels a new end, token, address or set of events (PATCH). One that has
        ended is answered with a row that is `gone`: enable it anew."""
        return await self._save("channels.renew", "PATCH", requests)

    async def list(self, *, channel_id: str | None = None, module: str | None = None) -> Listed:
        """The channels this client has at Zoho, all or those of one id or module."""
        wanted = {"channel_id": id_path(channel_id)} if channel_id else {}
        if module:
            wanted["module"] = module_path(module)
        found: Listed = []
        for number in range(1, _PAGES + 1):
            params = {**wanted, **page_params(number, PAGE_LIMIT)}
            answer = await self._transport.call(Call("channels.list", "GET", self._path, params))
            page = page_of(answer, "watch")
            found.extend(_channel(row) for row in page.records)
            if not page.more:
                return found
        raise UnexpectedAnswer(f"Zoho's list of channels has no end after {_PAGES} pages.")

    async def delete(self, channel_ids: Sequence[str]) -> Results:
        """Ends channels. Zoho answers a row for each module of each channel; a channel it no
        longer has is `gone`."""
        params = {"channel_ids": id_list(channel_ids, CHANNEL_LIMIT)}
        call = Call("channels.delete", "DELETE", self._path, params, write=True)
        rows = await self._rows(call)
        if rows is None and len(channel_ids) > 1:
            return [row for one in channel_ids for row in await self.delete([one])]
        only = channel_ids[0] if len(channel_ids) == 1 else None
        if rows is None:
            return [_gone(only, None)]
        return [_result(row, only, None) for row in rows]

    async def _save(
        self, operation: str, method: str, requests: Sequence[ChannelRequest]
    ) -> Results:
        if not 1 <= len(requests) <= CHANNEL_LIMIT:
            raise BadArgument(f"Between 1 and {CHANNEL_LIMIT} channels go in one call.")
        body = {"watch": [_wire(request) for request in requests]}
        rows = await self._rows(Call(operation, method, self._path, body=body, write=True))
        if rows is None and len(requests) > 1:
            return [(await self._save(operation, method, [one]))[0] for one in requests]
        if rows is None:
            return [_gone(requests[0].channel_id, requests[0].module)]
        if len(rows) != len(requests):
            raise UnexpectedAnswer(f"Zoho answered {len(rows)} channels for {len(requests)} sent.")
        return [
            _result(row, request.channel_id, request.module)
            for row, request in zip(rows, requests, strict=True)
        ]

    async def _rows(self, call: Call) -> Sequence[Row] | None:
        """The answer's rows; None if the call as a whole met a channel Zoho no longer has,
        which it does not always name."""
        try:
            answer = await self._transport.call(call)
        except RequestRefused as refused:
            if refused.code == NOT_SUBSCRIBED:
                return None
            raise
        return row_list(answer.body or {}, "watch")


def _wire(request: ChannelRequest) -> dict[str, Any]:
    if not request.events or not 1 <= len(request.token) <= TOKEN_LIMIT:
        raise BadArgument(f"A channel needs events and a token of 1 to {TOKEN_LIMIT} characters.")
    return {
        "channel_id": id_path(request.channel_id),
        "events": [f"{module_path(request.module)}.{event}" for event in request.events],
        "notify_url": request.notify_url,
        "token": request.token,
        "channel_expiry": iso(request.expiry),
    }


def _result(row: Row, channel_id: str | None, module: str | None) -> ChannelResult:
    details = details_of(row)
    events = details.get("events", [details])
    granted = (
        [one for one in events if isinstance(one, Mapping)] if isinstance(events, list) else []
    )
    ends = [epoch(one["channel_expiry"]) for one in granted if one.get("channel_expiry")]
    first = granted[0] if granted else details
    return ChannelResult(
        ok=succeeded(row),
        code=code_of(row) or "UNNAMED",
        channel_id=channel_id or text_of(first, "channel_id"),
        module=module or text_of(first, "resource_name"),
        expiry=min(ends, default=None),
        message=text_of(row, "message") or "",
    )


def _gone(channel_id: str | None, module: str | None) -> ChannelResult:
    return ChannelResult(False, NOT_SUBSCRIBED, channel_id, module, None, "")


def _channel(row: Row) -> Channel:
    channel_id = text_of(row, "channel_id")
    if channel_id is None:
        raise UnexpectedAnswer("A channel in Zoho's list has no id.")
    names = row.get("events")
    events = [name for name in names if isinstance(name, str)] if isinstance(names, list) else []
    return Channel(
        channel_id=channel_id,
        module=text_of(row, "resource_name") or "",
        events=frozenset(name.rpartition(".")[2] for name in events),
        notify_url=text_of(row, "notify_url") or "",
        expiry=epoch(row["channel_expiry"]) if row.get("channel_expiry") else None,
        token=text_of(row, "token"),
    )
