"""What the shipped presets are and say."""

from __future__ import annotations

from pathlib import Path

import pytest

from mzi_bridge.mapping import load_preset, shipped_presets
from mzi_bridge.mapping.preset import ModuleMapping
from mzi_bridge.mapping.shipped import find_preset

ENTITIES = {
    "students": "BTEC_Students",
    "programs": "Products",
    "registrations": "BTEC_Registrations",
    "payments": "BTEC_Payments",
    "teachers": "BTEC_Teachers",
    "units": "BTEC",
    "classes": "BTEC_Classes",
    "enrollments": "BTEC_Enrollments",
    "grades": "BTEC_Grades",
    "requests": "BTEC_Student_Requests",
}


def test_two_presets_are_shipped() -> None:
    assert shipped_presets() == ("btec", "guide")


@pytest.mark.parametrize("name", ["btec", "guide"])
def test_a_preset_fills_all_ten_entities(name: str) -> None:
    preset = load_preset(name)
    found = {entity: preset.module_for(entity) for entity in ENTITIES}
    assert {e: m.module if m else None for e, m in found.items()} == ENTITIES
    assert preset.module_for("pets") is None
    assert preset.name == name and preset.description


@pytest.mark.parametrize("name", ["btec", "guide"])
def test_only_modules_with_subforms_are_read_one_by_one(name: str) -> None:
    preset = load_preset(name)
    needing = {m.entity for m in preset.modules.values() if m.needs_subform}
    assert needing == {"registrations", "units", "grades", "requests"}


def test_source_fields_are_the_records_own_fields_without_its_id() -> None:
    registrations = load_preset("btec").modules["BTEC_Registrations"]
    assert registrations.source_fields == {
        *("Name", "Student_ID", "Program", "Registration_Status", "Registration_Date"),
        *("Program_Price", "Remaining_Amount", "Currency", "Discount_Percentage", "Study_Mode"),
        *("Study_Language", "Intake", "Payment_Schedule", "Modified_Time"),
    }
    assert registrations.subforms["Payment_Schedule"] == {
        *("id", "Installment_No", "Due_Date", "Installment_Amount"),
        *("Installment_Status", "Paid_Date"),
    }
    assert registrations.child_keys == {"installments": "zoho_installment_id"}


def test_the_units_read_every_criterion_from_form_and_subform() -> None:
    units = load_preset("btec").modules["BTEC"]
    assert {"P10_description", "M9_description", "D6_description"} <= units.source_fields
    assert "P11_description" not in units.source_fields
    assert units.subforms == {
        "BTEC_Grading_Template_P1": {f"P{n}_description" for n in range(11, 21)}
    }


@pytest.mark.parametrize("name", ["btec", "guide"])
def test_no_preset_reads_a_password(name: str) -> None:
    for mapping in load_preset(name).modules.values():
        assert not [field for field in mapping.source_fields if "assword" in field]


def test_btec_never_reads_the_private_address_of_a_student() -> None:
    assert "Email" not in load_preset("btec").modules["BTEC_Students"].source_fields


def test_the_photo_is_a_field_only_in_the_guide() -> None:
    def columns(mapping: ModuleMapping) -> set[str]:
        return {column.name for column in mapping.columns}

    assert "profile_picture_url" not in columns(load_preset("btec").modules["BTEC_Students"])
    assert "profile_picture_url" in columns(load_preset("guide").modules["BTEC_Students"])


def test_a_preset_is_found_by_name_and_by_path() -> None:
    by_name = find_preset("btec")
    assert by_name.is_file() and by_name.name == "btec.toml"
    assert find_preset("other/own.toml") == Path("other/own.toml")
    assert find_preset(Path("btec")) == Path("btec")


def test_in_a_wheel_the_presets_lie_inside_the_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "presets").mkdir()
    (tmp_path / "presets" / "wheel.toml").write_text("", encoding="utf-8")
    monkeypatch.setattr("mzi_bridge.mapping.shipped.files", lambda package: tmp_path)
    assert shipped_presets() == ("wheel",)
    assert find_preset("wheel") == tmp_path / "presets" / "wheel.toml"
