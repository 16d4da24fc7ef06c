"""Small files that students hand in, made here."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

from pypdf import PdfWriter


def picture(folder: Path, name: str = "picture.png", side: int = 400) -> Path:
    """A PNG with `side` pixels on each side, shading from dark to light."""
    shades = (bytes((x + y) * 255 // (2 * side) for x in range(side)) for y in range(side))
    rows = b"".join(b"\0" + row for row in shades)
    size = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    chunks = (b"IHDR", size), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")
    file = folder / name
    file.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks))
    return file


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def receipt(folder: Path) -> Path:
    file = folder / "receipt ٢.pdf"
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    writer.write(file)
    return file


def disguised(folder: Path) -> Path:
    """A page with a script that calls itself a PDF."""
    file = folder / "disguised.pdf"
    file.write_text("<html><script>window.pwned=1</script></html>")
    return file
