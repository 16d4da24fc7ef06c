"""Files of a request, from Moodle to its record: each once, by a name that tells it again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from msgspec import Struct

from mzi_bridge.errors import MziError
from mzi_bridge.moodle.errors import FileRefused
from mzi_bridge.pipeline.facts import RequestFile
from mzi_bridge.pipeline.links import Links
from mzi_bridge.pipeline.push.quiet import QUIET_SECONDS
from mzi_bridge.zoho.errors import FileTooLarge, RecordRefused, RequestRefused, ZohoRetryLater

HASH_LENGTH = 12
MOST_NAME = 100
_UNFIT = dict.fromkeys(map(ord, '\r\n\0"/\\'), "_")


class Files(Struct, frozen=True):
    """The files of request `requestid` (Moodle's id), for record `crm_id`."""

    number: str
    requestid: int
    crm_id: str
    files: Sequence[RequestFile]


async def attach_files(
    links: Links, module: str, of: Files, before_each: Callable[[], Awaitable[None]]
) -> list[str]:
    """Uploads those that the record lacks; the reasons of those that were refused.

    `before_each` may raise to keep from going on. Raises what the calls do; doing it again is
    harmless after `QUIET_SECONDS`.
    """
    if not of.files:
        return []
    try:
        names = await _names(links, module, of.crm_id)
    except RecordRefused as refused:
        return [refused.reason]
    reasons: list[str] = []
    for file in of.files:
        start = f"{of.number}-{file.contenthash[:HASH_LENGTH]}-"
        if any(name.startswith(start) for name in names):
            continue
        await before_each()
        try:
            reason = await _carry(links, module, of, file, start)
        except (FileRefused, FileTooLarge, RecordRefused, RequestRefused) as refused:
            reason = refused.reason
        if reason:
            reasons.append(reason)
        names.append(start)
    return reasons


async def _names(links: Links, module: str, crm_id: str) -> list[str]:
    names: list[str] = []
    more, number = True, 0
    while more:
        number += 1
        page = await links.zoho.attachments.page(module, crm_id, number)
        names += [file.file_name for file in page.attachments]
        more = page.more
    return names


async def _carry(links: Links, module: str, of: Files, file: RequestFile, start: str) -> str:
    """The reason why the CRM has it not; empty if it has."""
    got = await links.moodle.request_file(of.requestid, file.contenthash)
    name = start + file.filename.translate(_UNFIT)[-MOST_NAME:]
    try:
        result = await links.zoho.attachments.upload(
            module, of.crm_id, name, got.content, got.mimetype or "application/octet-stream"
        )
    except ZohoRetryLater as error:
        raise _later(error) from None
    return "" if result.ok else result.code.lower()


def _later(error: ZohoRetryLater) -> MziError:
    """Sent a second time too soon, it would be there twice."""
    if not error.effect_unknown:
        return error
    return error.again(max(QUIET_SECONDS, error.retry_after or 0.0))
