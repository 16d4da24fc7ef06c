"""What the plugin tells: manifest, rows, contract, status."""

from __future__ import annotations

import json
from typing import Any, Final

from mzi_bridge.sandbox.moodle.brake import closings
from mzi_bridge.sandbox.moodle.envelope import decode_list, table_of
from mzi_bridge.sandbox.moodle.exceptions import invalid_parameter
from mzi_bridge.sandbox.moodle.site import Site
from mzi_bridge.sandbox.moodle.tables import EntityTable, Row, Stored
from mzi_bridge.sandbox.moodle.upsert import LINK, is_person

MAX_MANIFEST: Final = 5000
PLUGIN_VERSION: Final = 2026112200
PLUGIN_RELEASE: Final = "0.1.0"
MOODLE_VERSION: Final = "2024100700"
MOODLE_RELEASE: Final = "4.5 (Build: 20241007)"


def get_manifest(site: Site, entity: str, after: str, limit: int) -> dict[str, Any]:
    """Ids, versions, hashes and tombstones behind `after`; `next` is empty at the end."""
    table = table_of(site, entity)
    if not 1 <= limit <= MAX_MANIFEST:
        raise invalid_parameter(f"limit must lie between 1 and {MAX_MANIFEST}")
    found = table.after(after, limit + 1)
    page, key, person = found[:limit], table.entity.key, is_person(table)
    rows = [
        {
            "id": stored.row[key],
            "modified_time": stored.row["modified_time"],
            "content_hash": stored.row["content_hash"] or "",
            "deleted_at": stored.row["deleted_at"],
            "linked": stored.row[LINK] is not None if person else None,
        }
        for stored in page
    ]
    return {"rows": rows, "next": rows[-1]["id"] if len(found) > limit else ""}


def get_rows(site: Site, entity: str, ids: str) -> dict[str, str]:
    """The stored rows in the order of their ids; ids without a row are missing."""
    table = table_of(site, entity)
    wanted = decode_list("ids", ids, site.contract.max_records)
    if not all(isinstance(zoho_id, str) and "\0" not in zoho_id for zoho_id in wanted):
        raise invalid_parameter("ids must be strings")
    found = (table.get(zoho_id) for zoho_id in sorted(set(wanted)))
    rows = [_whole(table, stored) for stored in found if stored is not None]
    return {"rows": json.dumps(rows, ensure_ascii=False)}


def _whole(table: EntityTable, stored: Stored) -> Row:
    """Columns and lists of child rows; local ids mean nothing outside and are left out."""
    children = {
        name: [_without_id(row) for row in stored.children.get(name, ())]
        for name in table.entity.children
    }
    return {**_without_id(stored.row), **children}


def _without_id(row: Row) -> Row:
    return {name: value for name, value in row.items() if name != "id"}


def get_contract(site: Site) -> dict[str, str]:
    return {"contract": site.contract.announced}


def get_status(site: Site) -> dict[str, Any]:
    return {
        "plugin_version": PLUGIN_VERSION,
        "release": PLUGIN_RELEASE,
        "moodle_version": MOODLE_RELEASE,
        "contract_version": site.contract.contract_version,
        "server_time": site.now(),
        "max_records": site.contract.max_records,
        "max_input_vars": site.switches.max_input_vars,
        "post_max_bytes": site.switches.post_max_bytes,
        "counts": [
            {**_count(name, table), "closings": closings(site, name)}
            for name, table in site.tables.items()
        ],
        "functions": list(site.contract.functions),
        "user_matching": list(site.users.matching),
        "brake": {"minimum": site.brake_minimum, "percent": site.brake_percent},
        "outbox": dict(site.outbox),
    }


def _count(entity: str, table: EntityTable) -> dict[str, Any]:
    rows = deleted = unlinked = 0
    person = is_person(table)
    for stored in table.all():
        rows += 1
        if stored.deleted:
            deleted += 1
        elif person and stored.row[LINK] is None:
            unlinked += 1
    return {"entity": entity, "rows": rows, "deleted": deleted, "unlinked": unlinked}


def site_info(site: Site) -> dict[str, Any]:
    """core_webservice_get_site_info, as far as a service client looks at it."""
    functions = [name for name in site.contract.functions if name not in site.switches.withheld]
    return {
        "sitename": "Sandbox school",
        "username": "mzi_bridge",
        "firstname": "MZI",
        "lastname": "bridge",
        "fullname": "MZI bridge",
        "lang": "en",
        "userid": 2,
        "siteurl": site.base_url,
        "userpictureurl": f"{site.base_url}/theme/image.php/boost/core/1/u/f1",
        "functions": [
            *({"name": name, "version": str(PLUGIN_VERSION)} for name in functions),
            {"name": "core_webservice_get_site_info", "version": MOODLE_VERSION},
        ],
        "downloadfiles": 0,
        "uploadfiles": 0,
        "release": MOODLE_RELEASE,
        "version": MOODLE_VERSION,
        "siteid": 1,
        "userissiteadmin": False,
    }
