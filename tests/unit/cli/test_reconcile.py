from __future__ import annotations

import pytest

from tests.unit.cli.desk import Mzi
from tests.unit.cli.test_sync import change, first_id


@pytest.fixture
def synced(mzi: Mzi) -> Mzi:
    assert mzi("sync", "full").code == 0
    return mzi


def test_zero_drift_ends_with_nought_and_says_what_it_took(synced: Mzi) -> None:
    said = synced("reconcile", "--allow-unlinked")
    assert said.code == 0, said.err
    assert "API credits of the CRM were used" in said.out
    assert "BTEC_Payments" in said.out
    as_json = synced("reconcile", "--allow-unlinked", "--json")
    assert as_json.code == 0
    assert as_json.json["agrees"] and as_json.json["credits"] > 0
    assert len(as_json.json["modules"]) == 10


def test_drift_ends_with_one_names_ids_and_columns_and_no_value(synced: Mzi) -> None:
    record_id = first_id(synced, "payments")
    synced.crm("callbacks", {"mode": "drop"})
    change(synced, "BTEC_Payments", record_id, Note="A-private-remark")
    said = synced("reconcile", "--module", "payments")
    assert said.code == 1
    assert f"stale BTEC_Payments {record_id}" in said.out
    assert "A-private-remark" not in said.out + said.err
    as_json = synced("reconcile", "--module", "payments", "--json")
    assert as_json.code == 1
    [found] = as_json.json["modules"]["BTEC_Payments"]["found"]
    assert found == {"kind": "stale", "id": record_id, "columns": [], "reason": ""}


def test_repair_mends_and_ends_with_nought(synced: Mzi) -> None:
    record_id = first_id(synced, "payments")
    change(synced, "BTEC_Payments", record_id, Note="Mended")
    said = synced("reconcile", "--allow-unlinked", "--repair", "--json")
    assert said.code == 0, said.err
    [repaired] = said.json["modules"]["BTEC_Payments"]["repaired"]
    assert repaired["id"] == record_id
    assert synced("reconcile", "--allow-unlinked").code == 0


def test_repair_carries_out_a_proven_deletion(synced: Mzi) -> None:
    record_id = first_id(synced, "payments")
    synced.crm("edit", {"module": "BTEC_Payments", "operation": "delete", "id": record_id})
    assert synced("reconcile", "--module", "payments").code == 1
    said = synced("reconcile", "--module", "payments", "--repair", "--json")
    assert said.code == 0, said.err
    report = said.json["modules"]["BTEC_Payments"]
    assert [f["id"] for f in report["repaired"]] == [record_id]


def test_people_without_an_account_are_drift_unless_allowed(synced: Mzi) -> None:
    said = synced("reconcile", "--module", "teachers")
    assert said.code == 1
    assert "unlinked" in said.out
    assert synced("reconcile", "--module", "teachers", "--allow-unlinked").code == 0


def test_a_crm_that_shows_nothing_says_what_to_do(synced: Mzi) -> None:
    fault = {"kind": "status", "status": 204}
    match = {"path_prefix": "/crm/v2/BTEC_Payments"}
    synced.crm("faults", [{"match": match, "fault": fault}])
    said = synced("reconcile", "--module", "payments", "--repair")
    assert said.code == 1
    assert "nothing was deleted" in said.out


def test_a_side_out_of_reach_ends_with_three(synced: Mzi) -> None:
    fault = {"kind": "html"}
    synced.crm("faults", [{"match": {"path_contains": "BTEC_Payments"}, "fault": fault}])
    said = synced("reconcile", "--json")
    assert said.code == 3
    assert "error" in said.json["modules"]["BTEC_Payments"]
    assert "BTEC_Payments: " in said.err


def test_an_unknown_module_and_a_repair_without_moodle_end_with_two(mzi: Mzi) -> None:
    assert mzi("reconcile", "--module", "nothing").code == 2
    assert mzi("reconcile", "--repair", MOODLE_ENABLED="false").code == 2
