"""Lists under a record: rows of subforms, and fields spread into rows."""

from __future__ import annotations

from typing import Any

import pytest

from mzi_bridge.mapping import FaultCode, Projection, load_preset, project

REGISTRATIONS = load_preset("btec").modules["BTEC_Registrations"]
UNITS = load_preset("btec").modules["BTEC"]
FORM = [f"P{n}" for n in range(1, 11)] + [f"M{n}" for n in range(1, 10)]
FORM += [f"D{n}" for n in range(1, 7)]


def registration(**fields: Any) -> Projection:
    return project(REGISTRATIONS, {"id": "5", "Currency": "USD", **fields}, 1_800_000_000)


def unit(rows: Any = (), **fields: Any) -> Projection:
    record: dict[str, Any] = {"id": "6"} | {f"{code}_description": None for code in FORM} | fields
    if rows is not None:
        record["BTEC_Grading_Template_P1"] = list(rows)
    return project(UNITS, record, 1_800_000_000)


def rows_of(projection: Projection, name: str) -> Any:
    assert projection.row is not None
    return projection.row.get(name, "absent")


def codes_of(projection: Projection) -> list[tuple[str, FaultCode]]:
    return [(fault.column, fault.code) for fault in projection.faults]


def test_a_subform_not_fetched_is_absent() -> None:
    assert rows_of(registration(), "installments") == "absent"


@pytest.mark.parametrize("empty", [None, [], ""])
def test_an_empty_subform_is_an_empty_list(empty: Any) -> None:
    projection = registration(Payment_Schedule=empty)
    assert rows_of(projection, "installments") == []
    assert projection.faults == ()


@pytest.mark.parametrize("wrong", ["rows", 5, {"id": "1"}, True])
def test_a_subform_that_is_no_list_leaves_the_list_alone(wrong: Any) -> None:
    projection = registration(Payment_Schedule=wrong)
    assert rows_of(projection, "installments") == "absent"
    assert codes_of(projection) == [("installments", FaultCode.WRONG_TYPE)]


def test_a_row_inherits_the_currency_of_its_parent() -> None:
    projection = registration(Currency="TL", Payment_Schedule=[{"id": "1"}])
    expected = [{"zoho_installment_id": "1", "currency": "TRY"}]
    assert rows_of(projection, "installments") == expected


def test_without_a_currency_in_the_parent_the_row_has_none_either() -> None:
    record = {"id": "5", "Payment_Schedule": [{"id": "1"}]}
    projection = project(REGISTRATIONS, record, 1)
    assert rows_of(projection, "installments") == [{"zoho_installment_id": "1"}]


def test_a_bad_field_of_a_row_is_named_and_the_rest_kept() -> None:
    row = {"id": "1", "Installment_No": 1, "Installment_Amount": "waived"}
    projection = registration(Payment_Schedule=[{"id": "9"}, row])
    assert rows_of(projection, "installments")[1] == {
        "zoho_installment_id": "1",
        "installment_number": 1,
        "currency": "USD",
    }
    (fault,) = projection.faults
    assert fault.column == "installments[1].amount"
    assert fault.source == "Installment_Amount"


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        ({"Installment_No": 1}, FaultCode.REQUIRED),
        ({"id": None}, FaultCode.REQUIRED),
        ({"id": 17}, FaultCode.WRONG_TYPE),
        ({"id": "x"}, FaultCode.INVALID_VALUE),
    ],
)
def test_a_row_without_a_sound_id_is_dropped_and_named(bad: Any, code: FaultCode) -> None:
    projection = registration(Payment_Schedule=[bad, {"id": "2"}])
    assert [row["zoho_installment_id"] for row in rows_of(projection, "installments")] == ["2"]
    assert codes_of(projection) == [("installments[0].zoho_installment_id", code)]


@pytest.mark.parametrize("bad", [None, "row", 5, ["id"]])
def test_a_row_that_is_no_object_is_dropped_and_named(bad: Any) -> None:
    projection = registration(Payment_Schedule=[bad, {"id": "2"}])
    assert [row["zoho_installment_id"] for row in rows_of(projection, "installments")] == ["2"]
    assert codes_of(projection) == [("installments[0]", FaultCode.WRONG_TYPE)]


def test_the_second_row_of_an_id_is_dropped_and_named() -> None:
    projection = registration(Payment_Schedule=[{"id": "1"}, {"id": "1"}])
    assert len(rows_of(projection, "installments")) == 1
    assert codes_of(projection) == [("installments[1]", FaultCode.DUPLICATE)]


def test_filled_criteria_become_rows_with_level_in_order() -> None:
    projection = unit(
        [{"P11_description": "eleven"}],
        P1_description="one",
        P2_description=" ",
        M2_description="merit",
        D6_description="distinction",
    )
    assert rows_of(projection, "criteria") == [
        {"code": "P1", "level": "P", "description": "one"},
        {"code": "P11", "level": "P", "description": "eleven"},
        {"code": "M2", "level": "M", "description": "merit"},
        {"code": "D6", "level": "D", "description": "distinction"},
    ]


def test_criteria_of_several_subform_rows_are_gathered() -> None:
    projection = unit([{"P12_description": "b"}, {"P11_description": "a"}])
    assert [row["code"] for row in rows_of(projection, "criteria")] == ["P11", "P12"]


def test_a_criterion_filled_twice_keeps_the_first_and_names_the_second() -> None:
    projection = unit([{"P11_description": "first"}, {"P11_description": "second"}])
    assert [row["description"] for row in rows_of(projection, "criteria")] == ["first"]
    assert codes_of(projection) == [("criteria[P11]", FaultCode.DUPLICATE)]


def test_a_list_read_without_the_subform_does_not_lose_p11_to_p20() -> None:
    projection = unit(None, P1_description="one")
    assert rows_of(projection, "criteria") == "absent"
    assert projection.faults == ()


def test_a_partial_record_never_shrinks_the_criteria() -> None:
    record = {"id": "6", "P1_description": "one", "BTEC_Grading_Template_P1": []}
    projection = project(UNITS, record, 1)
    assert rows_of(projection, "criteria") == "absent"
    assert codes_of(projection) == [("criteria", FaultCode.INCOMPLETE)]
    assert "P2_description" in projection.faults[0].message


@pytest.mark.parametrize("wrong", [["x"], "x", 5])
def test_a_criteria_subform_of_the_wrong_type_leaves_the_list_alone(wrong: Any) -> None:
    record: dict[str, Any] = {"id": "6", "BTEC_Grading_Template_P1": wrong}
    record |= {f"{code}_description": "x" for code in FORM}
    projection = project(UNITS, record, 1)
    assert rows_of(projection, "criteria") == "absent"
    assert codes_of(projection) == [("criteria", FaultCode.WRONG_TYPE)]


def test_a_criterion_that_is_no_text_keeps_its_code_and_names_its_fault() -> None:
    projection = unit(P1_description=["x"])
    assert rows_of(projection, "criteria") == [{"code": "P1", "level": "P"}]
    assert codes_of(projection) == [("criteria[P1].description", FaultCode.WRONG_TYPE)]
