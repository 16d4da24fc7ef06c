from __future__ import annotations

from tests.unit.cli.desk import Mzi


def test_show_tells_what_goes_where(mzi: Mzi) -> None:
    said = mzi("mappings", "show")
    assert said.code == 0
    assert "BTEC_Students → students (read in groups)" in said.out
    assert "BTEC_Registrations → registrations (read by id, for its subforms)" in said.out


def test_show_tells_which_values_close(mzi: Mzi) -> None:
    said = mzi("mappings", "show", "--module", "students")
    assert "    closing: status: Withdrawn, Dismissed, " in said.out


def test_show_one_module_by_either_name(mzi: Mzi) -> None:
    for name in ("BTEC_Payments", "payments"):
        said = mzi("mappings", "show", "--module", name)
        assert said.out.startswith("BTEC_Payments → payments")
        assert "BTEC_Students" not in said.out


def test_show_an_unknown_module_names_the_known(mzi: Mzi) -> None:
    said = mzi("mappings", "show", "--module", "aliens")
    assert said.code == 2 and "students" in said.err


def test_the_default_mapping_passes_its_check(mzi: Mzi) -> None:
    said = mzi("mappings", "check", "--json")
    assert said.code == 0
    assert not [f for f in said.json if f["severity"] == "error"]


def test_a_field_that_the_crm_lacks_fails_the_check_with_a_suggestion(mzi: Mzi) -> None:
    own = mzi.own_mapping('= "Phone_Number"', '= "Phone_Nummer"')
    said = mzi("mappings", "check", MZI_MAPPING=own)
    assert said.code == 1
    assert "Phone_Nummer" in said.out and "Phone_Number" in said.out


def test_a_broken_mapping_file_lists_its_faults(mzi: Mzi) -> None:
    own = mzi.own_mapping('transform = "strip"', 'transform = "stripe"')
    said = mzi("mappings", "show", MZI_MAPPING=own)
    assert said.code == 2
    assert "stripe" in said.err and "own.toml" in said.err


def test_show_tells_where_photos_are(mzi: Mzi) -> None:
    said = mzi("mappings", "show", "--module", "students")
    assert 'photo: the newest attachment with "Personal_photo" in its name' in said.out
