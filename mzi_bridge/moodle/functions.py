"""The plugin's external functions, typed. The contract stands in `docs/architecture.md`."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

import msgspec
from msgspec.structs import asdict
from pydantic import BaseModel, ConfigDict, ValidationError

from mzi_bridge.errors import ContractError
from mzi_bridge.moodle.client import MoodleClient
from mzi_bridge.moodle.errors import FileRefused, MoodleRefused
from mzi_bridge.moodle.request_file import RequestFile, content_of

Arguments = Mapping[str, str | int]
Action = Literal[
    "inserted", "updated", "unchanged", "differs", "stale", "deleted", "held", "rejected"
]
Brake = Literal["on", "hold", "confirmed"]
MAX_ROWS = 500
MAX_MANIFEST = 5000


class WriteOptions(msgspec.Struct, frozen=True):
    """How a batch is to be written.

    `closing` names values by column: an update that brings a column from any other value to
    one of these is a closing change, and so is a tombstone on a living row. Of those the
    plugin applies so many of an entity within an hour; the rest is `held`. `brake`: `hold`
    holds all of them, `confirmed` applies them all and counts none. `rewrite` writes a row
    whose content has not changed all the same.
    """

    brake: Brake = "on"
    closing: Mapping[str, Sequence[str]] = msgspec.field(default_factory=dict)
    rewrite: bool = False

    def as_json(self) -> str:
        return encode(asdict(self))


AS_USUAL = WriteOptions()


class _Answer(BaseModel):
    # Built for the first answer of its kind.
    model_config = ConfigDict(
        frozen=True, extra="ignore", hide_input_in_errors=True, defer_build=True
    )


class RowError(_Answer):
    field: str
    code: str
    message: str


class RowAnswer(_Answer):
    """What became of one row; `index` is its place in the call."""

    index: int
    id: str
    action: Action
    errors: tuple[RowError, ...] = ()


class _RowAnswers(_Answer):
    count: int
    results: tuple[RowAnswer, ...]


@dataclass(frozen=True)
class PhotoRow:
    """A student's photo as the CRM had it at `read_time` (epoch seconds by its clock).

    `content_hash` is the SHA-256 of the picture, None where there is none; `image` the picture,
    None to say no more than that the one with this hash still counts.
    """

    zoho_student_id: str
    read_time: int
    content_hash: str | None
    image: bytes | None = field(default=None, repr=False)

    def as_row(self) -> Mapping[str, Any]:
        row = {
            "zoho_student_id": self.zoho_student_id,
            "read_time": self.read_time,
            "content_hash": self.content_hash,
        }
        return row if self.image is None else {**row, "image": b64encode(self.image).decode()}


class ManifestRow(_Answer):
    id: str
    modified_time: int
    content_hash: str
    deleted_at: int | None = None
    linked: bool | None = None
    """Whether the person has a Moodle user; None where the entity has none."""


class ManifestPage(_Answer):
    rows: tuple[ManifestRow, ...]
    next: str


class EntityCount(_Answer):
    entity: str
    rows: int
    deleted: int
    unlinked: int
    closings: int = 0
    """Closing changes that counted against the brake within the last hour."""


class BrakeNumbers(_Answer):
    """Most closing changes of an entity within an hour: `minimum`, or `percent` of its rows."""

    minimum: int
    percent: int


class OutboxCounts(_Answer):
    """Events noted in Moodle: `queued` the bridge has not got, `oldest` since when (epoch s, 0
    for none); `failed` were given up."""

    queued: int
    waiting: int
    failed: int
    oldest: int


class PluginStatus(_Answer):
    plugin_version: int
    release: str
    moodle_version: str
    contract_version: int
    server_time: int
    max_records: int
    max_input_vars: int
    post_max_bytes: int
    counts: tuple[EntityCount, ...]
    functions: tuple[str, ...]
    user_matching: tuple[str, ...]
    brake: BrakeNumbers
    outbox: OutboxCounts | None = None


class _Rows(_Answer):
    rows: str


class _Contract(_Answer):
    contract: str


class _Dashboard(_Answer):
    dashboard: str


class _File(_Answer):
    filename: str
    mimetype: str
    content: str


class SiteInfo(_Answer):
    """The part of core_webservice_get_site_info that is read here; `siteurl` is the wwwroot."""

    sitename: str
    siteurl: str = ""
    username: str
    release: str
    functions: tuple[Mapping[str, Any], ...] = ()


AnswerT = TypeVar("AnswerT", bound=_Answer)


class MoodleFunctions:
    """Raises the errors of `moodle.errors`; ContractError where an answer has another shape.

    No error carries its cause: pydantic's and the JSON decoder's keep the answer, and with it
    stored rows.
    """

    def __init__(self, client: MoodleClient) -> None:
        self._client = client

    async def upsert(
        self, entity: str, rows: Sequence[Mapping[str, Any]], options: WriteOptions = AS_USUAL
    ) -> tuple[RowAnswer, ...]:
        """Writes at most `MAX_ROWS` rows; one answer per row, in their order."""
        function = f"local_mzi_upsert_{entity}"
        arguments: Arguments = {
            "records": encode(list(rows)),
            "count": len(rows),
            "options": options.as_json(),
        }
        answers = await self._ask(function, arguments, _RowAnswers)
        return _in_order(function, answers, len(rows))

    async def confirm_rows(
        self, entity: str, rows: Sequence[Mapping[str, Any]]
    ) -> tuple[bool, ...]:
        """Asks of at most `MAX_ROWS` rows, of which key and versions are enough, whether they
        stand as they are, in their order. Those that do were treated as by an upsert; with the
        others nothing was done."""
        function = "local_mzi_confirm_rows"
        arguments: Arguments = {
            "entity": entity,
            "records": encode(list(rows)),
            "count": len(rows),
        }
        answers = await self._ask(function, arguments, _RowAnswers)
        others = {answer.index for answer in answers.results}
        if answers.count != len(rows) or not others <= set(range(len(rows))):
            raise _misshapen(function)
        return tuple(place not in others for place in range(len(rows)))

    async def delete_records(
        self,
        entity: str,
        deletions: Sequence[tuple[str, int]],
        options: WriteOptions = AS_USUAL,
    ) -> tuple[RowAnswer, ...]:
        """Sets tombstones: pairs of (CRM id, epoch seconds of the deletion by the CRM's clock)."""
        function = "local_mzi_delete_records"
        arguments = {
            "entity": entity,
            "ids": encode([record_id for record_id, _ in deletions]),
            "versions": encode([version for _, version in deletions]),
            "options": options.as_json(),
        }
        answers = await self._ask(function, arguments, _RowAnswers)
        return _in_order(function, answers, len(deletions))

    async def set_photos(self, photos: Sequence[PhotoRow]) -> tuple[RowAnswer, ...]:
        """Hands over photos of different students; one answer each, in their order. A picture
        that Moodle lacks and that was not sent is `rejected` with `image_needed`."""
        function = "local_mzi_set_photo"
        rows = [photo.as_row() for photo in photos]
        arguments: Arguments = {"photos": encode(rows), "count": len(rows)}
        return _in_order(function, await self._ask(function, arguments, _RowAnswers), len(rows))

    async def confirm_requests(
        self, requests: Sequence[tuple[str, str, str]]
    ) -> tuple[RowAnswer, ...]:
        """Tells Moodle the records of its requests: number, CRM id of the student, CRM id. One
        answer each, in their order: updated, unchanged or rejected."""
        function = "local_mzi_confirm_requests"
        names = ("request_number", "zoho_student_id", "zoho_request_id")
        rows = [dict(zip(names, request, strict=True)) for request in requests]
        arguments: Arguments = {"records": encode(rows), "count": len(rows)}
        return _in_order(function, await self._ask(function, arguments, _RowAnswers), len(rows))

    async def request_file(self, requestid: int, contenthash: str) -> RequestFile:
        """A file of a request by its SHA-1. Raises FileRefused if the request has no such file,
        or it is over 20 MB."""
        function = "local_mzi_get_request_file"
        arguments: Arguments = {"requestid": requestid, "contenthash": contenthash}
        try:
            answer = await self._ask(function, arguments, _File)
        except MoodleRefused as refused:
            # In the same words Moodle says that it has no such function.
            if refused.reason != "invalidrecord" or function not in (await self.status()).functions:
                raise
            raise FileRefused("Moodle has no such file.", reason="file_gone") from None
        content = content_of(answer.content, contenthash)
        if content is None:
            raise _misshapen(function)
        return RequestFile(answer.filename, answer.mimetype, content)

    async def student_dashboard(self, user_id: int) -> dict[str, Any]:
        """What the pages show of the newest student record of a Moodle user. Raises
        UnknownStudent."""
        function = "local_mzi_get_student_dashboard"
        answer = await self._ask(function, {"userid": user_id}, _Dashboard)
        dashboard = _decode(function, answer.dashboard)
        if not isinstance(dashboard, dict):
            raise _misshapen(function)
        return dashboard

    async def manifest(
        self, entity: str, after: str = "", limit: int = MAX_MANIFEST
    ) -> ManifestPage:
        """Ids and versions after `after`, ordered by id; `next` is empty at the end."""
        arguments: Arguments = {"entity": entity, "after": after, "limit": limit}
        return await self._ask("local_mzi_get_manifest", arguments, ManifestPage)

    async def rows(self, entity: str, ids: Sequence[str]) -> list[dict[str, Any]]:
        """The stored rows of at most `MAX_ROWS` CRM ids; unknown ids are missing."""
        function = "local_mzi_get_rows"
        arguments = {"entity": entity, "ids": encode(list(ids))}
        answer = await self._ask(function, arguments, _Rows)
        rows = _decode(function, answer.rows)
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise _misshapen(function)
        return rows

    async def status(self) -> PluginStatus:
        return await self._ask("local_mzi_get_status", {}, PluginStatus)

    async def contract(self) -> dict[str, Any]:
        """The plugin's entities, columns and types as it has them now."""
        function = "local_mzi_get_contract"
        contract = _decode(function, (await self._ask(function, {}, _Contract)).contract)
        if not isinstance(contract, dict):
            raise _misshapen(function)
        return contract

    async def site_info(self) -> SiteInfo:
        return await self._ask("core_webservice_get_site_info", {}, SiteInfo)

    async def _ask(self, function: str, arguments: Arguments, shape: type[AnswerT]) -> AnswerT:
        answer = await self._client.call(function, arguments)
        try:
            return shape.model_validate(answer)
        except ValidationError:
            raise _misshapen(function) from None


def encode(value: object) -> str:
    """The JSON text of a parameter, in the fewest bytes."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _decode(function: str, text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise _misshapen(function) from None


def _in_order(function: str, answers: _RowAnswers, sent: int) -> tuple[RowAnswer, ...]:
    if [answer.index for answer in answers.results] != list(range(sent)):
        raise _misshapen(function)
    return answers.results


def _misshapen(function: str) -> ContractError:
    return ContractError(
        f"The answer of {function} has not the agreed shape.",
        reason="contract_broken",
        fix="Are bridge and plugin of the same release? mzi doctor compares them.",
    )
