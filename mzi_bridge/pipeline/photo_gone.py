"""Whether a photo that the CRM shows no more is gone: only the CRM's own word counts."""

from __future__ import annotations

from mzi_bridge.mapping import ModuleMapping
from mzi_bridge.mapping.crm_fields import RECORD_IMAGE
from mzi_bridge.pipeline.photo_look import Seen
from mzi_bridge.zoho.apis import ZohoApis
from mzi_bridge.zoho.attachments import NO_ATTACHMENT
from mzi_bridge.zoho.errors import RecordRefused


async def is_gone(
    zoho: ZohoApis, mapping: ModuleMapping, seen: Seen, attachment_id: str | None
) -> bool:
    """Whether the CRM bears out that there is none any more, as `seen`.

    An empty list and 204 are what an outage looks like, too. So the CRM must show the record, and
    no image in it; the attachment that the photo came from (None: from none, or not known) must
    be listed as something else, or be refused by its id. Costs a call, with an attachment two.
    Raises RecordRefused where there is no such record, and what any call of the CRM does.
    """
    source, module = mapping.photo, mapping.module
    page = await zoho.records.by_id(module, seen.record_id)
    if source is None or not page.records:
        return False
    if source.record_image and page.records[0].get(RECORD_IMAGE) is not None:
        return False
    if source.attachment is None or attachment_id is None or attachment_id in seen.listed:
        return True
    try:
        async with zoho.attachments.download(module, seen.record_id, attachment_id):
            return False
    except RecordRefused as refusal:
        return refusal.code != NO_ATTACHMENT
