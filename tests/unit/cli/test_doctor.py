from __future__ import annotations

from tests.unit.cli.desk import Mzi


def test_the_doctor_names_what_is_missing_before_it_looks_further(mzi: Mzi) -> None:
    said = mzi("doctor", "--json", ZOHO_CLIENT_ID=None, WEBHOOK_BASE_URL=None)
    assert said.code == 1
    assert {(c["name"], c["state"]) for c in said.json} == {
        ("setting ZOHO_CLIENT_ID", "failed"),
        ("setting WEBHOOK_BASE_URL", "failed"),
    }
    assert all(check["fix"].startswith("For example: ") for check in said.json)


def test_each_line_stands_with_its_mending(mzi: Mzi) -> None:
    said = mzi("doctor", "--json")
    assert said.code == 1
    checks = {check["name"]: check for check in said.json}
    assert checks["settings"]["state"] == "ok"
    assert checks["zoho token"]["state"] == "ok"
    assert checks["public address"]["state"] == "failed"
    assert "Start mzi serve" in checks["public address"]["fix"]
    assert checks["channel of BTEC_Students"]["fix"] == "Run mzi channels setup."
    assert all(check["fix"] for check in said.json if check["state"] != "ok")


def test_a_person_reads_it_line_by_line(mzi: Mzi) -> None:
    said = mzi("doctor")
    assert "ok      database: reachable, 0 records waiting\n" in said.out
    assert "failed  channel of BTEC_Students: none\n        → Run mzi channels setup." in said.out


def test_a_doctor_that_cannot_open_the_database_says_so(mzi: Mzi) -> None:
    said = mzi("doctor", "--json", DATABASE_URL="sqlite:////no/such/folder/journal.sqlite3")
    assert said.code == 1
    (start,) = said.json
    assert start["name"] == "start" and start["detail"].startswith("database_directory_missing")


def test_no_secret_is_shown(mzi: Mzi) -> None:
    said = mzi("doctor", MOODLE_TOKEN="canary0123456789canary0123456789")
    for secret in ("canary", mzi.values["ZOHO_CLIENT_SECRET"], mzi.values["ZOHO_REFRESH_TOKEN"]):
        assert secret not in said.out + said.err
