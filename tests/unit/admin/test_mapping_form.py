"""A table of a mapping becomes a form and a table again: nothing is lost, whatever it holds."""

from __future__ import annotations

import json
import string
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mzi_bridge.admin.mapping_form.module_form import ModuleForm, built, module_form
from mzi_bridge.admin.mapping_form.rule_form import RuleForm, as_fields, as_text, form_of, rule_of
from mzi_bridge.admin.mapping_form.toml_line import line_of, value_of
from mzi_bridge.mapping import mapping_text
from mzi_bridge.mapping.contract import read_contract
from mzi_bridge.mapping.editing import module_tables
from mzi_bridge.mapping.rules import COLUMN_TYPES
from mzi_bridge.mapping.transforms import TRANSFORMS

CONTRACT = read_contract(json.loads((files("mzi_bridge.sandbox") / "contract.json").read_text()))
TABLES = [
    pytest.param(table, id=f"{preset}-{name}")
    for preset in ("btec", "guide")
    for name, table in module_tables(mapping_text(preset)).items()
]
WORDS = st.text(string.ascii_letters + string.digits + " =,.:;'\"\\\n\r\t{}[]é١", max_size=12)
NAMES = st.text(string.ascii_letters, min_size=1, max_size=8)
PATHS = st.one_of(NAMES, st.tuples(NAMES, NAMES).map(".".join))
RULES = st.one_of(
    PATHS,
    st.fixed_dictionaries(
        {},
        optional={
            "from": st.one_of(PATHS, st.lists(st.one_of(PATHS, st.lists(PATHS)), max_size=3)),
            "type": st.sampled_from([*COLUMN_TYPES, "odd"]),
            "transform": st.one_of(
                st.sampled_from([*TRANSFORMS]), st.lists(st.sampled_from([*TRANSFORMS, "odd"]))
            ),
            "required": st.booleans(),
            "default": st.one_of(WORDS, st.integers(), st.booleans()),
            "value": st.one_of(WORDS, st.integers(), st.floats(allow_nan=False)),
            "empty": st.sampled_from(["null", "keep"]),
            "max_length": st.integers(1, 9),
            "separator": WORDS,
            "values": st.dictionaries(WORDS, WORDS, max_size=3),
            "otherwise": WORDS,
            "filled": WORDS,
            "blank": WORDS,
            "show": st.integers(0, 9),
            "decimal": st.sampled_from([".", ",", ""]),
            "currency": PATHS,
            "subforms": st.dictionaries(NAMES, st.lists(NAMES), max_size=2),
            "of_a_later_release": WORDS,
        },
    ),
)


def entity_of(table: dict[str, Any]) -> Any:
    return CONTRACT.entities[table["entity"]]


def rows_of(form: ModuleForm) -> list[RuleForm]:
    return [*form.rows, *(row for one in form.lists for row in one.rows)]


@pytest.mark.parametrize("table", TABLES)
def test_every_module_of_the_presets_is_fields_and_comes_back_whole(table: dict[str, Any]) -> None:
    form = module_form(table, entity_of(table))
    made = built(form)
    assert made.faults == {} and made.table == table
    assert [*made.table["columns"]] == [*table["columns"]], "in the order of the file"
    assert not any(row.as_text for row in rows_of(form))
    assert {row.column for row in form.rows} >= set(entity_of(table).columns)


@pytest.mark.parametrize("table", TABLES)
def test_without_the_plugin_a_module_comes_back_whole_too(table: dict[str, Any]) -> None:
    assert built(module_form(table, None)).table == table


@given(RULES)
def test_any_rule_comes_back_as_it_was(rule: Any) -> None:
    form = form_of("column", rule)
    if form.free:
        assert rule_of(form) is None
        return
    assert rule_of(form, rule) == rule


@given(RULES)
def test_a_rule_without_memory_says_the_same(rule: Any) -> None:
    """What was not there before is built of the fields alone."""
    form = form_of("column", rule)
    again = form_of("column", rule_of(form))
    if not form.free and not form.as_text:
        assert (again.sources, again.transforms, again.options) == (
            form.sources,
            form.transforms,
            form.options,
        )


@given(RULES)
def test_text_and_fields_lead_to_each_other(rule: Any) -> None:
    form = form_of("column", rule)
    if form.free:
        return
    text = as_text(form)
    assert value_of(text.text) == rule_of(form)
    assert as_fields(text).as_text == form.as_text


@given(
    st.recursive(
        WORDS | st.integers(-99, 99) | st.booleans(),
        lambda x: st.lists(x) | st.dictionaries(NAMES, x),
    )
)
def test_a_line_of_toml_is_read_as_it_was_written(value: Any) -> None:
    assert value_of(line_of(value)) == value
