"""What may stand in a URL: module names, record ids, field names.

Anything else is refused before it is sent, so that a name from a mapping file or an id
from a notification can never reach another address than the one meant.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import quote

from mzi_bridge.zoho.errors import BadArgument

_MODULE = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,99}", re.ASCII)
_ID = re.compile(r"[0-9]{1,30}", re.ASCII)
_FIELD = re.compile(r"\$?[A-Za-z][A-Za-z0-9_]{0,99}(\.[A-Za-z][A-Za-z0-9_]{0,99})*", re.ASCII)


def module_path(module: str) -> str:
    """The module as a path segment. Raises BadArgument for what no module is called."""
    if not _MODULE.fullmatch(module):
        raise BadArgument("A module's API name has letters, digits and underscores only.")
    return quote(module, safe="")


def id_path(record_id: str) -> str:
    """A record's, attachment's or channel's id as a path segment or parameter."""
    if not isinstance(record_id, str) or not _ID.fullmatch(record_id):
        raise BadArgument("A CRM id is a string of 1 to 30 digits.")
    return record_id


def id_list(ids: Sequence[str], limit: int = 100) -> str:
    """Ids joined for an `ids=` parameter. Raises BadArgument for none or too many."""
    if not 1 <= len(ids) <= limit:
        raise BadArgument(f"Between 1 and {limit} ids go in one call, not {len(ids)}.")
    return ",".join(id_path(one) for one in ids)


def field_list(fields: Sequence[str]) -> str:
    """Field API names joined for a `fields=` parameter."""
    return ",".join(field_name(one) for one in fields)


def field_name(name: str) -> str:
    """The name itself, if a field can be called so (`Last_Name`, `Owner.id`, `$state`)."""
    if not _FIELD.fullmatch(name):
        raise BadArgument("A field's API name has letters, digits, underscores and dots only.")
    return name
