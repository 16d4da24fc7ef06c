"""A module's form as a browser sends it back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Protocol

from mzi_bridge.admin.mapping_form.module_form import COLUMNS, LIST, ListForm, ModuleForm
from mzi_bridge.admin.mapping_form.rule_form import OPTIONS, RuleForm

PARTS = ("columns", "children", "closing", "photo")


class Sent(Protocol):
    """Starlette's FormData, as far as it is needed."""

    def get(self, key: Any, /) -> Any: ...

    def getlist(self, key: Any) -> Sequence[Any]: ...


def read_form(sent: Sent) -> ModuleForm:
    """What of the form is missing is empty: nothing sent can make it raise."""
    places = [_text_of(one) for one in sent.getlist("row")]
    return ModuleForm(
        entity=_text(sent, "entity").strip(),
        key=_text(sent, "key").strip(),
        modified_time=_text(sent, "modified_time").strip(),
        rows=tuple(_row(sent, p, p.split(":", 1)[1]) for p in places if _kind(p) == COLUMNS),
        lists=tuple(_list(sent, _text_of(name), places) for name in sent.getlist("list")),
        attachment=_text(sent, "photo.attachment").strip(),
        record_image=bool(_text(sent, "photo.record_image")),
        was=_was(sent),
    )


def _list(sent: Sent, name: str, places: Sequence[str]) -> ListForm:
    start = f"{LIST}:{name}:"
    here = f"{LIST}:{name}"
    return ListForm(
        name,
        _text(sent, f"{here}.key").strip(),
        _text(sent, f"{here}.subform").strip(),
        _text(sent, f"{here}.spread").strip(),
        tuple(_row(sent, p, p.removeprefix(start)) for p in places if p.startswith(start)),
    )


def _row(sent: Sent, place: str, column: str) -> RuleForm:
    sources = (" ".join(_text_of(one).split()) for one in sent.getlist(f"{place}.from"))
    transforms = (_text_of(one) for one in sent.getlist(f"{place}.transform"))
    options = {key: _even(_text(sent, f"{place}.{key}")) for key in OPTIONS}
    return RuleForm(
        column,
        tuple(one for one in sources if one),
        _text(sent, f"{place}.type"),
        tuple(one for one in transforms if one),
        {key: text for key, text in options.items() if text},
        bool(_text(sent, f"{place}.required")),
        bool(_text(sent, f"{place}.keep")),
        bool(_text(sent, f"{place}.as_text")),
        _text(sent, f"{place}.text").strip(),
        _even(_text(sent, f"{place}.closing")),
        bool(_text(sent, f"{place}.closing_as_text")),
    )


def _was(sent: Sent) -> dict[str, Any]:
    try:
        found = json.loads(_text(sent, "was"))
    except (ValueError, RecursionError):
        return {}
    return _sound(found) if isinstance(found, dict) else {}


def _sound(table: dict[str, Any]) -> dict[str, Any]:
    """Without parts of a shape that no table has: a form can be made up."""
    whole = {n: part for n, part in table.items() if n not in PARTS or isinstance(part, dict)}
    children = whole.get("children") or {}
    if children:
        sound = {n: _sound(child) for n, child in children.items() if isinstance(child, dict)}
        whole["children"] = sound
    return whole


def _kind(place: str) -> str:
    return place.partition(":")[0] if ":" in place else ""


def _even(text: str) -> str:
    """Browsers end lines with CR and LF."""
    return text.replace("\r\n", "\n").removesuffix("\n")


def _text(sent: Sent, name: str) -> str:
    return _text_of(sent.get(name))


def _text_of(value: Any) -> str:
    return value if isinstance(value, str) else ""
