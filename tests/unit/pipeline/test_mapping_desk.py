"""The mapping changed by people: checked against both ends, saved as a version, taken back."""

from __future__ import annotations

import copy
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from mzi_bridge.errors import OperatorError
from mzi_bridge.mapping import MappingErrors, mapping_text
from mzi_bridge.pipeline.mapping_desk import MappingDesk, MappingInvalid
from tests.support.world import World, open_world

STUDENTS = "BTEC_Students"


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with open_world(tmp_path) as world:
        yield world


@pytest.fixture
def desk(world: World) -> MappingDesk:
    return MappingDesk(world.links.journal, lambda: world.links, fallback="btec", deny=())


async def table_of(desk: MappingDesk, module: str = STUDENTS) -> dict[str, Any]:
    return copy.deepcopy(dict((await desk.view(module)).table))


async def test_a_module_is_shown_with_both_its_ends(desk: MappingDesk) -> None:
    view = await desk.view(STUDENTS)
    assert view.version is None and view.trouble is None
    assert view.table["columns"]["city"] == "City"
    assert "Academic_Email" in {field.api_name for field in view.fields}
    assert view.entity is not None and "academic_email" in view.entity.columns
    assert [f for f in view.findings if f.severity == "error"] == []
    assert (await desk.modules())[STUDENTS] == "students"


async def test_a_saved_change_is_a_version_with_its_author(desk: MappingDesk) -> None:
    table = await table_of(desk)
    table["columns"]["phone"] = {"from": "Emergency_Phone_Number", "transform": "strip"}
    view = await desk.save(STUDENTS, table, base=None, author="ann", note="their own phones")
    assert view.version == 1
    (head,) = await desk.versions()
    assert (head.author, head.note, head.active) == ("ann", "their own phones", True)
    assert (await desk.in_force())[0] == 1
    assert (await table_of(desk))["columns"]["phone"]["from"] == "Emergency_Phone_Number"
    changed = [line for line in await desk.difference(None, 1) if line[:1] in "+-"][2:]
    assert changed[0] == '-phone = "Phone_Number"' and len(changed) == 2


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ("Citty", "Citty"),
        ({"from": "City", "type": "colour"}, "colour"),
        ({"from": "City", "transform": "reverse"}, "reverse"),
        ({"from": "Birth_Date", "type": "money"}, "money"),
    ],
)
async def test_a_draft_with_a_fault_is_refused_and_nothing_is_saved(
    desk: MappingDesk, rule: object, message: str
) -> None:
    table = await table_of(desk)
    table["columns"]["city"] = rule
    seen = await desk.check(STUDENTS, table)
    assert any(message in f"{f.key} {f.message}" for f in seen.findings)
    with pytest.raises(MappingInvalid) as refused:
        await desk.save(STUDENTS, table, base=None, author="ann", note="")
    assert {finding.module for finding in refused.value.findings} == {STUDENTS}
    assert any("city" in finding.key for finding in refused.value.findings)
    assert await desk.versions() == ()


async def test_a_fault_that_was_there_before_does_not_bar_another_change(
    world: World, desk: MappingDesk
) -> None:
    broken = mapping_text("btec").replace('city = "City"', 'city = "Citty"', 1)
    assert await desk.import_(broken, base=None, author="ann", note="") == 1
    table = await table_of(desk)
    table["columns"]["country"] = {"from": "Country", "transform": "upper"}
    assert (await desk.save(STUDENTS, table, base=1, author="ann", note="")).version == 2


async def test_a_column_that_the_plugin_does_not_have_is_a_fault(desk: MappingDesk) -> None:
    table = await table_of(desk)
    table["columns"]["favourite_colour"] = "City"
    with pytest.raises(MappingInvalid, match="favourite_colour"):
        await desk.save(STUDENTS, table, base=None, author="ann", note="")


async def test_a_field_that_may_not_be_read_is_refused(world: World) -> None:
    desk = MappingDesk(world.links.journal, lambda: world.links, fallback="btec", deny=("Gender",))
    table = copy.deepcopy(dict((await desk.view(STUDENTS)).table))
    table["columns"]["city"] = "Academic_Password"
    with pytest.raises(MappingInvalid):
        await desk.save(STUDENTS, table, base=None, author="ann", note="")


async def test_who_changed_an_older_state_is_told(desk: MappingDesk) -> None:
    table = await table_of(desk)
    table["columns"]["city"] = {"from": "City", "transform": "upper"}
    await desk.save(STUDENTS, table, base=None, author="ann", note="")
    table["columns"]["city"] = {"from": "City", "transform": "lower"}
    with pytest.raises(OperatorError) as refused:
        await desk.save(STUDENTS, table, base=None, author="bob", note="")
    assert refused.value.reason == "mapping_changed"


async def test_a_version_is_rolled_back_reset_and_exported(desk: MappingDesk) -> None:
    table = await table_of(desk)
    table["columns"]["city"] = {"from": "City", "transform": "upper"}
    await desk.save(STUDENTS, table, base=None, author="ann", note="")
    assert await desk.reset("guide", base=1, author="bob", note="start over") == 2
    assert await desk.export(2) == mapping_text("guide")
    await desk.roll_back(1, base=2)
    assert (await desk.in_force())[0] == 1
    await desk.roll_back(None, base=1)
    assert await desk.in_force() == (None, mapping_text("btec"))
    for version, reason in ((9, "no_such_version"),):
        with pytest.raises(OperatorError) as refused:
            await desk.roll_back(version, base=None)
        assert refused.value.reason == reason
    with pytest.raises(OperatorError, match="no preset other"):
        await desk.reset("other", base=None, author="bob", note="")


async def test_an_import_is_read_before_it_counts(desk: MappingDesk) -> None:
    with pytest.raises(MappingErrors, match="is no TOML"):
        await desk.import_("[modules", base=None, author="ann", note="")
    with pytest.raises(OperatorError) as refused:
        await desk.import_("#" * 600_000, base=None, author="ann", note="")
    assert refused.value.reason == "mapping_too_large"
    assert await desk.versions() == ()


async def test_a_draft_is_previewed_on_a_real_record(world: World, desk: MappingDesk) -> None:
    student = world.some(STUDENTS)
    world.edit(STUDENTS, student, City="Irbid")
    table = await table_of(desk)
    table["columns"]["city"] = {"from": "City", "transform": "upper"}
    shown = await desk.preview(STUDENTS, table, student)
    assert {field.column: field.says for field in shown.fields}["city"] == "IRBID"
    assert await desk.versions() == ()
    assert world.row(STUDENTS, student) is None


async def test_with_a_side_out_of_reach_the_mapping_is_still_shown(
    world: World, desk: MappingDesk
) -> None:
    await world.disturb("crm", {"kind": "status", "status": 503})
    view = await desk.view(STUDENTS)
    assert view.table["columns"]["city"] == "City"
    assert view.trouble is not None and view.fields == ()
    unconnected = MappingDesk(world.links.journal, lambda: None, fallback="btec", deny=())
    view = await unconnected.view(STUDENTS)
    assert view.trouble is not None and view.trouble.reason == "not_connected"


async def test_a_module_that_is_not_mapped_is_named(desk: MappingDesk) -> None:
    with pytest.raises(OperatorError) as refused:
        await desk.view("Leads")
    assert refused.value.reason == "module_not_mapped"
    assert STUDENTS in refused.value.fix
