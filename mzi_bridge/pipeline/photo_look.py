"""What the CRM has as a record's photo, and the bytes of it."""

from __future__ import annotations

import hashlib

from msgspec import Struct
from msgspec.structs import replace

from mzi_bridge.errors import RejectRecord
from mzi_bridge.mapping import ModuleMapping, PhotoSource
from mzi_bridge.zoho.apis import ZohoApis
from mzi_bridge.zoho.attachments import AttachmentInfo
from mzi_bridge.zoho.errors import FileTooLarge

MOST_BYTES = 2 * 1024 * 1024
"""What the plugin takes."""

MOST_PAGES = 10
NOTHING = "nothing"


class PhotoTooLarge(RejectRecord):
    """It can only be made smaller in the CRM."""

    def __init__(self) -> None:
        super().__init__(
            f"The photo has more than {MOST_BYTES} bytes.",
            reason="photo_too_large",
            fix="Put a smaller picture into the CRM; it is then fetched by itself.",
        )


class Seen(Struct, frozen=True):
    """What was seen at `read_time` (epoch seconds by the CRM's clock).

    `mark` tells it from what was seen before: NOTHING, or a hash of the attachment's id, time and
    size, or of the record image. `image` has come with the look itself, if it is a record image.
    `listed` are the ids of the record's attachments, whatever their names.
    """

    record_id: str
    mark: str
    read_time: int
    attachment: AttachmentInfo | None = None
    image: bytes | None = None
    listed: frozenset[str] = frozenset()

    @property
    def exists(self) -> bool:
        return self.mark != NOTHING


async def look(zoho: ZohoApis, mapping: ModuleMapping, record_id: str) -> Seen:
    """The newest attachment that the mapping names, else the record image, else nothing.

    Costs one call for the attachments (one for each 200 of them) and one for the record image.
    Raises PhotoTooLarge (of a record image), RecordRefused where there is no such record, and
    what any call of the CRM does.
    """
    source = mapping.photo
    if source is None:
        return Seen(record_id, NOTHING, 0)
    seen = Seen(record_id, NOTHING, 0)
    if source.attachment is not None:
        seen = await _attachment(zoho, mapping.module, record_id, source)
    if source.record_image and not seen.exists:
        return replace(await _record_image(zoho, mapping.module, record_id), listed=seen.listed)
    return seen


async def fetch(zoho: ZohoApis, module: str, seen: Seen) -> bytes:
    """The picture that was seen. Raises PhotoTooLarge, RecordRefused if it is gone meanwhile."""
    info = seen.attachment
    if info is None:
        return seen.image or b""
    if (info.size or 0) > MOST_BYTES:
        raise PhotoTooLarge
    try:
        async with zoho.attachments.download(
            module, seen.record_id, info.id, limit=MOST_BYTES
        ) as file:
            image = await file.content()
    except FileTooLarge:
        raise PhotoTooLarge from None
    if not image:
        raise RejectRecord("The photo is an empty file.", reason="photo_not_an_image")
    return image


async def _attachment(zoho: ZohoApis, module: str, record_id: str, source: PhotoSource) -> Seen:
    """The newest of those that are meant, read when the first page was."""
    page = await zoho.attachments.page(module, record_id)
    read_time, found = page.read_time, list(page.attachments)
    for number in range(2, MOST_PAGES + 1):
        if not page.more:
            break
        page = await zoho.attachments.page(module, record_id, number)
        found += page.attachments
    photos = [info for info in found if not info.is_link and source.names(info.file_name)]
    newest = max(photos, key=_age, default=None)
    listed = frozenset(info.id for info in found)
    if newest is None:
        return Seen(record_id, NOTHING, read_time, listed=listed)
    said = f"{newest.id} {newest.modified_time} {newest.size}"
    return Seen(record_id, _hash(said.encode()), read_time, newest, listed=listed)


def _age(info: AttachmentInfo) -> tuple[int, int, str]:
    """Of two of one second the higher id: ids grow."""
    return info.modified_time or 0, len(info.id), info.id


async def _record_image(zoho: ZohoApis, module: str, record_id: str) -> Seen:
    try:
        async with zoho.attachments.photo(module, record_id, limit=MOST_BYTES) as photo:
            image = None if photo.file is None else await photo.file.content()
    except FileTooLarge:
        raise PhotoTooLarge from None
    if not image:
        return Seen(record_id, NOTHING, photo.read_time)
    return Seen(record_id, _hash(image), photo.read_time, image=image)


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
