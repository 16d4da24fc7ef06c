from __future__ import annotations

from tests.unit.cli.desk import Mzi


def test_set_up_registers_one_channel_for_each_module_and_twice_changes_nothing(mzi: Mzi) -> None:
    first = mzi("channels", "setup", "--json")
    assert first.code == 0, first.err
    assert {outcome["done"] for outcome in first.json} == {"enabled"}
    assert len(first.json) == 10
    again = mzi("channels", "setup", "--json")
    assert {outcome["done"] for outcome in again.json} == {"kept"}


def test_the_list_says_what_zoho_has(mzi: Mzi) -> None:
    assert mzi("channels", "list", "--json").json == []
    mzi("channels", "setup")
    states = mzi("channels", "list", "--json").json
    assert all(s["recorded"] and s["at_zoho"] and s["as_recorded"] for s in states)
    assert "BTEC_Students" in mzi("channels", "list").out


def test_no_token_of_a_channel_is_ever_shown(mzi: Mzi) -> None:
    said = mzi("channels", "setup", "--json")
    assert "token" not in said.out + said.err


def test_renewing_moves_every_end(mzi: Mzi) -> None:
    mzi("channels", "setup")
    assert {outcome["done"] for outcome in mzi("channels", "renew", "--json").json} == {"renewed"}


def test_deleting_needs_a_choice(mzi: Mzi) -> None:
    mzi("channels", "setup")
    said = mzi("channels", "delete")
    assert said.code == 2 and "--module or --all" in said.err
    assert mzi("channels", "delete", "--module", "BTEC_Students", "--json").code == 0
    assert len(mzi("channels", "list", "--json").json) == 9
    mzi("channels", "delete", "--all")
    assert mzi("channels", "list", "--json").json == []


def test_a_shorter_life_than_asked_is_said(mzi: Mzi) -> None:
    said = mzi("channels", "setup", MZI_CHANNEL_HOURS="168")
    assert said.code == 0
    assert "Zoho granted less than was asked" in said.err


def test_a_channel_that_zoho_refuses_ends_the_command_with_one(mzi: Mzi) -> None:
    body = '{"code":"NO_PERMISSION","details":{},"message":"x","status":"error"}'
    fault = {"kind": "status", "status": 403, "body": body}
    match = {"method": "POST", "path_contains": "actions/watch"}
    mzi.crm("faults", [{"match": match, "fault": fault}])
    said = mzi("channels", "setup")
    assert said.code == 1
    assert "BTEC_Students: no_permission" in said.err
