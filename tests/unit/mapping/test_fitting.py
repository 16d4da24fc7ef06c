"""What an editor offers for a rule: all that the loader takes, and nothing that it refuses."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from mzi_bridge.mapping.chain_types import chain_of
from mzi_bridge.mapping.contract import HOLDS
from mzi_bridge.mapping.crm_fields import FEEDS
from mzi_bridge.mapping.faults import FaultList
from mzi_bridge.mapping.fitting import (
    feeds_column,
    options_for,
    transform_offers,
    transforms_for,
    types_for,
)
from mzi_bridge.mapping.rules import COLUMN_TYPES, Rule
from mzi_bridge.mapping.tables import Place
from mzi_bridge.mapping.transforms import TRANSFORMS

OPTIONS: dict[str, Any] = {
    "filled": "a",
    "blank": "b",
    "value": "1",
    "values": {"a": "b"},
    "subforms": {"Rows": ["A"]},
}


def is_sound(kind: str, transforms: tuple[str, ...]) -> bool:
    """Whether the loader takes these transforms for some type that the column holds."""
    for wanted in types_for(kind):
        needs = frozenset().union(*(TRANSFORMS[name].needs for name in transforms))
        raw: dict[str, Any] = {"from": "A", "type": wanted, "transform": list(transforms)}
        raw |= {name: OPTIONS[name] for name in needs}
        if transforms and TRANSFORMS[transforms[0]].sources == "none":
            del raw["from"]
        faults = FaultList("rule")
        chain_of(Rule.model_validate(raw), Place(faults))
        if not len(faults):
            return True
    return False


@pytest.mark.parametrize("kind", sorted(HOLDS))
def test_what_is_offered_is_what_the_loader_takes(kind: str) -> None:
    for first in TRANSFORMS:
        assert (first in transforms_for(None, kind)) == is_sound(kind, (first,)), first
    for first, second in itertools.product(transforms_for(None, kind), TRANSFORMS):
        offered = second in transforms_for(None, kind, [first])
        assert offered == is_sound(kind, (first, second)), (first, second)


def test_a_column_takes_the_types_that_its_table_holds() -> None:
    assert types_for("text") == ("text", "id", "date", "money")
    assert types_for("datetime") == ("int", "datetime")
    assert types_for(None) == types_for("of a later plugin") == COLUMN_TYPES


def test_only_what_reads_the_field_comes_first() -> None:
    assert "lookup_name" in transforms_for("lookup", "text")
    assert "lookup_name" not in transforms_for("picklist", "text")
    assert "join" in transforms_for("multiselectpicklist", "text")
    assert "strip" not in transforms_for("multiselectpicklist", "text")
    assert "date" in transforms_for("date", "date") and "int" not in transforms_for("date", "date")
    assert transforms_for("of a later CRM", "text") == transforms_for(None, "text")


def test_a_field_is_offered_where_some_rule_can_use_it() -> None:
    assert feeds_column("currency", "money") and feeds_column("text", "money")
    assert not feeds_column("subform", "date") or "rows" in transforms_for("subform", "json")
    assert feeds_column("boolean", "int"), "1 and 0"
    assert feeds_column("of a later CRM", "date")


def test_options_belong_to_their_transforms() -> None:
    assert options_for(["map"]) == {"values", "otherwise"}
    assert options_for([], "money") == {"decimal", "currency"}
    assert options_for([]) == frozenset()


def test_an_offer_has_the_shape_of_the_api() -> None:
    offers = {offer.name: offer.as_json() for offer in transform_offers()}
    assert set(offers) == set(TRANSFORMS)
    assert offers["map"] == {
        "name": "map",
        "from": sorted(FEEDS["text"]),
        "options": ["values", "otherwise"],
    }
    assert offers["constant"]["from"] == []
