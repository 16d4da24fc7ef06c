"""A module changed in the file; nothing else moves."""

from __future__ import annotations

import difflib
import json
import tomllib
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from mzi_bridge.mapping import MappingErrors, mapping_text, parse_preset, shipped_presets
from mzi_bridge.mapping.editing import module_tables, with_module

BTEC = mapping_text("btec")
STUDENTS = "BTEC_Students"


def changed_lines(before: str, after: str) -> list[str]:
    """Those added or taken out, without the heads of a difference."""
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm="")
    return [line for line in lines if line[:1] in "+-" and line[:3] not in ("+++", "---")]


def as_json(value: Any) -> Any:
    return json.loads(json.dumps(value))


@pytest.mark.parametrize("preset", shipped_presets())
def test_what_is_handed_back_unchanged_changes_no_character(preset: str) -> None:
    text = mapping_text(preset)
    for module, table in module_tables(text).items():
        assert with_module(text, module, as_json(table)) == text


def test_one_changed_rule_is_one_changed_line() -> None:
    table = as_json(module_tables(BTEC)[STUDENTS])
    table["columns"]["city"] = {"from": "Town", "transform": ["strip", "upper"]}
    after = with_module(BTEC, STUDENTS, table)
    lines = changed_lines(BTEC, after)
    assert lines[0] == '-city = "City"'
    assert len(lines) == 2
    rule = tomllib.loads(after)["modules"][STUDENTS]["columns"]["city"]
    assert rule == {"from": "Town", "transform": ["strip", "upper"]}


def test_a_column_added_and_one_taken_out_leave_the_others_as_they_stand() -> None:
    table = as_json(module_tables(BTEC)[STUDENTS])
    del table["columns"]["sub_major"]
    table["columns"]["profile_picture_url"] = "Picture_URL"
    after = with_module(BTEC, STUDENTS, table)
    assert sorted(changed_lines(BTEC, after)) == [
        '+profile_picture_url = "Picture_URL"',
        '-sub_major = "Sub_Major"',
    ]
    columns = {column.name for column in parse_preset(after, "after").modules[STUDENTS].columns}
    assert "profile_picture_url" in columns and "sub_major" not in columns


def test_a_number_does_not_pass_for_a_yes() -> None:
    table = as_json(module_tables(BTEC)[STUDENTS])
    table["columns"]["city"] = {"from": "City", "default": 1}
    first = with_module(BTEC, STUDENTS, table)
    table["columns"]["city"] = {"from": "City", "default": True}
    second = with_module(first, STUDENTS, table)
    assert tomllib.loads(second)["modules"][STUDENTS]["columns"]["city"]["default"] is True


@pytest.mark.parametrize("module", module_tables(BTEC))
def test_a_module_taken_out_and_put_in_again_means_the_same(module: str) -> None:
    tables = module_tables(BTEC)
    without = with_module(BTEC, module, None)
    assert module not in module_tables(without)
    again = with_module(without, module, as_json(tables[module]))
    assert module_tables(again) == {**tables, module: tables[module]}
    assert tomllib.loads(again)["writes"] == tomllib.loads(BTEC)["writes"]
    parse_preset(again, "again")


def test_a_text_that_is_no_toml_is_named_so() -> None:
    with pytest.raises(MappingErrors, match="is no TOML"):
        module_tables("[modules")
    with pytest.raises(MappingErrors, match="is no TOML"):
        with_module("[modules", STUDENTS, {})


def test_a_null_cannot_be_written_and_is_named_with_its_module() -> None:
    with pytest.raises(MappingErrors, match=r"modules\.BTEC_Students: cannot be written"):
        with_module(BTEC, STUDENTS, {"entity": "students", "columns": {"city": None}})


texts = st.text(min_size=0, max_size=12)
names = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)
plain = st.one_of(texts, st.booleans(), st.integers(-(2**53), 2**53))
rules = st.one_of(
    texts,
    st.dictionaries(
        names,
        st.one_of(plain, st.lists(texts, max_size=6), st.dictionaries(texts, texts, max_size=3)),
        max_size=4,
    ),
)
tables = st.fixed_dictionaries(
    {"entity": texts, "key": texts, "columns": st.dictionaries(names, rules, max_size=5)},
    optional={
        "closing": st.dictionaries(names, st.lists(texts, max_size=6), max_size=2),
        "children": st.dictionaries(
            names,
            st.fixed_dictionaries(
                {"subform": texts, "columns": st.dictionaries(names, rules, max_size=3)}
            ),
            min_size=1,
            max_size=2,
        ),
    },
)


SMALL = """# A file.
name = "small"

[modules.One]
entity = "students"   # said here
key = "id"

[modules.One.columns]
city = "City"

[writes.profile]
module = "One"
"""


@settings(max_examples=100, phases=[Phase.generate])
@given(first=tables, second=tables)
def test_whatever_is_written_reads_back_the_same_beside_the_rest(
    first: dict[str, Any], second: dict[str, Any]
) -> None:
    text = with_module(SMALL, "Extra", first)
    assert tomllib.loads(text)["modules"]["Extra"] == first
    text = with_module(text, "Extra", second)
    after = tomllib.loads(text)
    assert after["modules"].pop("Extra") == second
    assert after == tomllib.loads(SMALL)
