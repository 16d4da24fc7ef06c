from __future__ import annotations

import pytest

from mzi_bridge.errors import OperatorError
from mzi_bridge.mapping import load_preset
from mzi_bridge.sandbox.sample import SCHEMA_NAMES, schema

MODULES = {
    "BTEC_Students",
    "Products",
    "BTEC_Registrations",
    "BTEC_Payments",
    "BTEC_Teachers",
    "BTEC",
    "BTEC_Classes",
    "BTEC_Enrollments",
    "BTEC_Grades",
    "BTEC_Student_Requests",
}
SYSTEM = {"id", "Owner", "Created_Time", "Modified_Time", "Created_By", "Modified_By"}


@pytest.mark.parametrize("name", SCHEMA_NAMES)
def test_each_school_has_the_ten_modules_and_the_standard_ones(name: str) -> None:
    assert set(schema(name).modules) == MODULES | {"Leads", "Contacts"}


@pytest.mark.parametrize("name", SCHEMA_NAMES)
def test_each_field_that_the_preset_maps_exists(name: str) -> None:
    modules = schema(name).modules
    for mapping in load_preset(name).modules.values():
        module = modules[mapping.module]
        known = set(module.by_name) | SYSTEM
        assert mapping.source_fields <= known, (mapping.module, mapping.source_fields - known)


@pytest.mark.parametrize("name", SCHEMA_NAMES)
def test_what_must_not_be_mapped_is_there_to_be_refused(name: str) -> None:
    assert "Academic_Password" in schema(name).modules["BTEC_Students"].by_name


def test_the_private_address_stands_beside_the_academic_one() -> None:
    students = schema("btec").modules["BTEC_Students"].by_name
    assert {"Email", "Academic_Email"} <= set(students)


def test_the_linking_module_has_no_modified_time() -> None:
    module = schema("btec").modules["BTEC_Enrollments"]
    assert (module.generated_type, module.has_modified_time) == ("linking", False)


def test_every_picklist_has_values_and_nothing_else_has() -> None:
    for module in schema("btec").modules.values():
        fields = [*module.fields, *(f for form in module.subforms for f in form.fields)]
        for field in fields:
            choice = field.data_type in ("picklist", "multiselectpicklist")
            assert bool(field.picklist) is choice, (module.api_name, field.api_name)


def test_an_unknown_school_is_refused_with_the_known_ones() -> None:
    with pytest.raises(OperatorError, match="btec, guide") as caught:
        schema("other")
    assert caught.value.reason == "unknown_schema"
