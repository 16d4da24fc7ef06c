"""Where photos are: said in the mapping, checked when it is loaded."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mzi_bridge.mapping import PhotoSource, Preset, load_preset
from mzi_bridge.mapping.check import check_preset
from mzi_bridge.mapping.finding import Severity
from tests.unit.mapping.test_check import Field, contract, crm

Load = Callable[..., Preset]
Faults = Callable[..., list[str]]

STUDENTS = """
[modules.Things]
entity = "%s"
key = "zoho_thing_id"
columns = { zoho_thing_id = "id" }
photo = { %s }
"""


def students(load: Load, photo: str) -> Preset:
    return load(STUDENTS % ("students", photo))


@pytest.mark.parametrize(
    ("lines", "source"),
    [
        ('attachment = "me"', PhotoSource("me", record_image=False)),
        ('attachment = " me "', PhotoSource("me", record_image=False)),
        ("record_image = true", PhotoSource(None, record_image=True)),
        ('attachment = "me", record_image = true', PhotoSource("me", record_image=True)),
    ],
)
def test_a_photo_is_an_attachment_or_the_record_image(
    load: Load, lines: str, source: PhotoSource
) -> None:
    assert students(load, lines).modules["Things"].photo == source


def test_a_module_without_the_table_has_no_photos(load: Load) -> None:
    text = (STUDENTS % ("students", "x")).replace("photo = { x }", "")
    assert load(text).modules["Things"].photo is None


@pytest.mark.parametrize(
    ("lines", "fault"),
    [
        ("", "names no source: attachment"),
        ("record_image = false", "names no source: attachment"),
        ('attachment = ""', "attachment"),
        ('attachment = "  "', "attachment: must not be blank"),
        ("attachment = true", "attachment: a text in quotes was expected"),
        ('record_image = "yes"', "record_image: true or false was expected"),
        ('attachement = "me"', 'attachement: unknown key; did you mean "attachment"?'),
    ],
)
def test_a_faulty_table_is_named(faults_of: Faults, lines: str, fault: str) -> None:
    found = faults_of(STUDENTS % ("students", lines))
    assert any(f"modules.Things.photo.{fault}" in one or fault in one for one in found), found


def test_only_students_have_photos(faults_of: Faults) -> None:
    (found,) = faults_of(STUDENTS % ("things", "record_image = true"))
    assert found.endswith("only the module of students can have photos")


def test_the_name_counts_in_capitals_or_not() -> None:
    source = PhotoSource("Personal_photo", record_image=False)
    assert source.names("x PERSONAL_PHOTO (2).jpg")
    assert not source.names("Personal photo.jpg")
    assert not PhotoSource(None, record_image=True).names("Personal_photo.jpg")


def test_the_presets_say_where_photos_are() -> None:
    btec = load_preset("btec").modules["BTEC_Students"].photo
    assert btec == PhotoSource("Personal_photo", record_image=False)
    guide = load_preset("guide").modules["BTEC_Students"].photo
    assert guide == PhotoSource(None, record_image=True)


def test_photos_can_be_left_out_and_change_no_row(load: Load) -> None:
    preset = load_preset("btec")
    without = preset.without_photos()
    assert {mapping.photo for mapping in without.modules.values()} == {None}
    assert without.modules["BTEC_Students"].digest == preset.modules["BTEC_Students"].digest
    one = students(load, 'attachment = "a"').modules["Things"]
    other = students(load, 'attachment = "b"').modules["Things"]
    assert one.digest == other.digest


@pytest.mark.parametrize("listed", [True, False])
def test_a_record_image_the_crm_does_not_list_is_told(load: Load, listed: bool) -> None:
    preset = students(load, "record_image = true")
    fields = crm(Record_Image=Field("Record_Image", "profileimage") if listed else None)
    found = check_preset(preset, fields, contract())
    told = [f for f in found if f.key == "photo.record_image"]
    assert [f.severity for f in told] == ([] if listed else [Severity.INFO])
