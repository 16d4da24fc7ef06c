from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import force_setattr, replace

from mzi_bridge.mapping.write_rules import WriteField, WriteRows
from mzi_bridge.pipeline.check_mappings import check_mappings
from tests.support.world import MODULES, World


async def test_the_default_mapping_fits_both_ends(world: World) -> None:
    findings = await check_mappings(world.links)
    assert [f for f in findings if f.severity == "error"] == []


async def test_a_module_that_the_crm_lacks_is_named_with_the_nearest(world: World) -> None:
    mapping = world.links.preset.modules["BTEC_Grades"]
    force_setattr(mapping, "module", "BTEC_Grade")
    modules = dict(world.links.preset.modules)
    modules["BTEC_Grade"] = modules.pop("BTEC_Grades")
    force_setattr(world.links.preset, "modules", modules)
    (finding, *_) = [f for f in await check_mappings(world.links) if f.module == "BTEC_Grade"]
    assert finding.message == "the CRM has no such module"
    assert "BTEC_Grades" in finding.suggestions


async def test_a_column_that_the_plugin_lacks_is_named(world: World) -> None:
    mapping = world.links.preset.modules["BTEC_Teachers"]
    column = mapping.columns[1]
    columns = (*mapping.columns[:1], replace(column, name="nmae"), *mapping.columns[2:])
    force_setattr(mapping, "columns", columns)
    findings = [f for f in await check_mappings(world.links) if f.module == "BTEC_Teachers"]
    assert any("nmae" in f"{f.key} {f.message}" for f in findings if f.severity == "error")


async def test_the_subforms_fields_are_looked_into(world: World) -> None:
    await check_mappings(world.links)
    paths = [call["path"] for call in await world.calls("crm")]
    assert paths.count("/crm/v2/settings/fields") > len(MODULES)


def written(world: World, **changes: Any) -> None:
    """The grades' rule with these changes."""
    rules = dict(world.links.preset.writes)
    rules["grade"] = replace(rules["grade"], **changes)
    force_setattr(world.links.preset, "writes", rules)


async def faults(world: World) -> dict[str, str]:
    findings = await check_mappings(world.links)
    return {f.key: f.message for f in findings if f.key.startswith("writes.") and f.severity}


async def test_what_the_default_mapping_writes_can_be_written(world: World) -> None:
    assert await faults(world) == {}


@pytest.mark.parametrize(
    ("field", "key", "what"),
    [
        (WriteField("Graed", "letter"), "fields.Graed", 'no field "Graed"'),
        (WriteField("Student", "feedback"), "fields.Student", "takes no such a value"),
        (WriteField("Feedback", "student_id", "lookup"), "fields.Feedback", "such a lookup"),
        (WriteField("Attempt_Number", "graded_on", "date"), "fields.Attempt_Number", "a date"),
        (WriteField("Grade_Status", "letter"), "fields.Grade_Status", "has no value D, M, P, R"),
        (WriteField("Created_Time", "letter"), "fields.Created_Time", "is read only"),
    ],
)
async def test_a_field_that_cannot_take_its_fact_is_named(
    world: World, field: WriteField, key: str, what: str
) -> None:
    written(world, fields=(*world.links.preset.writes["grade"].fields, field))
    assert what in (await faults(world))[f"writes.grade.{key}"]


async def test_a_key_that_is_not_unique_is_named(world: World) -> None:
    written(world, key="BTEC_Grade_Name")
    assert "is not unique in the CRM" in (await faults(world))["writes.grade.key"]


async def test_rows_and_first_values_are_looked_at_too(world: World) -> None:
    rows = WriteRows("Learning_Outcomes_Assessm", (WriteField("LO_Cdoe", "code"),))
    written(world, rows=rows, insert={"Grade_Status": "Markng completed"})
    found = await faults(world)
    assert "LO_Cdoe" in found["writes.grade.rows.fields.LO_Cdoe"]
    assert "Markng completed" in found["writes.grade.insert.Grade_Status"]


async def test_a_module_that_is_only_written_is_looked_at(world: World) -> None:
    written(world, module="BTEC_Grdaes")
    assert (await faults(world))["writes.grade.module"] == "the CRM has no such module"
