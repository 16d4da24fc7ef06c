"""local_mzi_get_student_dashboard, as far as a client meets it."""

from __future__ import annotations

import json
from typing import Any, Final

from mzi_bridge.sandbox.moodle.exceptions import MoodleException, moodle_exception
from mzi_bridge.sandbox.moodle.site import Site
from mzi_bridge.sandbox.moodle.tables import Row

TABS: Final = ("profile", "academics", "finance", "classes", "grades", "requests")


def get_student_dashboard(site: Site, userid: int) -> dict[str, str]:
    """Who the newest student record of a user is, and each tab by its name. The emulator has no
    pages: what a tab holds is left empty here, and is the plugin's own matter."""
    rows = [
        stored.row
        for stored in site.tables["students"].all()
        if stored.row["moodle_user_id"] == userid and not stored.deleted
    ]
    if not rows:
        raise no_student()
    newest = max(rows, key=_age)
    who = {"id": newest["id"], "moodle_user_id": userid}
    for name in ("zoho_student_id", "display_name"):
        who[name] = newest[name]
    data: dict[str, Any] = {"student": who, **{tab: {} for tab in TABS}}
    return {"dashboard": json.dumps(data, ensure_ascii=False)}


def no_student() -> MoodleException:
    return moodle_exception("nostudent", "There is no such student, or you may not see them.")


def _age(row: Row) -> tuple[int, int]:
    return row["timecreated"], row["id"]
