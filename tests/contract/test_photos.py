"""Photos of students: the same rules on the emulator and on every real Moodle."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

import pytest

from mzi_bridge.sandbox.sample.pictures import png, portrait
from tests.support.contract import NOW, row
from tests.support.moodle_records import new_ids
from tests.support.real_moodle import Rest

SET_PHOTO = "local_mzi_set_photo"
MOST_BYTES = 2 * 1024 * 1024


def photo(student: str, image: bytes | None, read_time: int = NOW, **other: Any) -> dict[str, Any]:
    digest = None if image is None else hashlib.sha256(image).hexdigest()
    text = None if image is None else base64.b64encode(image).decode()
    sent = {"zoho_student_id": student, "read_time": read_time, "content_hash": digest}
    return {**sent, "image": text}


def known(student: str, image: bytes, read_time: int = NOW) -> dict[str, Any]:
    return {k: v for k, v in photo(student, image, read_time).items() if k != "image"}


def send(rest: Rest, *photos: Any) -> list[str]:
    """What became of each, with its faults."""
    answer = rest.call(SET_PHOTO, photos=json.dumps(list(photos)), count=len(photos))
    assert "results" in answer, answer
    assert answer["count"] == len(photos)
    assert [result["index"] for result in answer["results"]] == list(range(len(photos)))
    return [_told(result) for result in answer["results"]]


def _told(result: dict[str, Any]) -> str:
    faults = sorted(f"{error['field']}:{error['code']}" for error in result["errors"])
    return " ".join([result["action"], *faults])


@pytest.fixture
def student(rest: Rest) -> str:
    [zoho_id] = new_ids(1)
    [result] = rest.upsert("students", [row("students", zoho_id)])
    assert result["action"] == "inserted"
    return zoho_id


def test_a_photo_is_stored_kept_replaced_and_taken_away(rest: Rest, student: str) -> None:
    steps = [
        (photo(student, portrait(1)), "inserted"),
        (photo(student, portrait(1)), "unchanged"),
        (known(student, portrait(1), NOW + 1), "unchanged"),
        (photo(student, portrait(2), NOW + 2), "updated"),
        (known(student, portrait(1), NOW + 3), "rejected image:image_needed"),
        (photo(student, None, NOW + 4), "updated"),
        (photo(student, None, NOW + 5), "unchanged"),
        (photo(student, portrait(1), NOW + 6), "inserted"),
    ]
    assert [send(rest, sent) for sent, _ in steps] == [[told] for _, told in steps]


def test_what_was_read_earlier_is_stale(rest: Rest, student: str) -> None:
    assert send(rest, photo(student, portrait(1), NOW + 10)) == ["inserted"]
    assert send(rest, photo(student, portrait(2), NOW + 9)) == ["stale"]
    assert send(rest, photo(student, None, NOW + 9)) == ["stale"]
    assert send(rest, known(student, portrait(1), NOW + 20)) == ["unchanged"]
    assert send(rest, photo(student, portrait(2), NOW + 19)) == ["stale"]
    assert send(rest, photo(student, portrait(2), NOW + 20)) == ["updated"]


def test_none_at_no_time_asks_whether_there_is_one_and_takes_none_away(
    rest: Rest, student: str
) -> None:
    assert send(rest, photo(student, None, 0)) == ["unchanged"]
    assert send(rest, photo(student, portrait(1))) == ["inserted"]
    assert send(rest, photo(student, None, 0)) == ["stale"]
    assert send(rest, known(student, portrait(1), NOW + 1)) == ["unchanged"]
    assert send(rest, photo(student, None, NOW + 2)) == ["updated"]
    assert send(rest, photo(student, None, 0)) == ["unchanged"]


def test_writing_the_student_does_not_touch_the_photo(rest: Rest, student: str) -> None:
    assert send(rest, photo(student, portrait(1))) == ["inserted"]
    changed = row("students", student, at=NOW + 5, city="Other")
    [result] = rest.upsert("students", [changed])
    assert result["action"] == "updated"
    assert send(rest, known(student, portrait(1), NOW + 6)) == ["unchanged"]


def test_no_photo_without_a_living_student(rest: Rest, student: str) -> None:
    [stranger] = new_ids(1)
    unknown = "rejected zoho_student_id:unknown_student"
    assert send(rest, photo(stranger, portrait(1)), photo(stranger + "x", None)) == [unknown] * 2
    [deleted] = rest.delete("students", [student], [NOW + 5], brake="confirmed")
    assert deleted["action"] == "deleted"
    gone = "rejected zoho_student_id:deleted_student"
    assert send(rest, photo(student, portrait(1), NOW + 9)) == [gone]
    assert send(rest, photo(student, None, NOW + 9)) == [gone]


def test_a_restored_student_has_the_photo_again(rest: Rest, student: str) -> None:
    send(rest, photo(student, portrait(1)))
    rest.delete("students", [student], [NOW + 5], brake="confirmed")
    [result] = rest.upsert("students", [row("students", student, read=NOW + 9)])
    assert result["action"] == "updated"
    assert send(rest, known(student, portrait(1), NOW + 10)) == ["unchanged"]


FAULTY = [
    ({"zoho_student_id": None}, "zoho_student_id:required"),
    ({"zoho_student_id": "a b"}, "zoho_student_id:invalid_value"),
    ({"zoho_student_id": 5}, "zoho_student_id:wrong_type"),
    ({"read_time": None}, "read_time:required"),
    ({"read_time": "1"}, "read_time:wrong_type"),
    ({"read_time": -1}, "read_time:out_of_range"),
    ({"content_hash": "x"}, "content_hash:invalid_value image:invalid_value"),
    ({"content_hash": None}, "image:invalid_value"),
    ({"content_hash": "0" * 64}, "image:invalid_value"),
    ({"image": 5}, "image:wrong_type"),
    ({"image": ""}, "image:invalid_value"),
    ({"image": "***"}, "image:invalid_value"),
    ({"image": base64.b64encode(bytes(MOST_BYTES + 1)).decode()}, "image:too_large"),
    ({"photo": 1}, "photo:unknown_field"),
]


@pytest.mark.parametrize(("other", "faults"), FAULTY)
def test_a_faulty_row_is_named_and_spares_the_others(
    rest: Rest, student: str, other: dict[str, Any], faults: str
) -> None:
    [stranger] = new_ids(1)
    faulty = {**photo(stranger, portrait(2)), **other}
    assert send(rest, faulty, photo(student, portrait(1))) == [f"rejected {faults}", "inserted"]


def test_what_is_no_object_or_lacks_its_hash_is_refused(rest: Rest, student: str) -> None:
    bare = {"zoho_student_id": student}
    assert send(rest, "photo", bare) == [
        "rejected :wrong_type",
        "rejected content_hash:required read_time:required",
    ]


def test_the_same_student_twice_in_a_call_is_refused_once(rest: Rest, student: str) -> None:
    assert send(rest, photo(student, portrait(1)), photo(student, portrait(2))) == [
        "inserted",
        "rejected zoho_student_id:duplicate",
    ]


BOMB = png(1, 1, b"\0rgb")[:16] + (60_000).to_bytes(4) * 2 + b"\x08\x02\0\0\0"


@pytest.mark.parametrize(
    ("image", "code"),
    [
        (b"%PDF-1.7", "not_an_image"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not_an_image"),
        (b"BM" + bytes(100), "not_an_image"),
        (BOMB, "too_many_pixels"),
    ],
)
def test_only_pictures_of_a_sane_size_are_taken(
    rest: Rest, student: str, image: bytes, code: str
) -> None:
    assert send(rest, photo(student, image)) == [f"rejected image:{code}"]
    assert send(rest, photo(student, portrait(1))) == ["inserted"]


def test_the_largest_picture_passes(rest: Rest, student: str) -> None:
    image = portrait(1)
    image += bytes(MOST_BYTES - len(image))
    assert send(rest, photo(student, image)) == ["inserted"]


@pytest.mark.parametrize(
    ("photos", "count", "code"),
    [
        ("{", 0, "invalidjson"),
        ("{}", 0, "invalidjson"),
        ("[]", 1, "countmismatch"),
        ("[" + ",".join(["1"] * 501) + "]", 501, "toomanyrecords"),
    ],
)
def test_a_faulty_call_is_refused_as_a_whole(
    rest: Rest, photos: str, count: int, code: str
) -> None:
    assert rest.call(SET_PHOTO, photos=photos, count=count)["errorcode"] == code


def test_only_the_bridge_may_set_photos(rest: Rest) -> None:
    answer = rest.call(SET_PHOTO, token=rest.site.weak_token, photos="[]", count=0)
    assert answer["errorcode"] == "nopermissions"
