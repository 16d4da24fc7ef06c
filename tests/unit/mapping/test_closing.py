"""Which values close: said in the mapping, checked when it is loaded and against the CRM."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mzi_bridge.mapping import Preset, load_preset
from mzi_bridge.mapping.check import check_preset
from mzi_bridge.mapping.finding import Severity
from mzi_bridge.sandbox.sample import picklists
from tests.unit.mapping.test_check import OWN, Field, contract, crm

Load = Callable[..., Preset]
Faults = Callable[..., list[str]]

THINGS = """
[modules.Things]
entity = "things"
key = "zoho_thing_id"
columns = { zoho_thing_id = "id", status = "State", fee = { from = "Fee", type = "money" } }
closing = { %s }
"""


def test_closing_values_are_kept_as_they_stand_in_the_row(load: Load) -> None:
    things = load(THINGS % 'status = ["Withdrawn", "On Hold", "Withdrawn"]').modules["Things"]
    assert things.closing == {"status": ("Withdrawn", "On Hold")}


def test_a_module_without_the_table_closes_nothing(load: Load) -> None:
    assert load(OWN).modules["Things"].closing == {}


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ('statuss = ["x"]', 'statuss: no such column is mapped; did you mean "status"?'),
        ('State = ["x"]', 'State: no such column is mapped; did you mean "status"?'),
        ('pets = ["x"]', "pets: no such column is mapped"),
        ('fee = ["0"]', "fee: only a text column can close, and this one is money"),
        ('zoho_thing_id = ["1"]', "zoho_thing_id: only a text column can close"),
        ('status = "Withdrawn"', "status: a list of texts was expected"),
        ("status = [5]", "status: a list of texts was expected"),
        ("status = []", "status: a list of texts was expected"),
        ('status = [""]', "status: a list of texts was expected"),
    ],
)
def test_a_faulty_closing_is_named(faults_of: Faults, line: str, fault: str) -> None:
    (found,) = faults_of(THINGS % line)
    assert found.startswith(f"things.toml: modules.Things.closing.{fault}")


def test_a_closing_that_is_no_table_is_named(faults_of: Faults) -> None:
    text = THINGS.replace("closing = { %s }", 'closing = ["Withdrawn"]')
    assert faults_of(text) == ["things.toml: modules.Things.closing: a table was expected"]


def test_a_faulty_rule_is_not_blamed_twice(faults_of: Faults) -> None:
    text = (THINGS % 'status = ["x"]').replace('"State"', '{ form = "State" }')
    assert not [line for line in faults_of(text) if "closing" in line]


@pytest.mark.parametrize("name", ["btec", "guide"])
def test_the_presets_close_what_takes_something_from_a_student(name: str) -> None:
    modules = load_preset(name).modules
    students = set(modules["BTEC_Students"].closing["status"])
    registrations = set(modules["BTEC_Registrations"].closing["registration_status"])
    harmless = {"Active", "Pending", "Graduated", "Completed"}
    assert students >= set(picklists.STUDENT_STATUSES) - harmless
    assert registrations >= set(picklists.REGISTRATION_STATUSES) - harmless
    assert "Suspended" in students & registrations
    assert not (students | registrations) & harmless
    assert "Declined" in modules["BTEC_Payments"].closing["status"]
    assert {m.module for m in modules.values() if m.closing} == {
        *("BTEC_Students", "BTEC_Registrations", "BTEC_Payments")
    }


def closing_state(load: Load, values: str) -> Preset:
    rule = 'state = { from = "State", transform = "map", values = { On = "on", Off = "off" } }'
    plain = OWN.replace(rule, 'state = "State"')
    return load(f"{plain}[modules.Things.closing]\nstate = {values}")


def test_closing_values_that_the_picklist_does_not_know_are_warned_of(load: Load) -> None:
    (finding,) = check_preset(closing_state(load, '["Of"]'), crm(), contract())
    assert (finding.severity, finding.key) == (Severity.WARNING, "closing.state")
    assert finding.suggestions == ("Off",)


def test_one_known_closing_value_is_enough(load: Load) -> None:
    assert check_preset(closing_state(load, '["Off", "Lent"]'), crm(), contract()) == []


def test_a_field_without_a_picklist_or_with_a_transform_is_not_judged(load: Load) -> None:
    plain = closing_state(load, '["Lent"]')
    assert check_preset(plain, crm(State=Field("State", length=20)), contract()) == []
    mapped = load(OWN + '[modules.Things.closing]\nstate = ["lent"]')
    assert check_preset(mapped, crm(), contract()) == []
