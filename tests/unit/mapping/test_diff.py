"""What writing a row would change."""

from __future__ import annotations

from typing import Any

from mzi_bridge.mapping import FieldChange, diff

META = {"modified_time": 1, "read_time": 2, "content_hash": "x"}
KEYS = {"installments": "zoho_installment_id"}


def test_only_changed_columns_are_named() -> None:
    stored = {"id": 9, "name": "old", "city": "Amman", "modified_time": 0}
    row = {"name": "new", "city": "Amman", **META}
    assert diff(stored, row) == (FieldChange("name", "old", "new"),)


def test_a_column_left_out_of_the_row_stays() -> None:
    assert diff({"name": "old"}, {**META}) == ()


def test_null_clears_and_an_unknown_column_counts_as_empty() -> None:
    assert diff({"name": "old"}, {"name": None, "city": None}) == (
        FieldChange("name", "old", None),
    )


def test_a_new_record_changes_every_filled_column() -> None:
    assert diff({}, {"zoho_id": "1", "name": None}) == (FieldChange("zoho_id", None, "1"),)


def test_rows_of_a_child_are_told_apart_by_their_key() -> None:
    stored: dict[str, Any] = {
        "installments": [
            {"zoho_installment_id": "1", "amount": "5.00", "sortorder": 0},
            {"zoho_installment_id": "2", "amount": "6.00", "sortorder": 1},
        ]
    }
    row: dict[str, Any] = {
        "installments": [
            {"zoho_installment_id": "3", "amount": "7.00"},
            {"zoho_installment_id": "1", "amount": "5.50"},
        ]
    }
    assert diff(stored, row, KEYS) == (
        FieldChange("installments[3]", None, {"zoho_installment_id": "3", "amount": "7.00"}),
        FieldChange("installments[1].amount", "5.00", "5.50"),
        FieldChange("installments[2]", stored["installments"][1], None),
    )
    assert diff({"installments": None}, {"installments": []}, KEYS) == ()
    assert diff(stored, {}, KEYS) == ()


def test_without_keys_a_child_is_one_value() -> None:
    assert diff({"criteria": []}, {"criteria": [{"code": "P1"}]}) == (
        FieldChange("criteria", [], [{"code": "P1"}]),
    )
