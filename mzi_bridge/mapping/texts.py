"""Steps that make texts: trimming, case, masks, picklist maps, lists, parts of a lookup."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mzi_bridge.mapping.deny import DenyList
from mzi_bridge.mapping.money import parse_money
from mzi_bridge.mapping.rules import Rule
from mzi_bridge.mapping.scalars import crm_id, text
from mzi_bridge.mapping.values import ABSENT, Convert, FaultCode, Unfit

MASK = "•"
SHOWN_BY_MASK = 4


def strip(value: Any) -> str:
    return text(value).strip()


def lower(value: Any) -> str:
    return text(value).lower()


def upper(value: Any) -> str:
    return text(value).upper()


def mask(rule: Rule, deny: DenyList) -> Convert:
    """All but the last `show` characters become •; a text no longer than that, all of them."""
    shown = SHOWN_BY_MASK if rule.show is None else rule.show

    def convert(value: Any) -> str:
        whole = text(value)
        hidden = len(whole) - shown if len(whole) > shown else len(whole)
        return MASK * hidden + whole[hidden:]

    return convert


def picklist(rule: Rule, deny: DenyList) -> Convert:
    """The text `values` gives for a text; any other becomes `otherwise`, or is refused."""
    values, otherwise = rule.values or {}, rule.otherwise

    def convert(value: Any) -> str:
        mapped = values.get(text(value), otherwise)
        if mapped is None:
            raise Unfit(FaultCode.INVALID_VALUE, "the map of this rule does not know the value")
        return mapped

    return convert


def join(rule: Rule, deny: DenyList) -> Convert:
    """A list of texts (a multi-select picklist) as one text, parted by `separator`."""
    separator = ", " if rule.separator is None else rule.separator

    def convert(value: Any) -> str:
        if not isinstance(value, list | tuple):
            raise Unfit(FaultCode.WRONG_TYPE, "a list of texts was expected")
        return separator.join(text(item) for item in value if item is not None and item != "")

    return convert


def lookup_part(part: str) -> Convert:
    """The `id` or `name` of a lookup `{"id", "name"}`; a lookup without it says nothing."""

    def convert(value: Any) -> Any:
        if not isinstance(value, Mapping):
            raise Unfit(FaultCode.WRONG_TYPE, "a lookup was expected")
        found = value.get(part, ABSENT)
        if found is ABSENT or found is None or found == "":
            return found
        return crm_id(found) if part == "id" else text(found)

    return convert


def money(rule: Rule, deny: DenyList) -> Convert:
    """An amount as text with two decimals; `decimal` of the rule settles ambiguous texts."""
    decimal = rule.decimal

    def convert(value: Any) -> str | None:
        amount = parse_money(value, decimal)
        return None if amount is None else amount.text

    return convert
