"""What a chain of transforms gives, and whether the column's type can hold it."""

from __future__ import annotations

from mzi_bridge.mapping.chains import Chain
from mzi_bridge.mapping.nearest import did_you_mean
from mzi_bridge.mapping.rules import COLUMN_TYPES, ColumnType, Rule
from mzi_bridge.mapping.tables import Place
from mzi_bridge.mapping.transforms import READS_TYPE, TEXT_HOLDS, TRANSFORMS, Kind, Transform

_PARAMETERS = frozenset().union(*(t.needs | t.may for t in TRANSFORMS.values()))


def chain_of(rule: Rule, place: Place) -> Chain | None:
    """The transforms in order, ending in the one that reads the column's type.

    Faults are added at `place`; None when the names in the rule are not even known.
    """
    before = place.count()
    if rule.type is not None and rule.type not in COLUMN_TYPES:
        place.add("type", f'unknown type "{rule.type}"{did_you_mean(rule.type, COLUMN_TYPES)}')
    for name in rule.transform:
        if name not in TRANSFORMS:
            place.add("transform", f'unknown transform "{name}"{did_you_mean(name, TRANSFORMS)}')
    if place.count() > before:
        return None
    kind = _follow(rule, place)
    column_type = _column_type(rule, kind)
    names = rule.transform
    if kind == "any" or (kind == "text" and column_type != "text"):
        names = (*names, READS_TYPE[column_type])
    elif kind != column_type and not (column_type == "text" and kind in TEXT_HOLDS):
        gives = "text" if kind == "label" else kind
        place.add(
            "type", f'{article(column_type)} column cannot hold what "{names[-1]}" gives: {gives}'
        )
    _check_parameters(rule, names, place)
    if rule.empty == "keep" and column_type != "text":
        place.add("empty", "only a text column can keep an empty text")
    if rule.max_length is not None and column_type not in ("text", "id"):
        place.add("max_length", "only a text has a length")
    return Chain(names, column_type)


def _follow(rule: Rule, place: Place) -> Kind:
    """What the named transforms give one after the other, from the sources on."""
    kind: Kind = "any"
    for position, name in enumerate(rule.transform):
        transform = TRANSFORMS[name]
        if transform.gather is not None and position:
            place.add("transform", f'"{name}" reads the sources: it can only come first')
        elif position and kind not in ("any", "text") and not _fits(transform, kind):
            before = rule.transform[position - 1]
            place.add("transform", f'"{name}" cannot use what "{before}" gives')
        kind = transform.gives
    _check_source_count(rule, place)
    return kind


def _fits(transform: Transform, kind: Kind) -> bool:
    return kind == "label" and transform.after_label


def _check_source_count(rule: Rule, place: Place) -> None:
    first = TRANSFORMS[rule.transform[0]] if rule.transform else None
    wanted = first.sources if first is not None else "one"
    count = len(rule.paths)
    if wanted == "none" and count:
        place.add("from", f'"{rule.transform[0]}" reads no field')
    elif wanted != "none" and not count:
        place.add("from", "is missing: the CRM field this column comes from")
    elif wanted == "one" and count > 1:
        place.add("from", 'several fields need a transform "concat" or "first_of"')


def _column_type(rule: Rule, kind: Kind) -> ColumnType:
    wanted = rule.type or kind
    for known in COLUMN_TYPES:
        if known == wanted:
            return known
    ends = [path.rsplit(".", 1)[-1] for path in rule.paths]
    return "id" if kind == "any" and ends and all(end == "id" for end in ends) else "text"


def _check_parameters(rule: Rule, names: tuple[str, ...], place: Place) -> None:
    given = _PARAMETERS & rule.model_fields_set
    used = [TRANSFORMS[name] for name in names]
    for key in sorted(given.difference(*(t.needs | t.may for t in used))):
        owners = " or ".join(
            f'"{name}"' for name, t in TRANSFORMS.items() if key in t.needs | t.may
        )
        place.add(key, f"belongs to the transform {owners}, which this rule does not use")
    for name in names:
        for key in sorted(TRANSFORMS[name].needs - given):
            place.add(key, f'is missing: "{name}" needs it')


def article(word: str) -> str:
    """The word with "a" or "an" before it, for messages."""
    return f"an {word}" if word[0] in "aeiou" else f"a {word}"
