"""Photos for the students of a sample school, where its CRM would keep them."""

from __future__ import annotations

from collections.abc import Iterable

from mzi_bridge.sandbox.sample.pictures import portrait
from mzi_bridge.sandbox.zoho import Crm
from mzi_bridge.sandbox.zoho.attach import attach

STUDENTS = "BTEC_Students"
WITHOUT = 7
"""Every seventh student has brought no photo."""


def photograph(crm: Crm, schema: str, record_ids: Iterable[str]) -> None:
    """As an attachment among others in a `btec` school, as record image in a `guide` one."""
    for n, record_id in enumerate(record_ids):
        record = crm.records(STUDENTS)[record_id]
        if n % WITHOUT == WITHOUT - 1:
            continue
        if schema == "guide":
            record.photo = portrait(n)
            continue
        if n % 3 == 0:
            attach(crm, record, "certificate.pdf", b"%PDF-1.7\n%sample\n")
        attach(crm, record, f"Personal_photo_{n + 1}.png", portrait(n))
