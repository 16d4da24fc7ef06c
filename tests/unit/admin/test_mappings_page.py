"""The mapping as a whole on its pages: versions, ways back, files."""

from __future__ import annotations

import httpx2
import pytest

from mzi_bridge.journal.audit import AuditFilter
from mzi_bridge.journal.sessions import Role
from mzi_bridge.mapping import mapping_text
from tests.support.console import OWN, Visitor
from tests.support.world import World

LIST = "/mappings"
VERSIONS = "/mappings/versions"


@pytest.fixture
async def operator(visitor: Visitor) -> Visitor:
    await visitor.as_role(Role.OPERATOR)
    return visitor


async def in_force(world: World) -> tuple[int, str] | None:
    found = await world.links.journal.mappings.active()
    return None if found is None else (found.version, found.content)


async def send_file(visitor: Visitor, text: bytes, base: str = "0") -> httpx2.Response:
    return await visitor.http.post(
        f"/admin{VERSIONS}/import",
        files={"file": ("mapping.toml", text, "application/toml")},
        data={"base": base, "note": "from a file"},
        headers=OWN,
    )


async def test_each_module_is_told_with_its_table_and_on_wish_with_what_is_wrong(
    operator: Visitor, world: World
) -> None:
    page = (await operator.get(LIST)).text
    assert "BTEC_Students" in page and "<code>students</code>" in page and "not checked" in page
    page = (await operator.get(f"{LIST}?check=1")).text
    assert "not checked" not in page and "In order" in page
    await world.disturb("crm", {"kind": "status", "status": 503})
    page = (await operator.get(f"{LIST}?check=1")).text
    assert 'role="alert"' in page and "not checked" in page


async def test_a_preset_is_shown_as_a_difference_before_it_counts(
    operator: Visitor, world: World
) -> None:
    page = (await operator.get(f"{VERSIONS}/reset?preset=guide")).text
    assert '<div class="plus">+name = &#34;guide&#34;</div>' in page
    assert '<div class="minus">-name = &#34;btec&#34;</div>' in page
    form = {"preset": "guide", "base": "0", "note": "guide's names"}
    page = (await operator.follow(await operator.post(f"{VERSIONS}/reset", form))).text
    assert "Version 1" in page and "guide&#39;s names" in page
    assert await in_force(world) == (1, mapping_text("guide"))


async def test_an_earlier_version_counts_again_and_so_does_the_setting(
    operator: Visitor, world: World
) -> None:
    for number, preset in enumerate(("guide", "btec")):
        form = {"preset": preset, "base": str(number)}
        await operator.post(f"{VERSIONS}/reset", form)
    page = (await operator.get(f"{VERSIONS}/difference?one=2&other=1")).text
    assert "Let this one count again" in page
    await operator.post(f"{VERSIONS}/roll-back", {"version": "1", "base": "2"})
    assert await in_force(world) == (1, mapping_text("guide"))
    answer = await operator.post(f"{VERSIONS}/roll-back", {"version": "2", "base": "2"})
    assert "meanwhile" in (await operator.follow(answer)).text, "somebody else's change is kept"
    await operator.post(f"{VERSIONS}/roll-back", {"version": "0", "base": "1"})
    assert await in_force(world) is None
    rows = await world.links.journal.audit.list(AuditFilter(action="roll_back_mapping"))
    assert [(row.target, row.outcome) for row in rows] == [
        ("0", "done"),
        ("", "mapping_changed"),
        ("1", "done"),
    ]


async def test_what_is_exported_can_be_imported(operator: Visitor, world: World) -> None:
    answer = await operator.get(f"{VERSIONS}/export")
    assert answer.headers["content-disposition"] == 'attachment; filename="mapping-settings.toml"'
    assert answer.text == mapping_text("btec")
    changed = answer.text.replace('city = "City"', 'city = "Country"', 1)
    assert (await send_file(operator, changed.encode())).status_code == 303
    assert await in_force(world) == (1, changed)
    assert (await operator.get(f"{VERSIONS}/export?version=1")).text == changed


async def test_a_file_with_faults_is_refused_with_each_of_them_by_its_key(
    operator: Visitor, world: World
) -> None:
    date = 'birth_date = { from = "Birth_Date", type = "date" }'
    bad = mapping_text("btec").replace(date, date.replace('"date"', '"dat"'), 1)
    bad = bad.replace('key = "zoho_program_id"', 'key = "other"', 1)
    answer = await send_file(operator, bad.encode())
    assert answer.status_code == 422
    text = answer.text
    assert "modules.BTEC_Students.columns.birth_date.type" in text
    assert "modules.Products.columns" in text and "the key column" in text
    assert await in_force(world) is None


@pytest.mark.parametrize(
    "text", [b"\xff\xfe", b"= =", b"#" * (600 * 1024)], ids=["bytes", "no", "long"]
)
async def test_a_file_that_is_no_mapping_changes_nothing(
    operator: Visitor, world: World, text: bytes
) -> None:
    assert (await send_file(operator, text)).status_code in (303, 422)
    assert await in_force(world) is None


async def test_a_viewer_sees_versions_and_no_way_to_change_them(
    operator: Visitor, visitor: Visitor
) -> None:
    await operator.post(f"{VERSIONS}/reset", {"preset": "guide", "base": "0"})
    await visitor.as_role(Role.VIEWER)
    page = (await visitor.get(LIST)).text
    assert "What it changed" in page and "Import a TOML file" not in page
    page = (await visitor.get(f"{VERSIONS}/difference?one=1&other=0")).text
    assert "Let this one count again" not in page
