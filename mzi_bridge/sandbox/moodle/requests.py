"""Requests that students made on the site: their numbers, their files, their records in the CRM."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from mzi_bridge.sandbox.moodle.envelope import decode_list
from mzi_bridge.sandbox.moodle.exceptions import moodle_exception
from mzi_bridge.sandbox.moodle.results import Action, batch_answer, row_result
from mzi_bridge.sandbox.moodle.site import MadeRequest, Site
from mzi_bridge.sandbox.moodle.validation import Fault, RowError, ValidRow, read_key

ENTITY: Final = "requests"
NUMBER: Final = "request_number"
STUDENT: Final = "zoho_student_id"
ID: Final = "zoho_request_id"
QUEUED: Final = "Queued"
SENT: Final = "Sent"
MOST_BYTES: Final = 20 * 1024 * 1024
_MARKED: Final = re.compile(r"\s*\[(M-\d{6,10})\]\s*\Z", re.ASCII)


def make_request(
    site: Site, student: str, files: Sequence[tuple[str, bytes]] = ()
) -> dict[str, Any]:
    """A student's new request, and what the site's event tells of it (but for its text)."""
    number = len(site.requests) + 1
    made = MadeRequest(number, f"M-{number:06d}", student)
    made.files = {
        hashlib.sha1(content, usedforsecurity=False).hexdigest(): (name, content)
        for name, content in files
    }
    site.requests[made.number] = made
    return {
        "requestid": number,
        NUMBER: made.number,
        STUDENT: student,
        "files": [
            {
                "filearea": "request",
                "itemid": number,
                "filename": name,
                "filesize": len(content),
                "contenthash": digest,
            }
            for digest, (name, content) in made.files.items()
        ],
    }


def confirm_requests(site: Site, records: str, count: int) -> dict[str, Any]:
    """One answer per record, in order; a wrong one never fails its batch."""
    sent = decode_list("records", records, site.contract.max_records, count)
    seen: set[tuple[str, str]] = set()
    claims = [_claim(record, seen) for record in sent]
    # All are judged by what was so before the call.
    faults = [claim.errors or _faults(site, claim) for claim in claims]
    results = []
    for index, (claim, errors) in enumerate(zip(claims, faults, strict=True)):
        action: Action = "rejected" if errors else _confirm(site, claim)
        results.append(row_result(index, claim.values.get(NUMBER, ""), action, errors))
    return batch_answer(results)


def get_request_file(site: Site, requestid: int, contenthash: str) -> dict[str, Any]:
    """A file of the request. Raises `invalidrecord`, `request_filetoolarge`."""
    found = next((made for made in site.requests.values() if made.requestid == requestid), None)
    if found is None or contenthash not in found.files:
        raise moodle_exception("invalidrecord", "Can't find data record in database table files.")
    name, content = found.files[contenthash]
    if len(content) > MOST_BYTES:
        raise moodle_exception("request_filetoolarge", f"At most {MOST_BYTES} bytes.")
    return {
        "filename": name,
        "mimetype": "application/pdf" if name.endswith(".pdf") else "image/jpeg",
        "filesize": len(content),
        "contenthash": contenthash,
        "content": base64.b64encode(content).decode(),
    }


def follow_arriving(site: Site, rows: Sequence[ValidRow]) -> None:
    """Records that name the number of a request made here are that request: the first of them,
    and only for the student who made it."""
    for row in sorted(rows, key=lambda row: row.zoho_id):
        marked = _MARKED.search(str(row.columns.get("reason") or ""))
        made = site.requests.get(marked.group(1)) if marked else None
        if made is None or row.errors or made.zoho_id is not None:
            continue
        same = row.columns.get(STUDENT) == made.student
        if same and site.tables[ENTITY].get(row.zoho_id) is None:
            _give_id(site, made, row.zoho_id)


@dataclass
class _Claim:
    values: dict[str, str]
    errors: list[RowError] = field(default_factory=list)


def _claim(record: Any, seen: set[tuple[str, str]]) -> _Claim:
    claim = _Claim({})
    if not isinstance(record, dict):
        claim.errors.append(RowError("", "wrong_type", "must be an object"))
        return claim
    known = (NUMBER, STUDENT, ID)
    claim.errors += [
        RowError(name, "unknown_field", "no such member") for name in record if name not in known
    ]
    for name in known:
        value, fault = _number(record) if name == NUMBER else read_key(record.get(name))
        if fault is None:
            claim.values[name] = value
        else:
            claim.errors.append(RowError(name, *fault))
    for name in () if claim.errors else (NUMBER, ID):
        this = (name, claim.values[name].lower())
        if this in seen:
            claim.errors.append(RowError(name, "duplicate", "twice in one call"))
        seen.add(this)
    return claim


def _number(record: Mapping[str, Any]) -> tuple[Any, Fault | None]:
    value = record.get(NUMBER)
    if value is None or value == "":
        return None, ("required", "must be given")
    if not isinstance(value, str):
        return None, ("wrong_type", "must be a text")
    if len(value.encode()) > 100:
        return None, ("too_long", "at most 100 bytes")
    return value, None


def _faults(site: Site, claim: _Claim) -> list[RowError]:
    made = site.requests.get(claim.values[NUMBER])
    if made is None or made.student != claim.values[STUDENT]:
        return [RowError(NUMBER, "unknown_request", "no such request of the student")]
    if made.zoho_id == claim.values[ID]:
        return []
    if made.zoho_id is not None:
        return [RowError(ID, "invalid_value", "must be the id confirmed before")]
    if site.tables[ENTITY].get(claim.values[ID]) is not None:
        return [RowError(ID, "duplicate", "belongs to another request")]
    return []


def _confirm(site: Site, claim: _Claim) -> Action:
    made = site.requests[claim.values[NUMBER]]
    known = made.zoho_id is not None
    if not known:
        _give_id(site, made, claim.values[ID])
    stored = site.tables[ENTITY].get(claim.values[ID])
    if stored is None or stored.row["status"] != QUEUED:
        return "unchanged" if known else "updated"
    stored.row["status"] = SENT
    return "updated"


def _give_id(site: Site, made: MadeRequest, zoho_id: str) -> None:
    made.zoho_id = zoho_id
    stored = site.tables[ENTITY].create(zoho_id, site.now())
    stored.row.update({NUMBER: made.number, STUDENT: made.student, "status": QUEUED})
