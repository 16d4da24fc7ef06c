from __future__ import annotations

from tests.unit.cli.desk import Mzi


def test_every_known_photo_is_looked_at_again(mzi: Mzi) -> None:
    assert mzi("sync", "full", "--module", "students").code == 0
    said = mzi("photos")
    assert (said.code, said.out) == (0, "3 photos will be looked at again.\n")


def test_without_photos_there_is_nothing_to_look_at(mzi: Mzi) -> None:
    assert mzi("sync", "full", "--module", "students", MZI_PHOTOS="false").code == 0
    assert mzi("photos", MZI_PHOTOS="false").out == "0 photos will be looked at again.\n"
