"""One rule of a mapping as the fields of a form.

A rule whose shape has no fields is a line of TOML instead: what the form cannot show it keeps.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace
from pydantic import ValidationError

from mzi_bridge.admin.mapping_form.toml_line import line_of, value_of
from mzi_bridge.mapping.fitting import options_for
from mzi_bridge.mapping.rules import Rule
from mzi_bridge.mapping.transforms import TRANSFORMS

TEXTS = ("separator", "otherwise", "filled", "blank", "decimal", "currency")
NUMBERS = ("show", "max_length")
LITERALS = ("value", "default")
LINES = ("values", "subforms")
OPTIONS = (*LINES, *TEXTS, *LITERALS, *NUMBERS)
ALWAYS = ("default", "max_length")
_WHOLE = re.compile(r"-?(0|[1-9][0-9]{0,17})", re.ASCII)


class RuleForm(Struct, frozen=True):
    """One column. `sources` are groups of paths, each with spaces between; `options` are texts
    by key of the rule. With `as_text` only `text`, a TOML value, counts. Without a source and
    a transform the column is free."""

    column: str
    sources: tuple[str, ...] = ()
    type: str = ""
    transforms: tuple[str, ...] = ()
    options: Mapping[str, str] = field(default_factory=dict)
    required: bool = False
    keep: bool = False
    as_text: bool = False
    text: str = ""
    closing: str = ""
    closing_as_text: bool = False

    @property
    def free(self) -> bool:
        return not self.text.strip() if self.as_text else not (self.sources or self.transforms)


def form_of(column: str, raw: Any) -> RuleForm:
    """The rule as fields if they say all of it, else as text; of None, a free column."""
    if raw is None:
        return RuleForm(column)
    plain = _fields(column, raw)
    if plain is None or not _says_the_same(rule_of(plain), raw):
        return RuleForm(column, as_text=True, text=line_of(raw))
    return plain


def rule_of(form: RuleForm, was: Any = None) -> Any:
    """The rule as it stands in a file; `was` itself where the form says nothing else. None for
    a free column. Raises NoToml."""
    if form.free:
        return None
    if form.as_text:
        return value_of(form.text)
    if was is not None and same_fields(form, form_of(form.column, was)):
        return was
    return _rule(form)


def as_text(form: RuleForm) -> RuleForm:
    """The same rule as a line of TOML."""
    if form.as_text:
        return form
    rule = rule_of(form)
    return replace(form, as_text=True, text="" if rule is None else line_of(rule))


def as_fields(form: RuleForm) -> RuleForm:
    """The same rule as fields, if they can say it. Raises NoToml."""
    if not form.as_text:
        return form
    found = form_of(form.column, rule_of(form))
    return replace(found, closing=form.closing, closing_as_text=form.closing_as_text)


def same_fields(one: RuleForm, other: RuleForm) -> bool:
    """Whether two forms say the same of their rule."""
    return _told(one) == _told(other)


def has_fields(form: RuleForm) -> bool:
    """Whether fields could say what the line of text says."""
    return not as_fields(form).as_text


def lines_of(values: Mapping[str, str]) -> str:
    return "\n".join(f"{key} = {value}" for key, value in values.items())


def _told(form: RuleForm) -> tuple[Any, ...]:
    belong = {*options_for(form.transforms, form.type), *ALWAYS}
    options = {key: _even(text) for key, text in form.options.items() if text and key in belong}
    if form.as_text:
        return (form.text,)
    return (form.sources, form.type, form.transforms, options, form.required, form.keep)


def _even(text: str) -> str:
    """As a browser sends it back or not."""
    return text.replace("\r\n", "\n").removesuffix("\n")


def _fields(column: str, raw: Any) -> RuleForm | None:
    """None where a part of the rule has no field."""
    table = {"from": raw} if isinstance(raw, str) else raw
    try:
        rule = Rule.model_validate(table)
    except ValidationError:
        return None
    return RuleForm(
        column,
        tuple(" ".join(group) for group in rule.source),
        rule.type or "",
        rule.transform,
        dict(_option_texts(rule)),
        rule.required,
        rule.empty == "keep",
    )


def _option_texts(rule: Rule) -> Iterable[tuple[str, str]]:
    if rule.values is not None:
        yield "values", lines_of(rule.values)
    if rule.subforms is not None:
        yield "subforms", "\n".join(f"{s}: {', '.join(f)}" for s, f in rule.subforms.items())
    for key in (*TEXTS, *NUMBERS):
        value = getattr(rule, key)
        if value is not None:
            yield key, str(value)
    for key in LITERALS:
        value = getattr(rule, key)
        if value is not None:
            yield key, str(value).lower() if isinstance(value, bool) else str(value)


def _says_the_same(built: Any, raw: Any) -> bool:
    return bool(_model(built) == _model(raw))


def _model(raw: Any) -> Any:
    try:
        told = Rule.model_validate({"from": raw} if isinstance(raw, str) else raw)
    except ValidationError:
        return None
    return {name: (type(value), value) for name, value in told.model_dump().items()}


def _rule(form: RuleForm) -> Any:
    rule: dict[str, Any] = {}
    groups = [group.split() for group in form.sources if group.strip()]
    if groups:
        flat = [group[0] if len(group) == 1 else group for group in groups]
        rule["from"] = flat[0] if len(flat) == 1 and isinstance(flat[0], str) else flat
    if form.type:
        rule["type"] = form.type
    if form.transforms:
        rule["transform"] = form.transforms[0] if len(form.transforms) == 1 else [*form.transforms]
    rule.update(_options(form))
    if form.required:
        rule["required"] = True
    if form.keep:
        rule["empty"] = "keep"
    return rule["from"] if [*rule] == ["from"] and isinstance(rule["from"], str) else rule


def _options(form: RuleForm) -> Iterable[tuple[str, Any]]:
    needed = frozenset().union(*(TRANSFORMS[n].needs for n in form.transforms if n in TRANSFORMS))
    belong = {*options_for(form.transforms, form.type), *ALWAYS}
    for key in OPTIONS:
        text = form.options.get(key, "")
        if key in belong and (text or key in needed):
            yield key, _option(key, text, _kind(form))


def _option(key: str, text: str, kind: str) -> Any:
    if key == "values":
        return _pairs(text)
    if key == "subforms":
        return _subforms(text)
    whole = _WHOLE.fullmatch(text.strip()) is not None
    if key in NUMBERS:
        return int(text) if whole else text
    if key in LITERALS and kind == "int" and whole:
        return int(text)
    if key in LITERALS and kind == "bool" and text in ("true", "false"):
        return text == "true"
    return text


def _kind(form: RuleForm) -> str:
    if form.type or not form.transforms:
        return form.type or "text"
    last = TRANSFORMS.get(form.transforms[-1])
    return last.gives if last is not None else "text"


def _pairs(text: str) -> dict[str, str]:
    """Lines `CRM value = text`; the first " = " parts them, else the first "="."""
    pairs: dict[str, str] = {}
    for line in text.splitlines():
        if not line.strip():
            continue
        mark = " = " if " = " in f"{line} " else "="
        key, _, value = f"{line} ".partition(mark)
        pairs[key.strip()] = value.strip()
    return pairs


def _subforms(text: str) -> dict[str, list[str]]:
    """Lines `Subform: Field, Field`."""
    found: dict[str, list[str]] = {}
    for line in text.splitlines():
        name, _, fields = line.partition(":")
        if name.strip():
            found[name.strip()] = [one.strip() for one in fields.split(",") if one.strip()]
    return found
