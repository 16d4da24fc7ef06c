"""Places in a mapping file, and pydantic's complaints said in words an office person can use."""

from __future__ import annotations

from typing import Any, TypeVar

from msgspec import Struct
from pydantic import BaseModel, ValidationError

from mzi_bridge.mapping.faults import FaultList
from mzi_bridge.mapping.nearest import did_you_mean

_SAID: dict[str, str] = {
    "missing": "is missing",
    "string_type": "a text in quotes was expected",
    "bool_type": "true or false was expected",
    "int_type": "a whole number was expected",
    "dict_type": "a table was expected",
    "list_type": "a list in square brackets was expected",
    "tuple_type": "a field name or a list of them was expected",
    "too_short": "must not be empty",
    "string_pattern_mismatch": "must be a name of letters, digits and _, beginning with a letter",
}
_BRANCHES = ("str", "int", "float", "bool")
"""The branches of a union, which pydantic puts into the path of a fault."""

Table = TypeVar("Table", bound=BaseModel)


class Place(Struct, frozen=True):
    """A dotted key path in one file; faults are added where they stand."""

    faults: FaultList
    key: str = ""

    def at(self, *steps: str) -> Place:
        return Place(self.faults, ".".join(filter(None, (self.key, *steps))))

    def add(self, key: str, message: str) -> None:
        self.faults.add(self.at(key).key, message)

    def count(self) -> int:
        return len(self.faults)


def read_table(model: type[Table], raw: Any, place: Place) -> Table | None:
    """The table as a model. A faulty one is read as far as it is sound, to find further faults."""
    if not isinstance(raw, dict):
        place.add("", "a table was expected")
        return None
    known = {name: value for name, value in raw.items() if name in keys_of(model)}
    for name in raw:
        if name not in known:
            place.add(name, f"unknown key{did_you_mean(name, keys_of(model))}")
    try:
        return model.model_validate(known)
    except ValidationError as error:
        _add_faults(error, place)
        faulty = {str(item["loc"][0]) for item in error.errors() if item["loc"]}
    sound = {name: value for name, value in known.items() if name not in faulty}
    required = (name for name, field in model.model_fields.items() if field.is_required())
    return model.model_construct(**{**dict.fromkeys(required, ""), **sound})


def read_rule(model: type[Table], raw: Any, place: Place) -> Table | None:
    """The table as a model; None when a known key of it is faulty, as half a rule means nothing."""
    before = place.count()
    table = read_table(model, raw, place)
    unknown = sum(name not in keys_of(model) for name in raw) if isinstance(raw, dict) else 0
    return table if place.count() - before == unknown else None


def _add_faults(error: ValidationError, place: Place) -> None:
    said: set[tuple[str, str]] = set()
    for item in error.errors(include_url=False, include_input=False, include_context=False):
        key = ".".join(str(step) for step in item["loc"] if step not in _BRANCHES)
        message = _SAID.get(item["type"], item["msg"][:1].lower() + item["msg"][1:])
        if (key, message) not in said:
            said.add((key, message))
            place.add(key, message)


def keys_of(model: type[BaseModel]) -> tuple[str, ...]:
    """The keys as they are written in the file."""
    return tuple(field.alias or name for name, field in model.model_fields.items())
