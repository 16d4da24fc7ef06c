from __future__ import annotations

from typing import Any

import pytest

from mzi_bridge.sandbox.zoho import Switches
from tests.unit.sandbox.zoho.school import School, open_school

CHANNEL: dict[str, Any] = {
    "channel_id": "1001",
    "events": ["Leads.create", "Leads.edit", "Registrations.all"],
    "notify_url": "https://bridge.example/hook?key=1",
    "token": "t" * 50,
    "channel_expiry": "2026-05-15T11:36:10+03:00",
}
HOUR_LATER = "2026-05-14T12:36:10+03:00"


async def enable(school: School, **changed: Any) -> dict[str, Any]:
    body = {key: value for key, value in {**CHANNEL, **changed}.items() if value is not None}
    return dict((await school.post("actions/watch", {"watch": [body]})).json()["watch"][0])


async def listed(school: School, **query: Any) -> list[dict[str, Any]]:
    answer = await school.get("actions/watch", **query)
    return [] if answer.status_code == 204 else list(answer.json()["watch"])


async def test_enabling_answers_201_with_what_was_granted(school: School) -> None:
    answer = await school.post("actions/watch", {"watch": [CHANNEL]})
    assert answer.status_code == 201
    row = answer.json()["watch"][0]
    assert row["message"] == "Successfully subscribed for actions-watch of the given module"
    granted = row["details"]["events"]
    assert [event["resource_name"] for event in granted] == ["Leads", "Registrations"]
    assert granted[0]["channel_expiry"] == "2026-05-15T11:36:10+03:00"
    assert granted[0]["resource_uri"] == "https://www.zohoapis.com/crm/v2/Leads"
    assert granted[0]["channel_id"] == "1001"


@pytest.mark.parametrize("asked", [None, "2026-05-15T11:36:11+03:00", "2026-05-20T00:00:00Z"])
async def test_without_expiry_or_past_a_day_an_hour_is_granted(
    school: School, asked: str | None
) -> None:
    row = await enable(school, channel_expiry=asked)
    assert row["details"]["events"][0]["channel_expiry"] == HOUR_LATER


async def test_a_week_is_granted_when_the_switch_says_so() -> None:
    async with open_school(Switches(channel_seconds=7 * 86_400)) as school:
        row = await enable(school, channel_expiry="2026-05-20T00:00:00+03:00")
        assert row["details"]["events"][0]["channel_expiry"] == "2026-05-20T00:00:00+03:00"


@pytest.mark.parametrize(
    ("changed", "code", "details"),
    [
        ({"channel_id": None}, "MANDATORY_NOT_FOUND", {"api_name": "channel_id"}),
        ({"channel_id": "x"}, "INVALID_DATA", {"api_name": "channel_id"}),
        ({"events": None}, "MANDATORY_NOT_FOUND", {"api_name": "events"}),
        ({"events": "Leads.all"}, "INVALID_DATA", {"expected_data_type": "jsonarray"}),
        ({"events": ["Leads.insert"]}, "INVALID_DATA", {"index": 0}),
        ({"events": ["Nope.all"]}, "INVALID_MODULE", {}),
        ({"notify_url": None}, "MANDATORY_NOT_FOUND", {"api_name": "notify_url"}),
        ({"notify_url": "ftp://x"}, "INVALID_DATA", {"api_name": "notify_url"}),
        ({"token": "t" * 51}, "INVALID_DATA", {"maximum_length": 50}),
        ({"channel_expiry": "soon"}, "INVALID_DATA", {"api_name": "channel_expiry"}),
        ({"channel_expiry": "2020-01-01T00:00:00Z"}, "INVALID_DATA", {}),
    ],
)
async def test_a_bad_channel_is_an_error_row_under_202(
    school: School, changed: dict[str, Any], code: str, details: dict[str, Any]
) -> None:
    body = {key: value for key, value in {**CHANNEL, **changed}.items() if value is not None}
    answer = await school.post("actions/watch", {"watch": [body]})
    assert answer.status_code == 202
    row = answer.json()["watch"][0]
    assert row["code"] == code
    assert details.items() <= row["details"].items()
    assert await listed(school) == []


async def test_channels_list_by_module(school: School) -> None:
    await enable(school)
    rows = await listed(school)
    assert [(row["resource_name"], row["events"]) for row in rows] == [
        ("Leads", ["Leads.create", "Leads.edit"]),
        ("Registrations", ["Registrations.all"]),
    ]
    assert rows[0]["token"] == "t" * 50
    assert rows[0]["notify_url"] == CHANNEL["notify_url"]
    assert len(await listed(school, module="Leads")) == 1
    assert await listed(school, channel_id="7") == []


async def test_put_drops_what_is_not_sent(school: School) -> None:
    await enable(school)
    body = {"channel_id": "1001", "events": ["Leads.all"], "notify_url": "https://b.example/"}
    row = (await school.put("actions/watch", {"watch": [body]})).json()["watch"][0]
    assert row["message"] == "Successfully updated the subscribe details"
    (left,) = await listed(school)
    assert (left["events"], left["token"], left["channel_expiry"]) == (
        ["Leads.all"],
        None,
        HOUR_LATER,
    )


async def test_patch_keeps_what_is_not_sent(school: School) -> None:
    await enable(school)
    change = {"channel_id": "1001", "channel_expiry": "2026-05-15T00:00:00+03:00"}
    answer = await school.patch("actions/watch", {"watch": [change]})
    assert answer.status_code == 200
    rows = await listed(school)
    assert {row["channel_expiry"] for row in rows} == {"2026-05-15T00:00:00+03:00"}
    assert rows[0]["token"] == CHANNEL["token"]


async def test_patch_can_drop_events_and_with_the_last_the_channel(school: School) -> None:
    await enable(school)
    drop = {"channel_id": "1001", "_delete_events": True, "events": ["Registrations.all"]}
    row = (await school.patch("actions/watch", {"watch": [drop]})).json()["watch"][0]
    assert row["message"] == "Successfully removed the subscribe details"
    assert [row["resource_name"] for row in await listed(school)] == ["Leads"]
    drop["events"] = ["Leads.create", "Leads.edit"]
    await school.patch("actions/watch", {"watch": [drop]})
    assert await listed(school) == []


async def test_delete_answers_a_row_per_module(school: School) -> None:
    await enable(school)
    answer = await school.delete("actions/watch", channel_ids="1001")
    assert answer.status_code == 200
    rows = answer.json()["watch"]
    assert {row["details"]["resource_name"] for row in rows} == {"Leads", "Registrations"}
    assert rows[0]["message"] == "Successfully un-subscribed from actions-watch"
    gone = await school.delete("actions/watch", channel_ids="1001")
    assert (gone.status_code, gone.json()["watch"][0]["code"]) == (400, "NOT_SUBSCRIBED")


async def test_an_expired_channel_is_gone(school: School) -> None:
    await enable(school, channel_expiry=None)
    school.clock.advance(3599)
    assert len(await listed(school)) == 2
    school.clock.advance(1)
    await school.sign_in()
    assert await listed(school) == []
    for answer in (
        await school.patch("actions/watch", {"watch": [CHANNEL]}),
        await school.put("actions/watch", {"watch": [CHANNEL]}),
    ):
        assert answer.status_code == 400
        row = answer.json()["watch"][0]
        assert row["code"] == "NOT_SUBSCRIBED"
        assert row["message"] == "Not subscribed for actions-watch of the given channel"


async def test_a_hundred_channels_are_the_most_in_a_call(school: School) -> None:
    answer = await school.post("actions/watch", {"watch": [CHANNEL] * 101})
    assert answer.json()["details"] == {"maximum_length": 100, "api_name": "watch"}
