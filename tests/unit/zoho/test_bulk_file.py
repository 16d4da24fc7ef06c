from __future__ import annotations

import io
import zipfile

import pytest

from mzi_bridge.zoho.bulk_file import read_versions
from mzi_bridge.zoho.errors import BadAnswer, UnexpectedAnswer

HEADER = "Id,Modified_Time\r\n"
FIRST = "7300000000001000001,2026-05-14T11:36:10+03:00\r\n"


def zipped(*files: str | bytes) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, text in enumerate(files):
            archive.writestr(f"../{number}.csv", text)
    return content.getvalue()


def test_ids_and_times_are_read_as_epoch_seconds() -> None:
    second = "7300000000001000002,2026-05-14T08:36:11Z\r\n"
    found = read_versions(zipped(HEADER + FIRST + second), "Modified_Time")
    assert found.versions == {
        "7300000000001000001": 1_778_747_770,
        "7300000000001000002": 1_778_747_771,
    }
    assert found.rows == 2


def test_columns_are_found_by_name_whatever_their_place_case_and_mark() -> None:
    text = "\ufeffmodified_time, ID ,Name\n2026-05-14T11:36:10+03:00,1,طالب\n"
    assert read_versions(zipped(text), "Modified_Time").versions == {"1": 1_778_747_770}


def test_an_id_that_comes_twice_keeps_its_later_time_and_counts_twice() -> None:
    later = "7300000000001000001,2026-05-14T11:36:12+03:00\r\n"
    for rows in (FIRST + later, later + FIRST):
        found = read_versions(zipped(HEADER + rows), "Modified_Time")
        assert found.versions == {"7300000000001000001": 1_778_747_772}
        assert found.rows == 2


def test_a_module_without_a_modified_time_has_version_nought() -> None:
    text = "Id,Created_Time\r\n5,2026-05-14T11:36:10+03:00\r\n"
    assert read_versions(zipped(text), None).versions == {"5": 0}


def test_an_empty_module_is_a_header_alone() -> None:
    assert read_versions(zipped(HEADER), "Modified_Time").versions == {}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html>",
        zipped(HEADER + FIRST * 9)[:-30],
        zipped(HEADER + FIRST).replace(b"PK\x03\x04", b"PK\x03\x05"),
    ],
    ids=["empty", "a page", "cut short", "spoilt"],
)
def test_a_damaged_file_is_tried_again(content: bytes) -> None:
    with pytest.raises(BadAnswer):
        read_versions(content, "Modified_Time")


def test_a_flipped_byte_is_noticed() -> None:
    content = bytearray(zipped(HEADER + "".join(f"{n},\r\n" for n in range(500))))
    content[len(content) // 2] ^= 0xFF
    with pytest.raises(BadAnswer):
        read_versions(bytes(content), "Modified_Time")


@pytest.mark.parametrize(
    "files",
    [
        (),
        (HEADER + FIRST, HEADER + FIRST),
        ("",),
        ("Id,Name\r\n" + FIRST,),
        ("Id,Id,Modified_Time\r\n",),
        ("Name,Modified_Time\r\n",),
        (HEADER + "7300000000001000001\r\n",),
        (HEADER + "no id,2026-05-14T11:36:10+03:00\r\n",),
        (HEADER + "5,14.05.2026 11:36\r\n",),
        (HEADER + "5,2026-05-14T11:36:10\r\n",),
        (HEADER.encode() + b"5,\xff\xfe\r\n",),
        (HEADER + '5,"unclosed\r\n',),
    ],
    ids=[
        "no file",
        "two files",
        "no header",
        "no time column",
        "two id columns",
        "no id column",
        "short row",
        "no id",
        "local time",
        "no zone",
        "encoding",
        "quote",
    ],
)
def test_what_was_not_asked_for_is_refused(files: tuple[str | bytes, ...]) -> None:
    with pytest.raises(UnexpectedAnswer) as caught:
        read_versions(zipped(*files), "Modified_Time")
    assert "7300000000001000001" not in str(caught.value)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_a_zip_bomb_is_not_unpacked() -> None:
    bomb = zipped(HEADER + "\n" * 2_000_000)
    assert len(bomb) < 10_000
    with pytest.raises(UnexpectedAnswer, match="more than 1000000 bytes"):
        read_versions(bomb, "Modified_Time", limit=1_000_000)


def test_a_size_that_lies_does_not_let_more_through() -> None:
    content = bytearray(zipped(HEADER + "5,\r\n" * 100_000))
    size = len(HEADER + "5,\r\n" * 100_000).to_bytes(4, "little")
    assert content.count(size) == 2
    lying = bytes(content).replace(size, (1000).to_bytes(4, "little"))
    with pytest.raises(BadAnswer):
        read_versions(lying, "Modified_Time", limit=2000)


def test_a_zip_of_thousands_of_entries_is_not_listed() -> None:
    with pytest.raises(UnexpectedAnswer, match="many files"):
        read_versions(zipped(*[HEADER] * 40), "Modified_Time")
