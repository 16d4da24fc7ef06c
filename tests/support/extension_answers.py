"""What the extension API answers, by the contract between the bridge and the plugin's pages.

The stand-in of the browser tests answers these, and `shape` says whether a real answer is alike.
"""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

VERSION = "0.1.0"
MODULE = "BTEC_Students"
NOW = 1_795_000_000.5

STATE: Json = {
    "version": VERSION,
    "connected": True,
    "trouble": None,
    "links": [
        {"link": "zoho", "state": "ok", "reason": "", "until": None},
        {"link": "moodle", "state": "paused", "reason": "unreachable", "until": NOW + 60},
    ],
    "waiting": 12,
    "oldest_waiting_seconds": 95.0,
    "dead_letters": 2,
    "held": {MODULE: 3},
    "credits": {"spent": 1200, "daily": 50000},
    "alarms": [
        {
            "kind": "channel_expiring",
            "subject": MODULE,
            "since": NOW - 600,
            "message": "The channel of BTEC_Students ends within two hours.",
        }
    ],
    "channels": [{"module": MODULE, "expires_at": NOW + 3600}],
    "last_poll_at": NOW - 300,
    "last_sync": {
        "students": {"at": NOW - 900, "mode": "full", "state": "done"},
        "payments": {"at": NOW - 800, "mode": "delta", "state": "failed"},
    },
    "drift": {
        "at": NOW - 7200,
        "agrees": False,
        "counts": {"missing": 2, "altered": 1},
        "modules": {MODULE: {"missing": 2, "altered": 1}},
    },
}

MODULES: Json = {
    "modules": [
        {"module": MODULE, "entity": "students", "columns": 5, "version": 3},
        {"module": "BTEC_Payments", "entity": "payments", "columns": 9, "version": 3},
    ],
    "crm_modules": [{"api_name": MODULE, "label": "Students"}],
    "trouble": None,
}

MAPPING: Json = {
    "module": MODULE,
    "entity": "students",
    "version": 3,
    "table": {
        "entity": "students",
        "key": "zoho_student_id",
        "columns": {
            "zoho_student_id": "id",
            "first_name": "First_Name",
            "city": "City",
            "academic_email": {"from": "Academic_Email", "transform": "strip"},
            "display_name": {"from": ["First_Name", "Last_Name"], "transform": "concat"},
            "gender": {"from": "Gender", "transform": "map", "values": {"M": "Male"}},
        },
        "closing": {},
        "photo": {"attachment": "Personal_photo"},
    },
    "fields": [
        {"api_name": "First_Name", "label": "First name", "type": "text", "subform": False},
        {"api_name": "City", "label": "City", "type": "text", "subform": False},
        {"api_name": "Academic_Email", "label": "E-mail", "type": "email", "subform": False},
        {"api_name": "Gender", "label": "Gender", "type": "picklist", "subform": False},
        {"api_name": "Program", "label": "Programme", "type": "lookup", "subform": False},
        {"api_name": "Schedule", "label": "Schedule", "type": "subform", "subform": True},
    ],
    "columns": [
        {"name": "zoho_student_id", "type": "id", "length": 30},
        {"name": "first_name", "type": "text", "length": 255},
        {"name": "city", "type": "text", "length": 255},
        {"name": "academic_email", "type": "text", "length": 255},
        {"name": "display_name", "type": "text", "length": 255},
        {"name": "gender", "type": "text", "length": 100},
        {"name": "program_name", "type": "text", "length": 255},
    ],
    "transforms": [
        {"name": "strip", "from": ["any"], "options": []},
        {"name": "map", "from": ["picklist", "text"], "options": ["values", "otherwise"]},
        {"name": "date", "from": ["date"], "options": []},
    ],
    "findings": [
        {
            "severity": "warning",
            "key": "columns.gender",
            "message": "The picklist has a value that the map does not name.",
            "suggestions": ["F"],
        }
    ],
    "trouble": None,
}

INVALID: Json = {
    "type": "about:blank",
    "title": "The mapping is not valid",
    "status": 422,
    "error": "mapping_invalid",
    "fix": "Mend what is named.",
    "findings": [
        {
            "severity": "error",
            "key": "columns.city",
            "message": "The module has no field No_Such_Field.",
            "suggestions": ["City"],
        }
    ],
}

RUN: Json = {
    "id": 41,
    "kind": "job",
    "modules": [MODULE],
    "mode": "full",
    "dry_run": False,
    "state": "done",
    "reason": "",
    "counts": {"inserted": 90, "unchanged": 10},
    "started_at": NOW - 1000,
    "finished_at": NOW - 900,
    "total": 100,
    "waiting": "",
    "rate": 1.0,
    "seconds_left": None,
}

PING: Json = {
    "bridge": VERSION,
    "moodle": {
        "reached": True,
        "error": None,
        "message": None,
        "fix": None,
        "site": "http://127.0.0.1",
        "same_site": True,
    },
}


def job(run: Json) -> Json:
    """A run as it is told to whoever has started or steered it."""
    same = ("id", "mode", "dry_run", "state", "reason", "started_at", "finished_at", "waiting")
    return {name: run[name] for name in same} | {
        "modules": dict.fromkeys(run["modules"], run["counts"]),
        "finished": [],
        "wanted": run["modules"],
        "sizes": dict.fromkeys(run["modules"], run["total"]),
        "rate": run["rate"],
        "done": 0.5,
        "seconds_left": run["seconds_left"],
    }


def problem(status: int, error: str) -> Json:
    """A refusal as RFC 9457 wants it, with the bridge's word."""
    return {
        "type": "about:blank",
        "title": error.replace("_", " "),
        "status": status,
        "error": error,
        "fix": "See the log of the bridge.",
    }


def shape(value: Any) -> Any:
    """The types of an answer by name; of a list the shape of its first item, numbers alike."""
    if isinstance(value, dict):
        return {name: shape(one) for name, one in value.items()}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return (
        "number" if isinstance(value, int | float) and not isinstance(value, bool) else type(value)
    )
