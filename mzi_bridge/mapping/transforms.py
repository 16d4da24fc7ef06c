"""The named transforms a rule may use, and what each takes, gives and needs.

A gather starts a chain: it reads the sources of the rule. A step changes one value. Steps see
neither null nor blank text: those pass through a chain as null.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypeAlias

from msgspec import Struct

from mzi_bridge.mapping import scalars
from mzi_bridge.mapping.currencies import currency_code
from mzi_bridge.mapping.dates import date_text, epoch_seconds
from mzi_bridge.mapping.deny import DenyList
from mzi_bridge.mapping.gathers import concat, constant, first_of, present_map, rows
from mzi_bridge.mapping.rules import ColumnType, Rule
from mzi_bridge.mapping.texts import join, lookup_part, lower, mask, money, picklist, strip, upper
from mzi_bridge.mapping.values import Convert, Read

Kind: TypeAlias = Literal["any"] | Literal["label"] | ColumnType
"""What a chain holds: anything, a text yet to be read, a label that is text for good, or a type."""
MakeGather: TypeAlias = Callable[[Rule, DenyList], Read]
MakeStep: TypeAlias = Callable[[Rule, DenyList], Convert]


class Transform(Struct, frozen=True):
    """`sources`: how many source paths a gather wants. `needs` and `may`: keys of the rule."""

    gives: Kind
    gather: MakeGather | None = None
    step: MakeStep | None = None
    after_label: bool = False
    sources: Literal["none", "one", "many"] = "one"
    needs: frozenset[str] = frozenset()
    may: frozenset[str] = frozenset()


def _step(gives: Kind, convert: Convert, *, after_label: bool = False) -> Transform:
    return Transform(gives, step=lambda rule, deny: convert, after_label=after_label)


TRANSFORMS: dict[str, Transform] = {
    "concat": Transform("text", gather=concat, sources="many", may=frozenset({"separator"})),
    "first_of": Transform("any", gather=first_of, sources="many"),
    "present_map": Transform("label", gather=present_map, needs=frozenset({"filled", "blank"})),
    "constant": Transform("any", gather=constant, sources="none", needs=frozenset({"value"})),
    "rows": Transform("json", gather=rows, sources="none", needs=frozenset({"subforms"})),
    "strip": _step("text", strip, after_label=True),
    "lower": _step("text", lower, after_label=True),
    "upper": _step("text", upper, after_label=True),
    "text": _step("text", scalars.text, after_label=True),
    "mask": Transform("label", step=mask, after_label=True, may=frozenset({"show"})),
    "map": Transform(
        "text",
        step=picklist,
        after_label=True,
        needs=frozenset({"values"}),
        may=frozenset({"otherwise"}),
    ),
    "join": Transform("label", step=join, may=frozenset({"separator"})),
    "currency": _step("label", currency_code),
    "lookup_id": _step("id", lookup_part("id")),
    "lookup_name": _step("label", lookup_part("name")),
    "id": _step("id", scalars.crm_id),
    "int": _step("int", scalars.whole),
    "bool": _step("bool", scalars.yes_no),
    "date": _step("date", date_text),
    "datetime_epoch": _step("datetime", epoch_seconds),
    "money": Transform("money", step=money, may=frozenset({"decimal", "currency"})),
    "json": Transform("json", step=lambda rule, deny: scalars.json_value(deny)),
}

READS_TYPE: dict[ColumnType, str] = {
    "text": "text",
    "id": "id",
    "int": "int",
    "bool": "bool",
    "date": "date",
    "datetime": "datetime_epoch",
    "money": "money",
    "json": "json",
}
"""The transform that reads a column type out of a value nothing else has read yet."""

TEXT_HOLDS: frozenset[Kind] = frozenset({"text", "label", "id", "date", "money"})
"""What is a text already, so that a text column can hold it."""
