"""A faulty file gives one error that names every fault with file and key."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from mzi_bridge.errors import OperatorError
from mzi_bridge.mapping import MappingErrors, Preset, load_preset
from tests.unit.mapping.test_check import OWN

Load = Callable[..., Preset]
Faults = Callable[..., list[str]]

RULES: list[tuple[str, list[str]]] = [
    (
        '{ from = "A", transform = "dat" }',
        ['transform: unknown transform "dat"; did you mean "date"?'],
    ),
    ('{ from = "A", type = "monney" }', ['type: unknown type "monney"; did you mean "money"?']),
    ('{ from = "A", transform = "zzz" }', ['transform: unknown transform "zzz"']),
    (
        '{ form = "A" }',
        ['form: unknown key; did you mean "from"?', "from: is missing: the CRM field"],
    ),
    ('{ from = "A", requird = true }', ['requird: unknown key; did you mean "required"?']),
    ('{ from = "A", required = "yes" }', ["required: true or false was expected"]),
    ("{ from = 5 }", ["from: a field name or a list of them was expected"]),
    ("{ from = [5] }", ["from.0: a field name or a list of them was expected"]),
    ("5", ['a field name or a rule { from = "…" } was expected']),
    ('["A"]', ['a field name or a rule { from = "…" } was expected']),
    ("{}", ["from: is missing: the CRM field this column comes from"]),
    ("{ from = [] }", ["from: is missing: the CRM field this column comes from"]),
    ('{ from = "A B" }', ['from: "A B" is no field name and no path into a lookup']),
    ('{ from = "A..b" }', ['from: "A..b" is no field name']),
    ('{ from = "" }', ['from: "" is no field name']),
    ('{ from = "parent.A" }', ['from: "parent." is for the columns of a child']),
    ('{ from = ["A", "B"] }', ['from: several fields need a transform "concat" or "first_of"']),
    ('{ from = ["A", "B"], transform = "strip" }', ["from: several fields need a transform"]),
    ('{ from = "A", transform = "constant", value = "x" }', ['from: "constant" reads no field']),
    ('{ transform = "constant" }', ['value: is missing: "constant" needs it']),
    ('{ transform = "constant", value = "" }', ["value: a constant needs a value"]),
    (
        '{ transform = "constant", value = "x", type = "int" }',
        ["value: a whole number was expected"],
    ),
    ('{ from = "A", type = "int", default = "x" }', ["default: a whole number was expected"]),
    ('{ from = "A", default = true }', ["default: a text was expected"]),
    (
        '{ from = "A", transform = "date", type = "money" }',
        ['type: a money column cannot hold what "date" gives: date'],
    ),
    (
        '{ from = "A", transform = "mask", type = "int" }',
        ['type: an int column cannot hold what "mask" gives: text'],
    ),
    (
        '{ from = "A", transform = "int", type = "text" }',
        ['type: a text column cannot hold what "int" gives: int'],
    ),
    (
        '{ transform = "rows", subforms = { S = ["x"] }, type = "text" }',
        ['type: a text column cannot hold what "rows" gives: json'],
    ),
    (
        '{ from = "A", transform = ["date", "strip"] }',
        ['transform: "strip" cannot use what "date" gives'],
    ),
    (
        '{ from = "A", transform = ["mask", "money"] }',
        ['transform: "money" cannot use what "mask" gives'],
    ),
    (
        '{ from = ["A", "B"], transform = ["strip", "concat"] }',
        ['transform: "concat" reads the sources: it can only come first', "from: several fields"],
    ),
    ('{ from = "A", transform = "map" }', ['values: is missing: "map" needs it']),
    (
        '{ from = "A", values = { a = "b" } }',
        ['values: belongs to the transform "map", which this rule does not use'],
    ),
    ('{ from = "A", separator = "," }', ['separator: belongs to the transform "concat" or "join"']),
    (
        '{ from = "A", transform = "present_map", filled = "x" }',
        ['blank: is missing: "present_map" needs it'],
    ),
    ('{ from = "A", decimal = "." }', ['decimal: belongs to the transform "money"']),
    ('{ from = "A", type = "money", decimal = ";" }', ["decimal: input should be '.' or ','"]),
    (
        '{ from = "A", type = "int", empty = "keep" }',
        ["empty: only a text column can keep an empty text"],
    ),
    ('{ from = "A", type = "int", max_length = 5 }', ["max_length: only a text has a length"]),
    ('{ from = "A", max_length = 0 }', ["max_length: input should be greater than"]),
    (
        '{ from = "A", transform = "map", values = { a = 1 } }',
        ["values.a: a text in quotes was expected"],
    ),
    ('{ from = "A", type = "money", currency = "a b" }', ['currency: "a b" is no field name']),
    ('{ transform = "rows", subforms = { S = ["a b"] } }', ['subforms.S: "a b" is no field name']),
]


@pytest.mark.parametrize(("rule", "expected"), RULES)
def test_a_faulty_rule_is_named(rule_faults: Faults, rule: str, expected: list[str]) -> None:
    found = rule_faults(rule)
    assert len(found) == len(expected)
    for line, beginning in zip(found, expected, strict=True):
        assert line.startswith(beginning)


def test_all_faults_of_a_file_are_listed_at_once(faults_of: Faults) -> None:
    found = faults_of("""
        nmae = "x"
        deny = "oops"
        [modules.A]
        entity = "students"
        key = "zoho_student_id"
        colums = {}
        [modules.A.columns]
        birth_date = { from = "Birth_Date", transform = "dat" }
        Bad = "A"
        synced_at = "A"
        content_hash = "A"
        installments = "A"
        password = "Academic_Password"
        [modules.A.children.installments]
        key = "k"
        [modules.A.children.more]
        subform = "S"
        spread = []
        key = "k"
        columns = { k = "id", amount = { from = "A", type = "cash" } }
        [modules.B]
        entity = "students"
        modified_time = "a b"
        [modules.B.columns]
        x = { from = "X", typ = "int" }
    """)
    assert sorted(found) == sorted(
        [
            'things.toml: nmae: unknown key; did you mean "name"?',
            "things.toml: deny: a list in square brackets was expected",
            'things.toml: modules.A.colums: unknown key; did you mean "columns"?',
            'things.toml: modules.A.columns: the key column "zoho_student_id" is missing',
            'things.toml: modules.A.columns.birth_date.transform: unknown transform "dat"; '
            'did you mean "date"?',
            "things.toml: modules.A.columns.Bad: a column name has small letters, digits and _, "
            "beginning with a letter",
            "things.toml: modules.A.columns.synced_at: is filled by the bridge or the plugin and "
            "cannot be mapped",
            "things.toml: modules.A.columns.content_hash: is filled by the bridge or the plugin "
            "and cannot be mapped",
            'things.toml: modules.A.columns.password.from: "Academic_Password" must not be read '
            "(deny list: Academic_Password)",
            "things.toml: modules.A.children.installments: duplicate target: a column has this "
            "name too",
            'things.toml: modules.A.children.installments.columns: the key column "k" is missing',
            'things.toml: modules.A.children.installments: either "subform" or "spread" says '
            "where the rows come from",
            'things.toml: modules.A.children.more.columns.amount.type: unknown type "cash"',
            "things.toml: modules.B.key: is missing",
            'things.toml: modules.B.entity: "students" is filled by A already',
            "things.toml: modules.B.modified_time: a field name was expected, or "
            '"read_time" for none',
            'things.toml: modules.B.columns.x.typ: unknown key; did you mean "type"?',
        ]
    )


SPREADS: list[tuple[str, str]] = [
    ('spread = [{ codes = ["P1"], from = "P1_text" }]', "spread.0.from: must hold {code}"),
    ('spread = [{ codes = ["1P"], from = "{code}" }]', 'spread.0.codes: "1P" is no code like P1'),
    ('spread = [{ codes = ["P9..P1"], from = "{code}" }]', 'spread.0.codes: "P9..P1" is no code'),
    ('spread = [{ codes = ["P1..M3"], from = "{code}" }]', 'spread.0.codes: "P1..M3" is no code'),
    ('spread = [{ codes = ["P1", "P1..P2"], from = "{code}" }]', 'spread: the code "P1" is there'),
    ('spread = [{ codes = [], from = "{code}" }]', "spread.0.codes: must not be empty"),
    ('spread = [{ codes = ["P1"] }]', "spread.0.from: is missing"),
    ('spread = [{ codes = ["P1"], from = "{code}", x = 1 }]', "spread.0.x: unknown key"),
    ("spread = [5]", "spread.0: a table was expected"),
    ('spread = [{ codes = ["P1"], from = "{code}_token" }]', 'spread.0.from: "P1_token" must not'),
    ('spread = [{ codes = ["P1"], from = "{code}", subform = "My_Secrets" }]', "spread.0.from: "),
    ('subform = "Token_List"', 'subform: "Token_List" must not be read'),
    ('subform = "a b"', "subform: must be a name of letters"),
    ("subform = 5", "subform: a text in quotes was expected"),
    ('subform = "S"\nspread = [{ codes = ["P1"], from = "{code}" }]', 'either "subform" or'),
]


@pytest.mark.parametrize(("lines", "expected"), SPREADS)
def test_a_faulty_child_is_named(faults_of: Faults, lines: str, expected: str) -> None:
    found = faults_of(f"""
[modules.A]
entity = "units"
key = "zoho_unit_id"
columns = {{ zoho_unit_id = "id" }}
[modules.A.children.criteria]
key = "code"
{lines}
columns = {{ code = {{ from = "code", type = "text" }} }}
""")
    child = "things.toml: modules.A.children.criteria"
    assert any(line.startswith((f"{child}.{expected}", f"{child}: {expected}")) for line in found)


def test_a_spread_row_has_nothing_but_code_letter_and_text(faults_of: Faults) -> None:
    found = faults_of("""
[modules.A]
entity = "units"
key = "zoho_unit_id"
columns = { zoho_unit_id = "id" }
[modules.A.children.criteria]
key = "code"
spread = [{ codes = ["P1"], from = "{code}" }]
columns = { code = "code", x = "level", unit = "parent.Name" }
""")
    (line,) = found
    assert "criteria.columns.x.from: a spread row has only code, letter, text" in line


def test_a_module_key_must_be_a_crm_id(faults_of: Faults) -> None:
    found = faults_of("""
[modules.A]
entity = "units"
key = "zoho_unit_id"
columns = { zoho_unit_id = { from = "Name" } }
[modules."B C"]
entity = "classes"
key = "zoho_class_id"
columns = { zoho_class_id = "id" }
[modules.D]
entity = "No Name"
key = "zoho_class_id"
columns = { zoho_class_id = "id" }
[modules.E]
entity = "e"
key = "k"
columns = { k = "id", children = "X" }
children = { deleted_at = { key = "k", subform = "S", columns = { k = "id" } } }
""")
    assert found == [
        "things.toml: modules.A.columns.zoho_unit_id.type: a key is a CRM id, which a text "
        "column cannot hold",
        "things.toml: modules.B C: is no API name of a CRM module",
        "things.toml: modules.D.entity: must be a name of letters, digits and _, beginning with "
        "a letter",
        "things.toml: modules.E.children.deleted_at: a child list cannot have this name",
    ]


def test_a_module_that_is_no_table_is_named(faults_of: Faults) -> None:
    assert faults_of("[modules]\nA = 5") == ["things.toml: modules.A: a table was expected"]


@pytest.mark.parametrize("text", ["", 'name = "x"', "[modules]"])
def test_a_file_without_modules_is_named(faults_of: Faults, text: str) -> None:
    (line,) = faults_of(text)
    assert line.startswith("things.toml: modules: is missing")


def test_broken_toml_is_named_with_its_line(faults_of: Faults) -> None:
    (line,) = faults_of('[modules.A]\nentity = "x\n')
    assert line.startswith("things.toml: is no TOML: ") and "line 2" in line


def test_a_column_written_twice_is_named_with_its_line(faults_of: Faults) -> None:
    (line,) = faults_of('[modules.A.columns]\nx = "A"\nx = "B"\n')
    assert line.startswith("things.toml: is no TOML: ") and "line 3" in line


def test_toml_nested_without_end_is_refused(faults_of: Faults) -> None:
    (line,) = faults_of("x = " + "[" * 100_000)
    assert line.startswith("things.toml: is no TOML: ")


def test_a_missing_file_is_named_with_the_presets_there_are(tmp_path: Path) -> None:
    with pytest.raises(MappingErrors) as caught:
        load_preset("btek")
    assert str(caught.value.faults[0]) == (
        'btek: no such file, and no preset of that name (btec, guide); did you mean "btec"?'
    )
    with pytest.raises(OperatorError, match="no such file"):
        load_preset(tmp_path / "own.toml")


def test_a_folder_is_no_mapping_file(tmp_path: Path) -> None:
    with pytest.raises(MappingErrors, match="cannot be read"):
        load_preset(tmp_path)


def test_a_file_that_is_no_utf8_is_named(tmp_path: Path) -> None:
    file = tmp_path / "latin.toml"
    file.write_bytes('name = "Zürich"'.encode("latin-1"))
    with pytest.raises(MappingErrors, match="is no UTF-8 text"):
        load_preset(file)


def test_a_file_saved_by_a_windows_editor_is_read(tmp_path: Path) -> None:
    lines = ['name = "own"', "[modules.A]", 'entity = "a"', 'key = "k"', 'columns = { k = "id" }']
    file = tmp_path / "own.toml"
    file.write_bytes(b"\xef\xbb\xbf" + "\r\n".join(lines).encode())
    assert load_preset(str(file)).name == "own"


def test_a_preset_without_a_name_has_that_of_its_file(load: Load) -> None:
    assert load('[modules.A]\nentity = "a"\nkey = "k"\ncolumns = { k = "id" }').name == "things"


def test_one_crm_field_may_fill_two_columns(load: Load) -> None:
    preset = load('[modules.A]\nentity = "a"\nkey = "k"\ncolumns = { k = "id", x = "N", y = "N" }')
    assert preset.modules["A"].source_fields == {"N", "Modified_Time"}


def test_the_digest_of_a_module_changes_with_its_table_and_with_nothing_else(load: Load) -> None:
    def digest(text: str) -> str:
        return load(text).modules["Things"].digest

    assert digest(OWN) == digest(f"# A remark.\n{OWN}")
    assert digest(OWN) != digest(OWN.replace('Off = "off"', 'Off = "out"'))
