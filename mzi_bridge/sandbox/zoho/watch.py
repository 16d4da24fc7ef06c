"""`/actions/watch`: enable, list, replace, change and end notification channels.

Zoho grants a channel an hour where no expiry, or more than the longest life, is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from mzi_bridge.sandbox.zoho.answers import (
    Row,
    answer,
    failed,
    json_object,
    listed,
    nothing,
    page_of,
    paging,
    rows_of,
    success,
)
from mzi_bridge.sandbox.zoho.callbacks import RESOURCE_ROOT
from mzi_bridge.sandbox.zoho.channels import HOUR, Channel
from mzi_bridge.sandbox.zoho.emulator import Emulator, emulator
from mzi_bridge.sandbox.zoho.refusals import (
    Refusal,
    invalid_data,
    missing_field,
    missing_param,
    unknown_module,
)
from mzi_bridge.sandbox.zoho.render import module_id
from mzi_bridge.sandbox.zoho.times import parse_iso
from mzi_bridge.sandbox.zoho.writes import written

TOKEN_LIMIT: Final = 50
EVENTS: Final = frozenset({"create", "edit", "delete", "all"})
SUBSCRIBED: Final = "Successfully subscribed for actions-watch of the given module"
UPDATED: Final = "Successfully updated the subscribe details"
REMOVED: Final = "Successfully removed the subscribe details"
UNSUBSCRIBED: Final = "Successfully un-subscribed from actions-watch"


async def enable(request: Request) -> Response:
    """POST: 201; a channel id in use is taken over."""
    return await _each(request, _enable, status=201)


async def replace_channels(request: Request) -> Response:
    """PUT: what is not sent is dropped."""
    return await _each(request, _replace)


async def change_channels(request: Request) -> Response:
    """PATCH: what is not sent stays; with `_delete_events` the events sent are dropped."""
    return await _each(request, _change)


async def list_channels(request: Request) -> Response:
    """GET: one row per channel and module; 204 without any."""
    parts = emulator(request)
    page, per_page = paging(request)
    channel_id = request.query_params.get("channel_id")
    module = request.query_params.get("module")
    found = [
        _details(parts, channel, name)
        for channel in parts.channels.live(parts.crm.clock.now())
        for name in channel.modules
        if channel_id in (None, channel.channel_id) and module in (None, name)
    ]
    rows, info = page_of(found, page, per_page)
    return answer({"watch": rows, "info": info}) if rows else nothing()


async def end_channels(request: Request) -> Response:
    """DELETE ?channel_ids=: one row per module of each channel."""
    parts = emulator(request)
    ids = listed(request.query_params.get("channel_ids", ""))
    if not ids:
        raise missing_param("channel_ids")
    rows: list[Row] = []
    for channel_id in ids:
        try:
            channel = _existing(parts, channel_id)
        except Refusal as refusal:
            rows.append(refusal.body())
            continue
        parts.channels.drop(channel_id)
        rows += [
            success(UNSUBSCRIBED, {**_resource(parts, name), "channel_id": channel_id})
            for name in channel.modules
        ]
    return _answered(parts, rows)


async def _each(
    request: Request, act: Callable[[Emulator, Row], Row], *, status: int = 200
) -> Response:
    parts = emulator(request)
    rows: list[Row] = []
    for sent in rows_of(await json_object(request), "watch"):
        try:
            if not isinstance(sent, dict):
                raise invalid_data(expected_data_type="jsonobject", api_name="watch")
            rows.append(act(parts, sent))
        except Refusal as refusal:
            rows.append(refusal.body())
    return _answered(parts, rows, status)


def _answered(parts: Emulator, rows: list[Row], status: int = 200) -> Response:
    if rows and all(row["code"] == "NOT_SUBSCRIBED" for row in rows if failed(row)):
        gone = all(map(failed, rows))
        return answer({"watch": rows}, 400) if gone else written(parts, "watch", rows, status)
    return written(parts, "watch", rows, status)


def _enable(parts: Emulator, sent: Row) -> Row:
    channel = _read(parts, sent)
    parts.channels.put(channel)
    return _granted(parts, channel, SUBSCRIBED)


def _replace(parts: Emulator, sent: Row) -> Row:
    _existing(parts, _channel_id(sent))
    channel = _read(parts, sent)
    parts.channels.put(channel)
    return _granted(parts, channel, UPDATED)


def _change(parts: Emulator, sent: Row) -> Row:
    channel = _existing(parts, _channel_id(sent))
    if sent.get("_delete_events") is True:
        return _drop_events(parts, channel, sent)
    changes: dict[str, Any] = {}
    if "events" in sent:
        changes["events"] = _events(parts, sent)
    if "notify_url" in sent:
        changes["notify_url"] = _notify_url(sent)
    if "token" in sent:
        changes["token"] = _token(sent)
    if "channel_expiry" in sent:
        changes["expiry"] = _expiry(parts, sent)
    changed = replace(channel, **changes)
    parts.channels.put(changed)
    return _granted(parts, changed, UPDATED)


def _drop_events(parts: Emulator, channel: Channel, sent: Row) -> Row:
    dropped = _events(parts, sent)
    left = tuple(event for event in channel.events if event not in dropped)
    if left:
        parts.channels.put(replace(channel, events=left))
    else:
        parts.channels.drop(channel.channel_id)
    return _granted(parts, replace(channel, events=dropped), REMOVED)


def _read(parts: Emulator, sent: Row) -> Channel:
    """A whole channel as sent. Raises Refusal."""
    return Channel(
        channel_id=_channel_id(sent),
        events=_events(parts, sent),
        notify_url=_notify_url(sent),
        token=_token(sent),
        expiry=_expiry(parts, sent),
        related=sent.get("notify_on_related_action") is not False,
        fields=dict(sent["fields"]) if isinstance(sent.get("fields"), Mapping) else {},
    )


def _channel_id(sent: Row) -> str:
    channel_id = sent.get("channel_id")
    if channel_id is None:
        raise missing_field("channel_id")
    if isinstance(channel_id, bool) or not str(channel_id).isdecimal():
        raise invalid_data(expected_data_type="bigint", api_name="channel_id")
    return str(channel_id)


def _events(parts: Emulator, sent: Row) -> tuple[tuple[str, str], ...]:
    events = sent.get("events")
    if not events:
        raise missing_field("events")
    if not isinstance(events, list):
        raise invalid_data(expected_data_type="jsonarray", api_name="events")
    read: list[tuple[str, str]] = []
    for index, event in enumerate(events):
        module, dot, kind = event.rpartition(".") if isinstance(event, str) else ("", "", "")
        if not dot or kind not in EVENTS:
            raise invalid_data(api_name="events", index=index)
        if module not in parts.crm.schema.modules:
            raise unknown_module()
        read.append((module, kind))
    return tuple(dict.fromkeys(read))


def _notify_url(sent: Row) -> str:
    url = sent.get("notify_url")
    if not url:
        raise missing_field("notify_url")
    if not isinstance(url, str) or urlsplit(url).scheme not in ("http", "https"):
        raise invalid_data(api_name="notify_url", expected_data_type="website")
    return url


def _token(sent: Row) -> str | None:
    token = sent.get("token")
    if token is None:
        return None
    if not isinstance(token, str):
        raise invalid_data(expected_data_type="text", api_name="token")
    if len(token) > TOKEN_LIMIT:
        raise invalid_data(maximum_length=TOKEN_LIMIT, api_name="token")
    return token


def _expiry(parts: Emulator, sent: Row) -> int:
    """The granted end: as asked within the longest life, else an hour from now."""
    now = parts.crm.now()
    asked = sent.get("channel_expiry")
    if asked is None:
        return now + HOUR
    try:
        wanted = parse_iso(asked, parts.crm.zone)
    except (TypeError, ValueError):
        raise invalid_data(expected_data_type="datetime", api_name="channel_expiry") from None
    if wanted <= now:
        raise invalid_data(api_name="channel_expiry")
    return wanted if wanted - now <= parts.switches.channel_seconds else now + HOUR


def _existing(parts: Emulator, channel_id: str) -> Channel:
    channel = parts.channels.get(channel_id, parts.crm.clock.now())
    if channel is None:
        raise Refusal(
            "NOT_SUBSCRIBED",
            "Not subscribed for actions-watch of the given channel",
            channel_id=channel_id,
        )
    return channel


def _granted(parts: Emulator, channel: Channel, message: str) -> Row:
    events = [
        {
            "channel_expiry": parts.renderer.hour(channel.expiry),
            **_resource(parts, name),
            "channel_id": channel.channel_id,
        }
        for name in channel.modules
    ]
    return success(message, {"events": events})


def _details(parts: Emulator, channel: Channel, module: str) -> Row:
    return {
        "notify_on_related_action": channel.related,
        "channel_expiry": parts.renderer.hour(channel.expiry),
        **_resource(parts, module),
        "notify_url": channel.notify_url,
        "channel_id": channel.channel_id,
        "fields": channel.fields or None,
        "events": [f"{name}.{kind}" for name, kind in channel.events if name == module],
        "token": channel.token,
    }


def _resource(parts: Emulator, module: str) -> dict[str, str]:
    return {
        "resource_uri": f"{RESOURCE_ROOT}/{module}",
        "resource_id": module_id(parts.crm, module),
        "resource_name": module,
    }
