"""The way back: which facts of Moodle fill which fields of the CRM."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mzi_bridge.mapping import MappingErrors, Preset, load_preset, project_write, shipped_presets
from mzi_bridge.mapping.values import FaultCode
from mzi_bridge.mapping.write_rules import KINDS

Load = Callable[..., Preset]

MODULE = """
[modules.Things]
entity = "students"
key = "zoho_thing_id"
columns = { zoho_thing_id = "id" }
"""
GRADE = {
    "key": "12_3_9_2",
    "student_id": "73001",
    "class_id": "73002",
    "letter": "M",
    "attempt": 2,
    "graded_on": "2026-11-21",
    "feedback": "Well done.",
    "grader": "A. Teacher",
    "unit_name": "Unit 1",
    "itemname": "Unit 1 report",
}
OUTCOME = {
    "code": "P1",
    "identification": "P1",
    "title": "Explain",
    "definition": None,
    "score": "Achieved",
    "feedback": "",
}


def grade_row(facts: dict[str, Any], *, new: bool = False, name: str = "btec") -> dict[str, Any]:
    row, faults = project_write(load_preset(name).writes["grade"], facts, new=new)
    assert faults == []
    return row


def test_a_grade_fills_the_fields_of_the_preset() -> None:
    assert grade_row(GRADE) == {
        "Moodle_Grade_Composite_Key": "12_3_9_2",
        "Student": {"id": "73001"},
        "Class": {"id": "73002"},
        "Grade": "M",
        "Attempt_Number": 2,
        "Attempt_Date": "2026-11-21",
        "Feedback": "Well done.",
        "Grader_Name": "A. Teacher",
        "BTEC_Unit": "Unit 1",
        "BTEC_Grade_Name": "Unit 1 report",
    }


def test_only_a_new_record_gets_what_the_office_owns_later() -> None:
    assert "Grade_Status" not in grade_row(GRADE)
    assert grade_row(GRADE, new=True)["Grade_Status"] == "Marking completed"


def test_a_fact_that_is_absent_leaves_its_field_alone_and_null_clears_it() -> None:
    row = grade_row({"key": "k", "internal_verifier": "V. Erifier", "feedback": None})
    assert row == {"Moodle_Grade_Composite_Key": "k", "IV_Name": "V. Erifier", "Feedback": None}


def test_outcomes_become_rows_of_the_subform() -> None:
    row = grade_row({"key": "k", "outcomes": [OUTCOME]})
    assert row["Learning_Outcomes_Assessm"] == [
        {
            "LO_Code": "P1",
            "LO_Outcome_Identification": "P1",
            "LO_Title": "Explain",
            "LO_Definition": None,
            "LO_Score": "Achieved",
            "LO_Feedback": None,
        }
    ]
    assert grade_row({"key": "k", "outcomes": []})["Learning_Outcomes_Assessm"] == []
    assert "Learning_Outcomes_Assessm" not in grade_row({"key": "k"})


def test_a_request_carries_its_rows_under_the_subforms_own_name() -> None:
    rule = load_preset("btec").writes["request"]
    details = {"Requested_Classes": [{"Moodle_Class_ID": "17"}]}
    facts = {"student_id": "73001", "reason": "May I? [M-000001]", "details": details}
    row, faults = project_write(rule, facts, new=True)
    assert faults == []
    assert row == {
        "Student": {"id": "73001"},
        "Reason": "May I? [M-000001]",
        "Status": "Pending",
        "Requested_Classes": [{"Moodle_Class_ID": "17"}],
    }
    assert project_write(rule, {"details": None}, new=False) == ({}, [])


@pytest.mark.parametrize(
    ("fact", "value", "code"),
    [
        ("student_id", "not digits", FaultCode.INVALID_VALUE),
        ("student_id", 73001, FaultCode.WRONG_TYPE),
        ("graded_on", "2026-02-30", FaultCode.INVALID_VALUE),
        ("graded_on", 1_795_253_400, FaultCode.WRONG_TYPE),
        ("feedback", "a\0b", FaultCode.INVALID_VALUE),
        ("feedback", ["secret"], FaultCode.WRONG_TYPE),
    ],
)
def test_what_cannot_be_sent_is_named_and_left_out(fact: str, value: Any, code: FaultCode) -> None:
    rule = load_preset("btec").writes["grade"]
    row, faults = project_write(rule, {**GRADE, fact: value}, new=False)
    (field,) = rule.writes(fact)
    assert field not in row and row["Grade"] == "M"
    assert [(fault.column, fault.source, fault.code) for fault in faults] == [(field, fact, code)]
    assert "secret" not in repr(faults)


def test_a_fault_in_a_row_of_a_subform_says_where() -> None:
    rule = load_preset("btec").writes["grade"]
    _, faults = project_write(rule, {"outcomes": [OUTCOME, {"title": 1.5}]}, new=False)
    assert [fault.column for fault in faults] == ["Learning_Outcomes_Assessm[1].LO_Title"]


@pytest.mark.parametrize("name", shipped_presets())
def test_every_shipped_preset_writes_every_kind(name: str) -> None:
    assert load_preset(name).writes.keys() == KINDS.keys()


def test_the_guide_links_no_grade_to_a_class() -> None:
    assert "Class" not in grade_row(GRADE, name="guide")


GOOD = 'module = "M"\nkey = "K"\nfields = { K = "key"%s }\n'


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ('[writes.grad]\nmodule = "M"', 'no such kind of write; did you mean "grade"?'),
        ("[writes.grade]\n" + GOOD % ', X = "leter"', 'no fact is called "leter"; did you mean'),
        ("[writes.grade]\n" + GOOD % ", X = 5", "{ lookup = "),
        ("[writes.grade]\n" + GOOD % ', X = { lookup = "a", date = "b" }', "{ lookup = "),
        ("[writes.grade]\n" + GOOD % ', Portal_Password = "letter"', "must not be written"),
        ("[writes.grade]\n" + GOOD % ', "A B" = "letter"', "is no field name"),
        ('[writes.grade]\nmodule = "M"\nfields = { K = "key" }', "key: is missing"),
        ('[writes.grade]\nmodule = "M"\nkey = "X"\nfields = { K = "key" }', '"X" must be among'),
        ('[writes.grade]\nkey = "K"\nfields = { K = "key" }', "module: is missing"),
        ('[writes.grade]\nmodule = "M"\nkey = "K"', "fields: is missing"),
        ("[writes.grade]\n" + GOOD % "" + 'insert = { K = "x" }', "is among the fields, too"),
        ("[writes.grade]\n" + GOOD % "" + 'insert = { My_Token = "x" }', "must not be written"),
        ("[writes.grade]\n" + GOOD % "" + 'mark = "K"', "known by something else"),
        ("[writes.grade]\n" + GOOD % "" + "rows = { fields = {} }", "subform: is missing"),
        (
            '[writes.class_link]\nmodule = "M"\nfields = { A = "courseid" }\n'
            'rows = { subform = "S" }',
            "has no rows",
        ),
        ('[writes.request]\nmodule = "M"\nfields = { R = "reason" }', "mark: is missing"),
    ],
)
def test_a_faulty_rule_is_named(load: Load, lines: str, expected: str) -> None:
    with pytest.raises(MappingErrors) as caught:
        load(MODULE + lines)
    assert expected in str(caught.value)
