"""The editor of a mapping over real HTTP: nothing is lost, and what is wrong stands at its row."""

from __future__ import annotations

import re
from typing import Any

import pytest

from mzi_bridge.admin.mapping_form.module_form import built
from mzi_bridge.admin.mapping_form.reading import read_form
from mzi_bridge.journal.audit import AuditFilter
from mzi_bridge.journal.sessions import Role
from mzi_bridge.mapping import mapping_text
from mzi_bridge.mapping.editing import module_tables
from tests.support.console import Visitor
from tests.support.forms import buttons_of, form_of
from tests.support.world import MODULES, World

STUDENTS = "BTEC_Students"
PAGE = f"/mappings/{STUDENTS}"
Form = dict[str, Any]


class Sent(dict[str, list[str]]):
    """A form as Starlette hands it on."""

    def get(self, key: Any, default: Any = None) -> Any:
        return self[key][-1] if key in self else default

    def getlist(self, key: Any) -> list[str]:
        return self.get_all(key)

    def get_all(self, key: str) -> list[str]:
        return dict.get(self, key, [])


@pytest.fixture
async def operator(visitor: Visitor) -> Visitor:
    await visitor.as_role(Role.OPERATOR)
    return visitor


async def draft_of(visitor: Visitor, module: str = STUDENTS, **changes: Any) -> Form:
    answer = await visitor.get(f"/mappings/{module}")
    assert answer.status_code == 200, answer.text
    return {**form_of(answer.text), **changes}


async def saved(visitor: Visitor) -> tuple[int | None, dict[str, Any]]:
    version, text = await desk_of(visitor).in_force()
    return version, module_tables(text)


def desk_of(visitor: Visitor) -> Any:
    from mzi_bridge.pipeline.mapping_desk import MappingDesk

    world = visitor.world
    return MappingDesk(world.links.journal, lambda: world.links, fallback="btec", deny=())


@pytest.mark.parametrize("module", MODULES)
async def test_the_page_sent_back_untouched_is_the_same_table(
    operator: Visitor, module: str
) -> None:
    form = Sent(await draft_of(operator, module))
    made = built(read_form(form))
    assert made.faults == {}
    assert made.table == module_tables(mapping_text("btec"))[module]
    assert not any(name.endswith(".as_text") for name in form), "each rule has fields"


async def test_every_button_of_the_page_is_an_answer(operator: Visitor) -> None:
    answer = await operator.get("/mappings/BTEC_Registrations")
    form = form_of(answer.text)
    for name, value in buttons_of(answer.text)[::9]:
        page = await operator.post("/mappings/BTEC_Registrations/draft", {**form, name: value})
        assert page.status_code == 200, (name, value)


async def test_a_changed_source_is_checked_saved_and_offered_to_carry_over(
    operator: Visitor, world: World
) -> None:
    form = await draft_of(operator, **{"c:phone.from": "Emergency_Phone_Number"})
    page = await operator.post(f"{PAGE}/draft", {**form, "step": ""})
    assert "The draft fits both sides." in page.text
    answer = await operator.post(f"{PAGE}/save", {**form, "note": "their own phones"})
    assert answer.headers["location"] == f"/admin{PAGE}?saved=1"
    page = await operator.follow(answer)
    assert "Carry this module over now" in page.text
    version, tables = await saved(operator)
    assert version == 1 and tables[STUDENTS]["columns"]["phone"] == "Emergency_Phone_Number"
    others = module_tables(mapping_text("btec"))
    assert {name: t for name, t in tables.items() if name != STUDENTS} == {
        name: t for name, t in others.items() if name != STUDENTS
    }
    (head,) = await desk_of(operator).versions()
    assert (head.author, head.note) == ("operator@school.example", "their own phones")
    answer = await operator.post(f"{PAGE}/carry")
    assert answer.headers["location"] == "/admin/sync"
    rows = await world.links.journal.audit.list(AuditFilter())
    assert [row.action for row in rows[:2]] == ["carry_module", "save_mapping"]
    assert rows[1].target == STUDENTS and rows[1].details == {"version": 1}


async def test_a_wrong_field_is_named_at_its_row_with_a_suggestion_to_take(
    operator: Visitor,
) -> None:
    form = await draft_of(operator, **{"c:phone.from": "Phone_Numbre"})
    page = await operator.post(f"{PAGE}/draft", form)
    row = row_of(page.text, "c:phone")
    assert "the CRM has no field &#34;Phone_Numbre&#34; here" in row
    take = next(v for n, v in buttons_of(page.text) if v.startswith("source c:phone"))
    assert take == "source c:phone 0 Phone_Numbre Phone_Number"
    page = await operator.post(f"{PAGE}/draft", {**form_of(page.text), "step": take})
    assert form_of(page.text)["c:phone.from"] == ["Phone_Number"]
    assert "the CRM has no field" not in page.text


async def test_a_faulty_draft_is_not_saved_and_stays_on_the_page(operator: Visitor) -> None:
    form = await draft_of(operator, **{"c:phone.from": "Nowhere", "c:city.from": "Country"})
    answer = await operator.post(f"{PAGE}/save", {**form, "note": "half done"})
    assert answer.status_code == 422
    kept = form_of(answer.text)
    assert kept["c:city.from"] == ["Country"] and kept["note"] == ["half done"]
    assert "Nowhere" in row_of(answer.text, "c:phone")
    assert (await saved(operator))[0] is None


async def test_who_saves_after_somebody_else_keeps_the_draft_and_may_go_on_top(
    operator: Visitor,
) -> None:
    mine = await draft_of(operator, **{"c:phone.from": "Emergency_Phone_Number"})
    theirs = await draft_of(operator, **{"c:city.from": "Country"})
    assert (await operator.post(f"{PAGE}/save", theirs)).status_code == 303
    answer = await operator.post(f"{PAGE}/save", mine)
    assert answer.status_code == 409
    kept = form_of(answer.text)
    assert kept["c:phone.from"] == ["Emergency_Phone_Number"]
    assert kept["base"] == ["0"], "without a decision it is refused again"
    assert ("over", "1") in buttons_of(answer.text)
    answer = await operator.post(f"{PAGE}/save", {**kept, "over": "1"})
    assert answer.status_code == 303
    version, tables = await saved(operator)
    assert version == 2 and tables[STUDENTS]["columns"]["city"] == "City"


async def test_a_rule_as_text_is_parsed_and_its_fault_stands_beside_it(operator: Visitor) -> None:
    form = await draft_of(operator, step="text c:birth_date")
    page = await operator.post(f"{PAGE}/draft", form)
    form = form_of(page.text)
    assert form["c:birth_date.text"] == ['{from = "Birth_Date", type = "date"}']
    form["c:birth_date.text"] = ['{ from = "Birth_Date", type = ']
    page = await operator.post(f"{PAGE}/draft", form)
    assert 'aria-invalid="true"' in row_of(page.text, "c:birth_date")
    form = form_of(page.text)
    assert form["c:birth_date.text"] == ['{ from = "Birth_Date", type =']
    assert (await operator.post(f"{PAGE}/save", form)).status_code == 422
    form["c:birth_date.text"] = ['{ from = "Registration_Date", type = "date" }']
    page = await operator.post(f"{PAGE}/draft", {**form, "step": "fields c:birth_date"})
    form = form_of(page.text)
    assert form["c:birth_date.from"] == ["Registration_Date"]
    assert form["c:birth_date.type"] == ["date"]


async def test_a_list_is_dropped_and_filled_again(operator: Visitor) -> None:
    page = "/mappings/BTEC_Registrations"
    form = await draft_of(operator, "BTEC_Registrations", step="drop-list installments")
    answer = await operator.post(f"{page}/draft", form)
    assert "list" not in form_of(answer.text)
    add = {**form_of(answer.text), "step": "add-list installments"}
    form = form_of((await operator.post(f"{page}/draft", add)).text)
    assert form["list"] == ["installments"]
    assert "l:installments:amount" in form["row"]


async def test_a_row_gets_a_second_field_or_is_filled_no_more(operator: Visitor) -> None:
    form = await draft_of(operator, step="more c:address")
    page = await operator.post(f"{PAGE}/draft", form)
    form = form_of(page.text)
    assert form["c:address.from"] == ["Address", ""]
    form["c:address.from"] = ["Address", "City"]
    form["c:address.transform"] = ["concat"]
    form["step"] = ["clear c:phone"]
    page = await operator.post(f"{PAGE}/draft", form)
    made = built(read_form(Sent(form_of(page.text))))
    assert made.table["columns"]["address"] == {"from": ["Address", "City"], "transform": "concat"}
    assert "phone" not in made.table["columns"]


async def test_a_draft_is_tried_on_a_record_found_by_its_number(
    operator: Visitor, world: World
) -> None:
    record = world.some(STUDENTS)
    await world.carry(STUDENTS, record)
    values = world.crm.records(STUDENTS)[record].values
    form = await draft_of(operator, **{"c:city.from": "Country"})
    page = await operator.post(f"{PAGE}/preview", {**form, "record": values["Name"]})
    assert f"Record {record} by this draft" in page.text
    [city] = re.findall(r'<tr class="changes">.*?</tr>', page.text, re.DOTALL)
    assert "<code>city</code>" in city and values["Country"] in city
    row = world.row(STUDENTS, record)
    assert row is not None and row["city"] == values["City"], "nothing is kept"
    assert (await saved(operator))[0] is None
    page = await operator.post(f"{PAGE}/preview", {**form, "record": "no-such-person"})
    assert "The CRM knows no such record." in page.text


async def test_several_records_of_one_name_are_told_apart(operator: Visitor, world: World) -> None:
    for record in list(world.crm.records(STUDENTS))[:2]:
        world.edit(STUDENTS, record, City="Twintown")
    form = await draft_of(operator)
    page = await operator.post(f"{PAGE}/preview", {**form, "record": "Twintown"})
    chosen = [value for name, value in buttons_of(page.text) if name == "record_id"]
    assert len(chosen) == 2
    page = await operator.post(f"{PAGE}/preview", {**form, "record_id": chosen[1]})
    assert f"Record {chosen[1]} by this draft" in page.text


async def test_without_the_crm_the_table_is_shown_and_a_sound_draft_is_saved(
    operator: Visitor, world: World
) -> None:
    await world.disturb("crm", {"kind": "status", "status": 503})
    form = await draft_of(operator, **{"c:phone.from": "Emergency_Phone_Number"})
    page = await operator.post(f"{PAGE}/draft", form)
    assert "One side cannot be reached" in page.text
    wrong = {**form, "c:birth_date.type": "dat"}
    assert (await operator.post(f"{PAGE}/save", wrong)).status_code == 422
    assert (await operator.post(f"{PAGE}/save", form)).status_code == 303


async def test_a_viewer_sees_the_rules_and_no_button(visitor: Visitor) -> None:
    await visitor.as_role(Role.VIEWER)
    page = (await visitor.get(PAGE)).text
    assert "<fieldset disabled>" in page and "Phone_Number" in page
    assert 'name="step"' not in page and "formaction" not in page


async def test_anything_sent_as_a_form_is_an_answer_and_no_bug(operator: Visitor) -> None:
    odd: list[Form] = [
        {},
        {"was": "{", "row": ["c:", ":", "c:x", "l:a:b", ""], "list": ["a", ""]},
        {"was": "[1]", "row": ["c:phone"], "c:phone.transform": ["nothing", "rows"]},
        {"was": '{"columns": 3, "closing": []}', "row": ["c:phone"], "c:phone.from": "x"},
        {"step": "source c:phone x y", "row": ["c:phone"]},
        {"step": "rename c:phone ../..", "row": ["c:phone"], "record": "12"},
    ]
    for form in odd:
        for button in ("draft", "preview", "save"):
            answer = await operator.post(f"{PAGE}/{button}", form)
            assert answer.status_code in (200, 409, 422), (form, button)


def row_of(page: str, place: str) -> str:
    start = page.index(f'id="{place}"')
    return page[start : page.index("</fieldset>", start)]
