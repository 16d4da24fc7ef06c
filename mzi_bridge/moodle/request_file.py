"""A file of a student's request, as Moodle hands it over."""

from __future__ import annotations

import binascii
import hashlib
from base64 import b64decode
from dataclasses import dataclass, field


@dataclass(frozen=True)
class RequestFile:
    filename: str
    mimetype: str
    content: bytes = field(repr=False)


def content_of(text: str, contenthash: str) -> bytes | None:
    """The bytes, if they are those of this hash (SHA-1 in hex, Moodle's name of a file)."""
    try:
        content = b64decode(text, validate=True)
    except (ValueError, binascii.Error):
        return None
    digest = hashlib.sha1(content, usedforsecurity=False).hexdigest()
    return content if digest == contenthash else None
