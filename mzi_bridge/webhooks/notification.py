"""The callback of a Zoho notification channel.

Shape: Zoho CRM v2 "Notifications" (`actions/watch`): module, ids, operation, channel_id,
token, server_time in ms. affected_fields, affected_values, query_params and resource_uri
come too and are not used, because the record itself is read.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from mzi_bridge.pipeline.accept import ACCEPTED, Delivery, Notice, Operation, Source
from mzi_bridge.webhooks.body import Fields
from mzi_bridge.webhooks.ids import read_ids
from mzi_bridge.webhooks.reasons import RefusalReason, Refused

OLDEST_MS = 7 * 86_400_000
FARTHEST_AHEAD_MS = 2 * 3_600_000
"""More than the hour by which our clock may be wrong: a proof of deletion that bore our time would
be older than reads of before it, and one of them, come late, would lift the tombstone."""

# The words of a subscription are taken for those of a callback, too.
_SUBSCRIPTION_WORDS = {"create": "insert", "edit": "update"}


def _operation(value: Any) -> Any:
    word = value.strip().lower() if isinstance(value, str) else value
    return _SUBSCRIPTION_WORDS.get(word, word) if isinstance(word, str) else word


def _milliseconds(value: Any) -> int | None:
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 15:
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


class Notification(BaseModel):
    """`server_time` is epoch ms by the CRM's clock, None where it is missing or odd."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    module: str = Field(strict=True, pattern=r"^[A-Za-z][A-Za-z0-9_]{0,99}$")
    operation: Annotated[Operation, BeforeValidator(_operation)]
    ids: Annotated[tuple[str, ...], BeforeValidator(read_ids)] = Field((), validate_default=True)
    server_time: Annotated[int | None, BeforeValidator(_milliseconds)] = None


def read_notification(fields: Fields) -> Notification:
    """Raises Refused with bad_module, bad_operation, missing_ids, bad_ids or too_many_ids."""
    try:
        return Notification.model_validate(fields)
    except ValidationError as error:
        wrong = {detail["loc"][0] for detail in error.errors(include_input=False)}
    raise Refused(RefusalReason.BAD_MODULE if "module" in wrong else RefusalReason.BAD_OPERATION)


def noticed_at_ms(server_time: int | None, now: float) -> int:
    """The CRM's time of the notice, unless no clock could be that wrong: then `now`."""
    now_ms = int(now * 1000)
    if server_time is None or not -OLDEST_MS <= server_time - now_ms <= FARTHEST_AHEAD_MS:
        return now_ms
    return server_time


def notices_of(notification: Notification, channel_id: str, now: float) -> list[Notice]:
    at = noticed_at_ms(notification.server_time, now)
    return [
        Notice(
            notification.module,
            record_id,
            notification.operation,
            at,
            Source.NOTIFICATION,
            channel_id,
        )
        for record_id in notification.ids
    ]


def delivery_of(notification: Notification, channel_id: str) -> Delivery:
    return Delivery(
        channel_id=channel_id,
        module=notification.module,
        operation=notification.operation,
        record_count=len(notification.ids),
        ids=notification.ids,
        server_time_ms=notification.server_time,
        source=Source.NOTIFICATION,
        result=ACCEPTED,
    )
