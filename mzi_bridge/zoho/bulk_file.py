"""The file of a finished bulk read: a zip with one CSV of ids and times.

Nothing in it is believed unread: how large it becomes, how many files it holds, its header,
its ids and times are checked, and no name in it is used as a path.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from msgspec import Struct

from mzi_bridge.zoho.errors import BadAnswer, UnexpectedAnswer
from mzi_bridge.zoho.times import epoch

ZIP_LIMIT = 32 * 1024 * 1024
CSV_LIMIT = 128 * 1024 * 1024
"""Bytes: 200,000 rows of an id and a time are about 10 MB, and a fifth of that zipped."""

_ENTRY = b"PK\x01\x02"
_ENTRIES = 16
_ID = re.compile(r"[0-9]{1,30}", re.ASCII)


class VersionRows(Struct, frozen=True):
    """Record id to modified time in epoch seconds, and how many rows the file had."""

    versions: dict[str, int]
    rows: int


def read_versions(content: bytes, time_field: str | None, *, limit: int = CSV_LIMIT) -> VersionRows:
    """Reads the CSV in a zip. An id that comes twice keeps its later time; an empty time, or
    every time without a `time_field`, is 0.

    Raises BadAnswer for a damaged file, UnexpectedAnswer for one that is not what was asked.
    """
    with _named_faults(), zipfile.ZipFile(_checked(content)) as archive:
        files = [entry for entry in archive.infolist() if not entry.is_dir()]
        if len(files) != 1:
            raise UnexpectedAnswer(f"The bulk read's zip holds {len(files)} files, not one.")
        if files[0].file_size > limit:
            raise UnexpectedAnswer(f"The bulk read's CSV has more than {limit} bytes.")
        with archive.open(files[0]) as file:
            return _rows(file, time_field)


def _checked(content: bytes) -> IO[bytes]:
    # The directory of a zip is read whole: a million entries would fill the memory.
    if content.count(_ENTRY) > _ENTRIES:
        raise UnexpectedAnswer("The bulk read's zip holds many files, not one.")
    return io.BytesIO(content)


def _rows(file: IO[bytes], time_field: str | None) -> VersionRows:
    reader = csv.reader(io.TextIOWrapper(file, encoding="utf-8-sig", newline=""), strict=True)
    header = [name.strip().casefold() for name in next(reader, [])]
    key, time = _column(header, "id"), _column(header, time_field) if time_field else None
    versions: dict[str, int] = {}
    rows = 0
    for row in reader:
        if not row:
            continue
        if len(row) != len(header):
            raise UnexpectedAnswer("A row of the bulk read's CSV does not fit its header.")
        if not _ID.fullmatch(row[key]):
            raise UnexpectedAnswer("A row of the bulk read's CSV has no id.")
        rows += 1
        version = epoch(row[time]) if time is not None and row[time] else 0
        versions[row[key]] = max(version, versions.get(row[key], 0))
    return VersionRows(versions, rows)


def _column(header: list[str], name: str) -> int:
    if header.count(name.casefold()) != 1:
        raise UnexpectedAnswer(f"The bulk read's CSV has no single column {name}.")
    return header.index(name.casefold())


@contextmanager
def _named_faults() -> Iterator[None]:
    """Causes stay out of the traceback: a decoding error quotes the row it failed at."""
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, EOFError):
        raise BadAnswer("The file of the bulk read is no whole zip.") from None
    except (NotImplementedError, RuntimeError):
        raise UnexpectedAnswer("The bulk read's zip is encrypted or packed unreadably.") from None
    except UnicodeDecodeError:
        raise UnexpectedAnswer("The bulk read's CSV is not UTF-8.") from None
    except csv.Error:
        raise UnexpectedAnswer("The bulk read's CSV cannot be parsed.") from None
