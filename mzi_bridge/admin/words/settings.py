"""The settings in people's words: groups, descriptions and, for those of few, their values."""

from __future__ import annotations

from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from mzi_bridge.admin.text import N_, Text
from mzi_bridge.settings import Settings, setting_name

GROUPS = (
    N_("Network"),
    N_("Database"),
    N_("Moodle"),
    N_("Zoho"),
    N_("Mapping"),
    N_("Webhooks"),
    N_("Events"),
    N_("Work"),
    N_("Console"),
)
SOURCES = {
    "environment": N_("set by the environment"),
    "stored": N_("set here"),
    "default": N_("default"),
}


def described() -> frozenset[str]:
    """The descriptions of the table of settings: each has to be in the catalogue."""
    return frozenset(info.description or "" for info in Settings.model_fields.values())


def choices_of(name: str) -> tuple[str, ...]:
    """The values of a setting that has only few; empty for any other."""
    for field, info in Settings.model_fields.items():
        if setting_name(field) == name:
            return _choices(info.annotation)
    return ()


def source_text(word: str) -> Text:
    return Text(SOURCES[word])


def _choices(annotation: Any) -> tuple[str, ...]:
    if get_origin(annotation) is Annotated:
        return _choices(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        found = [_choices(one) for one in get_args(annotation) if one is not type(None)]
        return found[0] if len(found) == 1 else ()
    if annotation is bool:
        return ("true", "false")
    if get_origin(annotation) is Literal:
        return tuple(str(one) for one in get_args(annotation))
    return ()
