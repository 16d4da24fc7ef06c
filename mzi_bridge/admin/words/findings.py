"""What a check of a mapping found, as people read it. A message that none of the patterns meets
is shown as it is."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mzi_bridge.admin.text import N_, Text
from mzi_bridge.mapping.transforms import TRANSFORMS

_NAMED = re.compile(r"%\((\w+)\)s")


def _pattern(message: str) -> re.Pattern[str]:
    parts = _NAMED.split(message)
    words = [re.escape(part) if n % 2 == 0 else f"(?P<{part}>.*)" for n, part in enumerate(parts)]
    return re.compile("".join(words), re.DOTALL)


MESSAGES: Sequence[str] = (
    N_('the CRM has no field "%(name)s" here'),
    N_("the CRM has no such module"),
    N_("the CRM has no such subform"),
    N_('the subform "%(subform)s" has no field "%(name)s"'),
    N_('"%(path)s" goes into a lookup, but "%(name)s" is %(type)s'),
    N_('"%(name)s" is %(type)s, which does not give %(wanted)s'),
    N_("the map does not know: %(values)s"),
    N_("is %(type)s, not a subform"),
    N_("the fields of this subform are not known, so they were not checked"),
    N_("the CRM tells nothing of this module's fields, so they were not checked"),
    N_('no value of "%(name)s" closes: the brake never holds a change of it'),
    N_('the CRM lists no "%(name)s" here: where a record has none, the read time counts'),
    N_('"%(name)s" is %(type)s, not a datetime'),
    N_('the CRM lists no "%(name)s" here: are record images switched on?'),
    N_("is never read (deny list)"),
    N_("no rule reads this CRM field"),
    N_('the plugin has no entity "%(name)s"'),
    N_('the plugin\'s key column is "%(name)s"'),
    N_("no rule fills this list of the plugin"),
    N_("the plugin has no such list"),
    N_("the plugin has no such column"),
    N_("the plugin requires this column"),
    N_("no rule fills it"),
    N_("the plugin's column is %(type)s, the rule gives %(given)s"),
    N_("no module of the mapping fills this entity"),
    N_('"%(name)s" must not be read (deny list: %(pattern)s)'),
    N_('the key column "%(name)s" is missing'),
    N_("is missing: the CRM field this column comes from"),
    N_('several fields need a transform "concat" or "first_of"'),
    N_('"%(name)s" reads no field'),
    N_('"%(name)s" reads the sources: it can only come first'),
    N_('"%(name)s" cannot use what "%(before)s" gives'),
    N_('is missing: "%(name)s" needs it'),
    N_('"%(path)s" is no field name and no path into a lookup'),
    N_("only a text column can keep an empty text"),
    N_("only a text has a length"),
    N_("a whole number was expected"),
    N_("must not be empty"),
    N_("is missing"),
    N_('either "subform" or "spread" says where the rows come from'),
    N_("only a text column can close, and this one is %(type)s"),
)
"""As `mapping` says them, the likeliest first."""
_PATTERNS = tuple((message, _pattern(message)) for message in MESSAGES)


def finding_text(message: str) -> Text | None:
    """The message as a text of the catalogue; None for one that is not known."""
    for text, pattern in _PATTERNS:
        found = pattern.fullmatch(message)
        if found is not None:
            return Text(text, found.groupdict())
    return None


TRANSFORM_TEXTS = {
    "concat": N_("put several fields together"),
    "first_of": N_("the first that is filled"),
    "present_map": N_("one text if filled, another if not"),
    "constant": N_("always the same value"),
    "rows": N_("rows of subforms"),
    "strip": N_("without spaces around it"),
    "lower": N_("in small letters"),
    "upper": N_("in capitals"),
    "text": N_("as text"),
    "mask": N_("hide all but the end"),
    "map": N_("replace values by a table"),
    "join": N_("list of choices as one text"),
    "currency": N_("code of a currency"),
    "lookup_id": N_("id of a lookup"),
    "lookup_name": N_("name of a lookup"),
    "id": N_("id of the CRM"),
    "int": N_("whole number"),
    "bool": N_("yes or no"),
    "date": N_("date"),
    "datetime_epoch": N_("day and time"),
    "money": N_("amount of money"),
    "json": N_("as it is (JSON)"),
}
TYPE_TEXTS = {
    "text": N_("text"),
    "id": N_("id of the CRM"),
    "int": N_("whole number"),
    "bool": N_("yes or no"),
    "date": N_("date"),
    "datetime": N_("day and time"),
    "money": N_("amount of money"),
    "json": N_("as it is (JSON)"),
}


def transform_text(name: str) -> Text:
    if name not in TRANSFORMS:
        return Text("%(word)s", {"word": name})
    return Text(TRANSFORM_TEXTS[name])


def type_text(name: str) -> Text:
    return Text(TYPE_TEXTS[name]) if name in TYPE_TEXTS else Text("%(word)s", {"word": name})
