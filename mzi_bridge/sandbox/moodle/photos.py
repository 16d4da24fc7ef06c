"""local_mzi_set_photo: the rules of the plugin; a picture is looked at by its first bytes only."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from typing import Any, Final

from mzi_bridge.sandbox.moodle.envelope import decode_list
from mzi_bridge.sandbox.moodle.results import Action, batch_answer, row_result
from mzi_bridge.sandbox.moodle.site import Site, StoredPhoto
from mzi_bridge.sandbox.moodle.validation import (
    Fault,
    RowError,
    Value,
    read_hash,
    read_key,
    read_time,
)

KEY: Final = "zoho_student_id"
FIELDS: Final = (KEY, "read_time", "content_hash", "image")
MOST_BYTES: Final = 2 * 1024 * 1024
MOST_PIXELS: Final = 25_000_000
_STARTS: Final = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a")
_REQUIRED: Final[Fault] = ("required", "must be given")


@dataclass
class SentPhoto:
    """`image` None: not sent; `content_hash` None: the student has no photo."""

    zoho_id: str
    read_time: int
    content_hash: str | None
    image: bytes | None
    errors: list[RowError]


def set_photo(site: Site, photos: str, count: int) -> dict[str, Any]:
    """One answer per photo, in order."""
    sent = [_read(row) for row in decode_list("photos", photos, site.contract.max_records, count)]
    seen: set[str] = set()
    results = []
    for index, photo in enumerate(sent):
        if photo.zoho_id and photo.zoho_id.lower() in seen:
            photo.errors = [RowError(KEY, "duplicate", "twice in one call")]
        seen.add(photo.zoho_id.lower())
        action = _apply(site, photo)
        results.append(row_result(index, photo.zoho_id, action, photo.errors))
    return batch_answer(results)


def _read(row: Any) -> SentPhoto:
    if not isinstance(row, dict):
        return SentPhoto("", 0, None, None, [RowError("", "wrong_type", "must be an object")])
    errors = [RowError(name, "unknown_field", "no such field") for name in row.keys() - {*FIELDS}]

    def part(name: str, value: Value) -> Any:
        if value[1] is not None:
            errors.append(RowError(name, *value[1]))
        return value[0]

    zoho_id = part(KEY, read_key(row.get(KEY))) or ""
    read_at = part("read_time", read_time(row.get("read_time"))) or 0
    digest = part("content_hash", _digest(row))
    image = part("image", _image(row.get("image"), digest))
    return SentPhoto(zoho_id, read_at, digest, image, errors)


def _digest(row: dict[str, Any]) -> Value:
    if "content_hash" not in row:
        return None, _REQUIRED
    return (None, None) if row["content_hash"] is None else read_hash(row["content_hash"])


def _image(text: Any, digest: str | None) -> Value:
    if text is None:
        return None, None
    if not isinstance(text, str):
        return None, ("wrong_type", "must be base64")
    if len(text) > (MOST_BYTES + 2) // 3 * 4:
        return None, ("too_large", f"at most {MOST_BYTES} bytes")
    try:
        image = base64.b64decode(text, validate=True)
    except ValueError:
        image = b""
    if not image:
        return None, ("invalid_value", "must be base64")
    if len(image) > MOST_BYTES:
        return None, ("too_large", f"at most {MOST_BYTES} bytes")
    if hashlib.sha256(image).hexdigest() != digest:
        return None, ("invalid_value", "content_hash must be its SHA-256")
    return image, None


def _apply(site: Site, photo: SentPhoto) -> Action:
    if not photo.errors and photo.image is not None:
        photo.errors += [RowError("image", *fault) for fault in _picture_faults(photo.image)]
    if photo.errors:
        return "rejected"
    student = site.tables["students"].get(photo.zoho_id)
    if student is None:
        return _refuse(photo, KEY, "unknown_student", "no such student yet")
    if student.deleted:
        return _refuse(photo, KEY, "deleted_student", "deleted in the CRM")
    stored = site.photos.get(photo.zoho_id)
    if photo.content_hash == (stored.content_hash if stored is not None else None):
        if stored is not None:
            stored.read_time = max(stored.read_time, photo.read_time)
        return "unchanged"
    if stored is not None and photo.read_time < stored.read_time:
        return "stale"
    if photo.content_hash is not None and photo.image is None:
        return _refuse(photo, "image", "image_needed", "not known here")
    site.photos[photo.zoho_id] = StoredPhoto(photo.content_hash, photo.read_time, photo.image)
    there = stored is not None and stored.image is not None
    return "updated" if there or photo.content_hash is None else "inserted"


def _picture_faults(image: bytes) -> list[Fault]:
    webp = image[:4] == b"RIFF" and image[8:12] == b"WEBP"
    if not (webp or image.startswith(_STARTS)):
        return [("not_an_image", "no JPEG, PNG, WebP or GIF")]
    if image.startswith(b"\x89PNG") and _pixels_of_png(image) > MOST_PIXELS:
        return [("too_many_pixels", f"at most {MOST_PIXELS} pixels")]
    return []


def _pixels_of_png(image: bytes) -> int:
    return int.from_bytes(image[16:20]) * int.from_bytes(image[20:24])


def _refuse(photo: SentPhoto, field: str, code: str, message: str) -> Action:
    photo.errors = [RowError(field, code, message)]
    return "rejected"
