from __future__ import annotations

from dataclasses import replace

from mzi_bridge.pipeline.check_mappings import check_mappings
from tests.support.world import MODULES, World


async def test_the_default_mapping_fits_both_ends(world: World) -> None:
    findings = await check_mappings(world.links)
    assert [f for f in findings if f.severity == "error"] == []


async def test_a_module_that_the_crm_lacks_is_named_with_the_nearest(world: World) -> None:
    mapping = world.links.preset.modules["BTEC_Grades"]
    object.__setattr__(mapping, "module", "BTEC_Grade")
    modules = dict(world.links.preset.modules)
    modules["BTEC_Grade"] = modules.pop("BTEC_Grades")
    object.__setattr__(world.links.preset, "modules", modules)
    (finding, *_) = [f for f in await check_mappings(world.links) if f.module == "BTEC_Grade"]
    assert finding.message == "the CRM has no such module"
    assert "BTEC_Grades" in finding.suggestions


async def test_a_column_that_the_plugin_lacks_is_named(world: World) -> None:
    mapping = world.links.preset.modules["BTEC_Teachers"]
    column = mapping.columns[1]
    columns = (*mapping.columns[:1], replace(column, name="nmae"), *mapping.columns[2:])
    object.__setattr__(mapping, "columns", columns)
    findings = [f for f in await check_mappings(world.links) if f.module == "BTEC_Teachers"]
    assert any("nmae" in f"{f.key} {f.message}" for f in findings if f.severity == "error")


async def test_the_subforms_fields_are_looked_into(world: World) -> None:
    await check_mappings(world.links)
    paths = [call["path"] for call in await world.calls("crm")]
    assert paths.count("/crm/v2/settings/fields") > len(MODULES)
