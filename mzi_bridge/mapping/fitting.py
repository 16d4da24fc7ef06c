"""Which types and transforms may stand in a rule: what an editor offers, and nothing that the
check would refuse."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from mzi_bridge.mapping.contract import HOLDS
from mzi_bridge.mapping.crm_fields import FEEDS, KNOWN_TYPES, LISTS, LOOKUPS
from mzi_bridge.mapping.rules import COLUMN_TYPES, ColumnType
from mzi_bridge.mapping.transforms import TEXT_HOLDS, TRANSFORMS, Kind, Transform

ANY_COLUMN = ("default", "empty", "max_length", "required")
"""Keys that a rule may have whatever its transforms are."""
_READS_ANYTHING = frozenset({"present_map", "first_of"})
_READS_NOTHING = frozenset({"constant", "rows"})


class TransformOffer(Struct, frozen=True):
    """`reads`: the CRM data types it can begin with, empty for one that reads no field. `needs`
    and `may`: the keys that a rule with it must and may have."""

    name: str
    reads: tuple[str, ...]
    needs: tuple[str, ...]
    may: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """`{"name", "from": [CRM data types], "options": [keys, the needed ones first]}`."""
        return {
            "name": self.name,
            "from": list(self.reads),
            "options": [*self.needs, *self.may],
        }


def transform_offers() -> tuple[TransformOffer, ...]:
    """Every transform, in the order of the table."""
    return tuple(
        TransformOffer(
            name, tuple(sorted(_reads(name))), tuple(sorted(t.needs)), tuple(sorted(t.may))
        )
        for name, t in TRANSFORMS.items()
    )


def types_for(contract_type: str | None) -> tuple[ColumnType, ...]:
    """The types of a rule that a column of the plugin takes; of an unknown one, all."""
    holds = HOLDS.get(contract_type or "")
    return tuple(known for known in COLUMN_TYPES if holds is None or known in holds)


def transforms_for(
    crm_type: str | None, contract_type: str | None, before: Sequence[str] = ()
) -> tuple[str, ...]:
    """The transforms that may follow `before` in a rule for this column.

    `crm_type` is the data type of its one source, None where there are several, or none, or it
    goes into a lookup. Unknown types of either side rule out nothing.
    """
    wanted = types_for(contract_type)
    kind: Kind | None = "any"
    for name in before:
        kind = TRANSFORMS[name].gives if name in TRANSFORMS else None
    if kind is None:
        return ()
    return tuple(
        name
        for name, transform in TRANSFORMS.items()
        if _may_follow(transform, kind, first=not before)
        and _leads_to(transform.gives, wanted)
        and (bool(before) or _can_read(name, crm_type))
    )


def feeds_column(crm_type: str, contract_type: str | None) -> bool:
    """Whether some rule makes of a field of this data type what the column takes."""
    if crm_type not in KNOWN_TYPES:
        return True
    if any(crm_type in FEEDS[one] for one in types_for(contract_type)):
        return True
    return bool(transforms_for(crm_type, contract_type))


def options_for(transforms: Sequence[str], rule_type: str | None = None) -> frozenset[str]:
    """The keys that belong to these transforms, or to the one that reads `rule_type` by itself."""
    names = [*transforms, *([rule_type] if rule_type == "money" else [])]
    used = [TRANSFORMS[name] for name in names if name in TRANSFORMS]
    return frozenset().union(*(t.needs | t.may for t in used))


def _may_follow(transform: Transform, kind: Kind, *, first: bool) -> bool:
    if transform.gather is not None:
        return first
    return kind in ("any", "text") or (kind == "label" and transform.after_label)


def _leads_to(gives: Kind, wanted: Sequence[ColumnType]) -> bool:
    if gives in ("any", "text"):
        return bool(wanted)
    return gives in wanted or ("text" in wanted and gives in TEXT_HOLDS)


def _can_read(name: str, crm_type: str | None) -> bool:
    if crm_type is None or crm_type not in KNOWN_TYPES or name in _READS_NOTHING:
        return True
    return crm_type in _reads(name)


def _reads(name: str) -> frozenset[str]:
    if name in _READS_NOTHING:
        return frozenset()
    if name in _READS_ANYTHING:
        return KNOWN_TYPES
    if name in ("lookup_id", "lookup_name"):
        return LOOKUPS
    if name == "join":
        return LISTS
    gives = TRANSFORMS[name].gives
    if name == "concat" or gives == "any" or gives == "label":
        return FEEDS["text"]
    return FEEDS[gives]
