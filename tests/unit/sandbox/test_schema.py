from __future__ import annotations

import pytest

from mzi_bridge.sandbox.schema import CrmSchema, FieldSpec, ModuleSpec, SubformSpec


def module(*fields: FieldSpec, api_name: str = "M", name_field: str = "") -> ModuleSpec:
    form = SubformSpec("Rows", (FieldSpec("A", "A", "text"),))
    return ModuleSpec(api_name, "m", "ms", "custom", fields, (form,), name_field=name_field)


def test_a_module_knows_its_subform_fields_and_display_field() -> None:
    first, rows = FieldSpec("A", "A", "text"), FieldSpec("R", "R", "subform", subform="Rows")
    spec = module(first, rows)
    assert spec.subform_fields == ((rows, spec.subforms[0]),)
    assert spec.display_field == "A"
    assert module(first, FieldSpec("Name", "N", "text")).display_field == "Name"
    assert module(first, name_field="A").display_field == "A"


@pytest.mark.parametrize(
    ("key", "fields", "fault"),
    [
        ("N", (), "filed under another name"),
        ("M", (FieldSpec("A", "", "text"), FieldSpec("A", "", "text")), "M.A is there twice"),
        ("M", (FieldSpec("A", "", "subform", subform="X"),), "unknown subform, X"),
        ("M", (FieldSpec("A", "", "lookup", lookup="X"),), "unknown module, X"),
    ],
)
def test_a_schema_that_contradicts_itself_is_refused(
    key: str, fields: tuple[FieldSpec, ...], fault: str
) -> None:
    with pytest.raises(ValueError, match=fault):
        CrmSchema({key: module(*fields)})
