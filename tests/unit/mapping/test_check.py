"""A preset against both ends: each thing that would be lost is found and named."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from mzi_bridge.errors import ContractError
from mzi_bridge.mapping import Preset, load_preset
from mzi_bridge.mapping.check import Finding, check_preset
from mzi_bridge.mapping.finding import Severity

Load = Callable[..., Preset]
ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO


@dataclass(frozen=True)
class Field:
    api_name: str
    data_type: str = "text"
    length: int | None = 100
    picklist: tuple[str, ...] = ()
    subform_module: str | None = None


def crm(**changed: Field | None) -> dict[str, list[Field]]:
    """A CRM that suits OWN; `changed` replaces fields of module Things, None takes one away."""
    fields = {
        "Name": Field("Name", "text"),
        "Born": Field("Born", "date"),
        "Fee": Field("Fee", "currency"),
        "Home": Field("Home", "lookup"),
        "State": Field("State", "picklist", picklist=("On", "Off")),
        "Hobbies": Field("Hobbies", "multiselectpicklist"),
        "Rows": Field("Rows", "subform", subform_module="Rows_Of_Things"),
        "P1_text": Field("P1_text", "textarea", length=32000),
        "Modified_Time": Field("Modified_Time", "datetime"),
        "Owner": Field("Owner", "ownerlookup"),
    } | changed
    rows = [Field("Amount", "currency"), Field("Title")]
    return {
        "Things": [field for field in fields.values() if field is not None],
        "Rows_Of_Things": rows,
    }


def contract(**changed: dict[str, Any] | None) -> dict[str, Any]:
    """A plugin that suits OWN; `changed` replaces columns of entity things."""
    columns: dict[str, Any] = {
        "name": {"type": "text", "length": 100},
        "born": {"type": "date"},
        "fee": {"type": "money"},
        "zoho_home_id": {"type": "text", "length": 30},
        "state": {"type": "text", "length": 20},
        "hobbies": {"type": "text", "length": 0},
        "details": {"type": "json"},
    } | changed
    amount = {"type": "money"}
    rows = {"key": "zoho_row_id", "parent": "zoho_thing_id", "columns": {"amount": amount}}
    codes = {"key": "code", "columns": {"text": {"type": "text", "length": 0}}}
    thing = {
        "table": "local_mzi_things",
        "key": "zoho_thing_id",
        "columns": {name: column for name, column in columns.items() if column is not None},
        "children": {"rows": rows, "codes": codes},
    }
    return {"contract_version": 1, "max_records": 500, "entities": {"things": thing}}


OWN = """
[modules.Things]
entity = "things"
key = "zoho_thing_id"

[modules.Things.columns]
zoho_thing_id = "id"
name = "Name"
born = { from = "Born", type = "date" }
fee = { from = "Fee", type = "money" }
zoho_home_id = "Home.id"
state = { from = "State", transform = "map", values = { On = "on", Off = "off" } }
hobbies = { from = "Hobbies", transform = "join" }
details = { transform = "rows", subforms = { Rows = ["Title"] } }

[modules.Things.children.rows]
subform = "Rows"
key = "zoho_row_id"
columns = { zoho_row_id = "id", amount = { from = "Amount", type = "money" } }

[modules.Things.children.codes]
key = "code"
spread = [{ codes = ["P1"], from = "{code}_text" }]
columns = { code = "code", text = "text" }
"""


@pytest.fixture
def own(load: Load) -> Preset:
    return load(OWN)


def test_a_preset_that_suits_both_ends_has_no_findings(own: Preset) -> None:
    assert check_preset(own, crm(), contract()) == []


CRM_FAULTS: list[tuple[dict[str, Field | None], tuple[Severity, str, str, tuple[str, ...]]]] = [
    (
        {"Born": None, "Born_On": Field("Born_On", "date")},
        (ERROR, "columns.born", 'the CRM has no field "Born" here', ("Born_On",)),
    ),
    (
        {"Home": Field("Home", "text")},
        (ERROR, "columns.zoho_home_id", '"Home.id" goes into a lookup, but "Home" is text', ()),
    ),
    (
        {"Name": Field("Name", "lookup")},
        (ERROR, "columns.name", '"Name" is lookup, which does not give text', ()),
    ),
    (
        {"Born": Field("Born", "currency")},
        (ERROR, "columns.born", '"Born" is currency, which does not give date', ()),
    ),
    (
        {"Hobbies": Field("Hobbies", "text")},
        (ERROR, "columns.hobbies", '"Hobbies" is text, which does not give text', ()),
    ),
    (
        {"State": Field("State", "picklist", picklist=("On", "Off", "Lost"))},
        (WARNING, "columns.state", "the map does not know: Lost", ()),
    ),
    (
        {"Rows": None, "Row": Field("Row", "subform")},
        (ERROR, "Rows", "the CRM has no such subform", ("Row",)),
    ),
    ({"Rows": Field("Rows", "text")}, (ERROR, "Rows", "is text, not a subform", ())),
    (
        {"Rows": Field("Rows", "subform", subform_module="Hidden")},
        (INFO, "Rows", "the fields of this subform are not known, so they were not checked", ()),
    ),
    (
        {"P1_text": None, "P1_txt": Field("P1_txt")},
        (ERROR, "children.codes", 'the CRM has no field "P1_text" here', ("P1_txt",)),
    ),
    (
        {"Modified_Time": None},
        (
            INFO,
            "modified_time",
            'the CRM lists no "Modified_Time" here: where a record has none, the read time counts',
            (),
        ),
    ),
    (
        {"Modified_Time": Field("Modified_Time", "date")},
        (ERROR, "modified_time", '"Modified_Time" is date, not a datetime', ()),
    ),
    ({"Extra": Field("Extra")}, (INFO, "Extra", "no rule reads this CRM field", ())),
    (
        {"Academic_Password": Field("Academic_Password")},
        (INFO, "Academic_Password", "is never read (deny list)", ()),
    ),
    (
        {"Name": Field("Name", length=255)},
        (WARNING, "columns.name", "the CRM allows 255 characters, the column holds 100", ()),
    ),
]


@pytest.mark.parametrize(("changed", "expected"), CRM_FAULTS)
def test_what_the_crm_lacks_is_found(
    own: Preset, changed: dict[str, Field | None], expected: tuple[Any, ...]
) -> None:
    severity, key, message, suggestions = expected
    found = check_preset(own, crm(**changed), contract())
    assert Finding(severity, "Things", key, message, suggestions) in found


CONTRACT_FAULTS: list[tuple[dict[str, Any], tuple[Severity, str, str, tuple[str, ...]]]] = [
    (
        {"born": None, "birth": {"type": "date"}},
        (ERROR, "columns.born", "the plugin has no such column", ("birth",)),
    ),
    (
        {"fee": {"type": "int"}},
        (ERROR, "columns.fee", "the plugin's column is int, the rule gives money", ()),
    ),
    (
        {"must": {"type": "text", "length": 5, "required": True}},
        (ERROR, "columns.must", "the plugin requires this column", ()),
    ),
    ({"may": {"type": "text"}}, (INFO, "columns.may", "no rule fills it", ())),
]


@pytest.mark.parametrize(("changed", "expected"), CONTRACT_FAULTS)
def test_what_the_plugin_lacks_is_found(
    own: Preset, changed: dict[str, Any], expected: tuple[Any, ...]
) -> None:
    severity, key, message, suggestions = expected
    found = check_preset(own, crm(), contract(**changed))
    # difflib decides which names are near; what matters here is that a near one is offered.
    assert [f for f in found if (f.severity, f.key, f.message) == (severity, key, message)]
    assert all(f.suggestions in ((), suggestions) for f in found)


def one(found: list[Finding], key: str) -> Finding:
    (finding,) = [finding for finding in found if finding.key == key]
    return finding


def test_a_missing_module_is_found_with_the_nearest(own: Preset) -> None:
    fields = crm()
    fields["Thing"] = fields.pop("Things")
    (finding,) = check_preset(own, fields, contract())
    assert (finding.severity, finding.module, finding.key) == (ERROR, "Things", "")
    assert finding.message == "the CRM has no such module"
    assert finding.suggestions[0] == "Thing"


def test_an_entity_the_plugin_lacks_and_one_nobody_fills(own: Preset) -> None:
    plugin = contract()
    plugin["entities"]["thing"] = plugin["entities"].pop("things")
    found = check_preset(own, crm(), plugin)
    assert one(found, "entity").suggestions == ("thing",)
    assert one(found, "thing") == Finding(
        WARNING, "", "thing", "no module of the mapping fills this entity"
    )


def test_other_keys_than_the_plugins_are_found(own: Preset) -> None:
    plugin = contract()
    plugin["entities"]["things"]["key"] = "zoho_id"
    plugin["entities"]["things"]["children"]["rows"]["key"] = "row_id"
    found = check_preset(own, crm(), plugin)
    assert one(found, "key").suggestions == ("zoho_id",)
    assert one(found, "children.rows.key").severity is ERROR


def test_lists_the_plugin_lacks_and_lists_nobody_fills(own: Preset) -> None:
    plugin = contract()
    children = plugin["entities"]["things"]["children"]
    children["row"] = children.pop("rows")
    found = check_preset(own, crm(), plugin)
    assert one(found, "children.rows").suggestions == ("row",)
    assert one(found, "children.row") == Finding(
        INFO, "Things", "children.row", "no rule fills this list of the plugin"
    )


def test_fields_a_subform_lacks_are_found_for_lists_and_for_json(own: Preset) -> None:
    fields = crm()
    fields["Rows_Of_Things"] = [Field("Amounts", "currency")]
    found = check_preset(own, fields, contract())
    assert one(found, "children.rows.columns.amount").suggestions == ("Amounts",)
    assert one(found, "columns.details").message == 'the subform "Rows" has no field "Title"'


def test_a_max_length_quiets_the_warning_unless_it_is_too_long(load: Load) -> None:
    fields = crm(Name=Field("Name", length=255))
    quiet = load(OWN.replace('name = "Name"', 'name = { from = "Name", max_length = 100 }'))
    assert check_preset(quiet, fields, contract()) == []
    loud = load(OWN.replace('name = "Name"', 'name = { from = "Name", max_length = 101 }'))
    assert one(check_preset(loud, fields, contract()), "columns.name").severity is WARNING


def test_a_data_type_nobody_has_heard_of_is_let_pass(own: Preset) -> None:
    fields = crm(Born=Field("Born", "hologram"), Home=Field("Home", "hologram"))
    assert check_preset(own, fields, contract()) == []


def test_errors_come_before_warnings_before_infos(own: Preset) -> None:
    fields = crm(Extra=Field("Extra"), Name=Field("Name", length=255), Born=None)
    severities = [finding.severity for finding in check_preset(own, fields, contract())]
    assert severities == [ERROR, WARNING, INFO]


@pytest.mark.parametrize("bad", [{}, {"entities": []}, {"entities": {"things": {"columns": 5}}}])
def test_a_malformed_contract_is_an_error_of_its_own(own: Preset, bad: dict[str, Any]) -> None:
    with pytest.raises(ContractError, match="malformed") as caught:
        check_preset(own, crm(), bad)
    assert caught.value.reason == "contract_malformed"


@pytest.mark.parametrize("name", ["btec", "guide"])
def test_every_shipped_module_missing_is_said_once(name: str) -> None:
    found = check_preset(load_preset(name), {}, {"entities": {}})
    missing = [finding for finding in found if finding.message == "the CRM has no such module"]
    assert len(missing) == 10


def test_a_module_without_metadata_is_said_not_to_be_checked(own: Preset) -> None:
    (finding,) = check_preset(own, {"Things": []}, contract())
    assert finding.severity is WARNING and "were not checked" in finding.message


@pytest.mark.parametrize(
    ("field", "warned"),
    [
        (Field("Name", "autonumber", length=255), False),
        (Field("Name", "picklist", length=255), False),
        (Field("Name", "picklist", length=255, picklist=("short",)), False),
        (Field("Name", "picklist", length=5, picklist=("x" * 101,)), True),
        (Field("Name", "textarea", length=101), True),
        (Field("Name", "text", length=None), False),
    ],
)
def test_a_length_that_is_only_nominal_warns_nobody(
    own: Preset, field: Field, warned: bool
) -> None:
    found = check_preset(own, crm(Name=field), contract())
    assert [finding.severity for finding in found] == [WARNING] * warned
