"""Rows into the CRM, each once: by its id where that is known, else by its unique field.

What only a new record gets makes the difference: an upsert would give it to a record that is
there, too. So such a row is inserted, and the CRM itself refuses those whose key it has; they
are updated without it. An insert whose answer was lost is refused in the same way.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeGuard

from msgspec import Struct, structs

from mzi_bridge.errors import MziError
from mzi_bridge.mapping import JsonValue, WriteRule
from mzi_bridge.pipeline.isolate import isolate
from mzi_bridge.pipeline.links import Links
from mzi_bridge.zoho.criteria import where
from mzi_bridge.zoho.errors import RecordRefused, RequestRefused
from mzi_bridge.zoho.records import ROW_LIMIT
from mzi_bridge.zoho.rows import RowResult

REFUSALS = (RecordRefused, RequestRefused)
"""What a call may meet for the sake of one row."""

DUPLICATE = "DUPLICATE_DATA"
INVALID = "INVALID_DATA"
GONE = "record_gone"


@dataclass(frozen=True)
class ToWrite:
    """One row. `crm_id`: the record, if it is known; `extra` goes only with a new one."""

    key: str
    row: Mapping[str, JsonValue] = field(repr=False)
    extra: Mapping[str, JsonValue] = field(default_factory=dict, repr=False)
    crm_id: str | None = None


class Written(Struct, frozen=True):
    """What became of a row: it stands as `crm_id`, or `reason` says why not.

    `modified_time` is in epoch seconds. `again`: the CRM may take it another time. `blind`: an
    existing record was written that was taken for new. `message` names fields, never a value.
    """

    crm_id: str | None
    modified_time: int | None = None
    reason: str = ""
    message: str = ""
    again: bool = False
    blind: bool = False

    @property
    def ok(self) -> bool:
        return self.crm_id is not None


Send = Callable[[Sequence[ToWrite]], Awaitable[Sequence[RowResult]]]


async def write_rows(
    links: Links, rule: WriteRule, rows: Sequence[ToWrite], known: dict[str, Written]
) -> None:
    """Fills `known` step by step, by key: what a later call meets takes nothing back.

    A record that is gone is made anew where its key can find it again; one that stands in the
    way by its key is updated. Raises RetryLater, PauseLink, OperatorError or ContractError when
    the CRM as a whole did not take a call; writing again is harmless.
    """
    await _update(links, rule, [one for one in rows if one.crm_id], known)
    anew = [
        replace(one, crm_id=None)
        for one in rows
        if one.key not in known or (rule.key and known[one.key].reason == GONE)
    ]
    for one in anew:
        known.pop(one.key, None)
    if rule.key is not None:
        await _anew(links, rule, rule.key, anew, known)


async def _update(
    links: Links, rule: WriteRule, rows: Sequence[ToWrite], known: dict[str, Written]
) -> None:
    async def send(part: Sequence[ToWrite]) -> Sequence[RowResult]:
        return await links.zoho.records.update(
            rule.module, [{**one.row, "id": one.crm_id} for one in part]
        )

    for one, result in await _sent(rows, send):
        known[one.key] = _written(one, result)
        if isinstance(result, RowResult) and await _is_gone(links, rule.module, one, result):
            known[one.key] = Written(None, None, GONE, "The CRM has no such record.", again=True)


async def _is_gone(links: Links, module: str, one: ToWrite, result: RowResult) -> bool:
    """Whether the record was refused for it is not there: the CRM's words do not tell an unknown
    id from a bad value, so it is asked."""
    if result.code != INVALID or result.field not in (None, "id") or one.crm_id is None:
        return False
    return not (await links.zoho.records.by_id(module, one.crm_id)).records


async def _anew(
    links: Links, rule: WriteRule, key: str, rows: Sequence[ToWrite], known: dict[str, Written]
) -> None:
    async def insert(part: Sequence[ToWrite]) -> Sequence[RowResult]:
        sent = [{**one.row, **one.extra} for one in part]
        return await links.zoho.records.insert(rule.module, sent)

    async def upsert(part: Sequence[ToWrite]) -> Sequence[RowResult]:
        sent = [one.row for one in part]
        return await links.zoho.records.upsert(rule.module, sent, duplicate_check_fields=[key])

    in_the_way: list[ToWrite] = []
    by_key = [one for one in rows if not one.extra]
    for one, result in await _sent([one for one in rows if one.extra], insert):
        if not _is_there(result, key):
            known[one.key] = _written(one, result)
        elif result.id is not None:
            in_the_way.append(replace(one, crm_id=result.id))
        else:
            by_key.append(one)
    for one, result in await _sent(by_key, upsert):
        holder = result.id if _is_there(result, key) else None
        if _is_there(result, key) and holder is None:
            holder = await _holder(links, rule.module, key, one)
        if holder is not None:
            in_the_way.append(replace(one, crm_id=holder))
        else:
            known[one.key] = structs.replace(_written(one, result), again=_is_there(result, key))
    await _update(links, rule, in_the_way, known)
    for one in in_the_way:
        known[one.key] = structs.replace(known[one.key], blind=known[one.key].ok)


def _is_there(result: RowResult | MziError, key: str) -> TypeGuard[RowResult]:
    """Whether the CRM refuses a row for it has a record with this key."""
    return isinstance(result, RowResult) and result.code == DUPLICATE and result.field == key


async def _holder(links: Links, module: str, key: str, row: ToWrite) -> str | None:
    """The record that has this key, where the CRM said only that there is one. The search's index
    lags: None says nothing."""
    value = str(row.row[key])
    page = await links.zoho.search.by_criteria(module, where(key, "equals", value))
    # `equals` finds what contains the value, too.
    same = [record for record in page.records if record.get(key) == value]
    return str(same[0]["id"]) if len(same) == 1 else None


async def _sent(rows: Sequence[ToWrite], send: Send) -> list[tuple[ToWrite, RowResult | MziError]]:
    found: list[tuple[ToWrite, RowResult | MziError]] = []
    for start in range(0, len(rows), ROW_LIMIT):
        part = rows[start : start + ROW_LIMIT]
        found += zip(part, await isolate(part, send, REFUSALS), strict=True)
    return found


def _written(one: ToWrite, result: RowResult | MziError) -> Written:
    if isinstance(result, MziError):
        return Written(None, reason=result.reason, message=result.message)
    if result.ok and result.id is not None:
        blind = result.action == "update" and one.crm_id is None
        return Written(result.id, result.modified_time, blind=blind)
    return Written(None, None, *refusal_of(result))


def refusal_of(result: RowResult) -> tuple[str, str]:
    """Reason and message of a row that the CRM refused; they name fields, never a value."""
    named = f"The CRM refuses {result.field}." if result.field else "The CRM refuses the record."
    return result.code.lower(), named
