"""Chains of transforms made into one function, since 50,000 records pass through it."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from mzi_bridge.mapping.currencies import currency_code
from mzi_bridge.mapping.deny import DenyList
from mzi_bridge.mapping.money import Amount, parse_money
from mzi_bridge.mapping.paths import reader
from mzi_bridge.mapping.rules import ColumnType, Rule
from mzi_bridge.mapping.scalars import text
from mzi_bridge.mapping.transforms import READS_TYPE, TRANSFORMS
from mzi_bridge.mapping.values import ABSENT, Convert, FaultCode, Read, Record, Unfit


class Chain(Struct, frozen=True):
    """The names of the transforms in order, and the column type they end in."""

    names: tuple[str, ...]
    type: ColumnType


def read_chain(rule: Rule, chain: Chain, deny: DenyList) -> Read:
    """Reads, converts, and puts the default for null. Raises Unfit if the default does not fit.

    Blank text becomes null, for CRM composes texts like an address out of nothing to "";
    `empty = "keep"` keeps it.
    """
    if chain.names == ("text",) and _is_plain(rule):
        return _with_default(_plain_text(rule.paths[0]), _default(rule, chain, deny))
    gather, steps = _parts(rule, chain, deny)
    if rule.max_length is not None:
        steps = (*steps, _not_longer_than(rule.max_length))
    read = _keeping(gather, steps) if rule.empty == "keep" else _clearing(gather, steps)
    return _with_default(read, _default(rule, chain, deny))


def read_money(rule: Rule, chain: Chain, deny: DenyList, read_currency: Read) -> Read:
    """Money whose text must not name another currency than the record's own."""
    gather, steps = _parts(rule, chain, deny)
    read_raw = _clearing(gather, steps[:-1])
    decimal = rule.decimal

    def read(record: Record) -> Any:
        value = read_raw(record)
        if value is ABSENT or value is None:
            return value
        amount = parse_money(value, decimal)
        if amount is None:
            return None
        _same_currency(amount, record, read_currency)
        return amount.text

    return _with_default(read, _default(rule, chain, deny))


def _is_plain(rule: Rule) -> bool:
    return "." not in rule.paths[0] and rule.max_length is None and rule.empty == "null"


def _parts(rule: Rule, chain: Chain, deny: DenyList) -> tuple[Read, tuple[Convert, ...]]:
    first = TRANSFORMS[chain.names[0]]
    rest = chain.names if first.gather is None else chain.names[1:]
    gather = reader(rule.paths[0]) if first.gather is None else first.gather(rule, deny)
    makers = (TRANSFORMS[name].step for name in rest)
    return gather, tuple(make(rule, deny) for make in makers if make is not None)


def _clearing(gather: Read, steps: tuple[Convert, ...]) -> Read:
    if len(steps) == 1:
        return _clearing_one(gather, steps[0])

    def read(record: Record) -> Any:
        value = gather(record)
        for step in steps:
            if value is ABSENT or value is None or value == "":
                break
            value = step(value)
        return None if value == "" else value

    return read


def _clearing_one(gather: Read, step: Convert) -> Read:
    def read(record: Record) -> Any:
        value = gather(record)
        if value is ABSENT or value is None:
            return value
        if value == "":
            return None
        value = step(value)
        return None if value == "" else value

    return read


def _plain_text(field: str) -> Read:
    """What `_clearing_one` does for a field that goes into a text: most columns are that."""

    def read(record: Record) -> Any:
        value = record.get(field, ABSENT)
        if value.__class__ is str and value.isascii() and "\0" not in value:
            return value or None
        if value is ABSENT or value is None:
            return value
        return text(value) or None

    return read


def _keeping(gather: Read, steps: tuple[Convert, ...]) -> Read:
    def read(record: Record) -> Any:
        value = gather(record)
        for step in steps:
            if value is ABSENT or value is None or value == "":
                return value
            value = step(value)
        return value

    return read


def _default(rule: Rule, chain: Chain, deny: DenyList) -> Any:
    if rule.default is None:
        return None
    make = TRANSFORMS[READS_TYPE[chain.type]].step
    return rule.default if make is None else make(rule, deny)(rule.default)


def _with_default(read: Read, default: Any) -> Read:
    if default is None:
        return read

    def read_or_default(record: Record) -> Any:
        value = read(record)
        return default if value is None else value

    return read_or_default


def _not_longer_than(length: int) -> Convert:
    def convert(value: Any) -> Any:
        if len(value) > length:
            raise Unfit(FaultCode.TOO_LONG, f"at most {length} characters fit")
        return value

    return convert


def _same_currency(amount: Amount, record: Record, read_currency: Read) -> None:
    if amount.codes is None:
        return
    try:
        value = read_currency(record)
        code = None if value is ABSENT or value is None else currency_code(value)
    except Unfit:
        # The currency's own column names that fault.
        return
    if code is not None and code not in amount.codes:
        raise Unfit(FaultCode.AMBIGUOUS, "the text names another currency than the record")
