"""The parameter `options` of a write: the brake, what closes a record, repair."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, cast

from mzi_bridge.sandbox.moodle.contract import Entity
from mzi_bridge.sandbox.moodle.envelope import decode_object
from mzi_bridge.sandbox.moodle.exceptions import MoodleException, moodle_exception

BrakeMode = Literal["on", "hold", "confirmed"]
_MODES: Final = ("on", "hold", "confirmed")


@dataclass(frozen=True)
class WriteOptions:
    """`closing`: by text column the values that close a record. `rewrite`: write what is equal."""

    brake: BrakeMode = "on"
    closing: Mapping[str, frozenset[str]] = field(default_factory=dict)
    rewrite: bool = False


def read_options(entity: Entity, text: str) -> WriteOptions:
    """Raises `invalidjson` unless it is a JSON object, `invalidoptions` for what is wrong in it."""
    sent = decode_object("options", text)
    if unknown := sent.keys() - {"brake", "closing", "rewrite"}:
        raise _invalid(f"unknown: {len(unknown)} of them")
    brake, rewrite = sent.get("brake", "on"), sent.get("rewrite", False)
    if not isinstance(brake, str) or brake not in _MODES:
        raise _invalid("brake must be on, hold or confirmed")
    if not isinstance(rewrite, bool):
        raise _invalid("rewrite must be true or false")
    closing = _closing(entity, sent.get("closing", {}))
    return WriteOptions(cast(BrakeMode, brake), closing, rewrite)


def _closing(entity: Entity, sent: Any) -> dict[str, frozenset[str]]:
    if not isinstance(sent, dict):
        raise _invalid("closing must be an object")
    for name, values in sent.items():
        if name not in entity.columns or entity.columns[name].type != "text":
            raise _invalid("closing names no text column of the entity")
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            raise _invalid(f"closing.{name} must be a list of texts")
    return {name: frozenset(values) for name, values in sent.items()}


def _invalid(reason: str) -> MoodleException:
    return moodle_exception("invalidoptions", f"The options are not valid: {reason}")
