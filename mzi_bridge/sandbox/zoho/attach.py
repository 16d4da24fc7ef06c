"""Files put to a record, from within and over the API."""

from __future__ import annotations

from mzi_bridge.sandbox.zoho.record import Attachment, Record
from mzi_bridge.sandbox.zoho.state import Crm


def attach(
    crm: Crm, record: Record, file_name: str, content: bytes, link: str | None = None
) -> Attachment:
    """The new attachment. The record does not count as modified by it: nobody says that it does."""
    kept = Attachment(crm.new_id(), file_name, content, crm.now(), crm.caller, link)
    record.attachments[kept.id] = kept
    return kept
