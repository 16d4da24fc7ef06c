from __future__ import annotations

import json
import traceback
from typing import Any
from urllib.parse import parse_qs

import httpx2
import pytest
from pydantic import SecretStr

from mzi_bridge.errors import ContractError
from mzi_bridge.moodle.client import MoodleClient
from mzi_bridge.moodle.errors import UnknownStudent
from mzi_bridge.moodle.functions import MoodleFunctions, PhotoRow, WriteOptions


class Site:
    """Answers every call with `answer` and keeps the forms."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer
        self.forms: list[dict[str, str]] = []

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        form = parse_qs(request.content.decode(), keep_blank_values=True)
        self.forms.append({name: values[0] for name, values in form.items()})
        return httpx2.Response(200, content=json.dumps(self.answer))

    def functions(self) -> MoodleFunctions:
        transport = httpx2.MockTransport(self)
        client = MoodleClient("https://m.example.edu", SecretStr("t" * 32), transport=transport)
        return MoodleFunctions(client)


def result(index: int, action: str = "inserted") -> dict[str, Any]:
    return {"index": index, "id": str(index), "action": action, "errors": []}


async def test_rows_travel_as_one_json_text_with_their_count() -> None:
    site = Site({"count": 2, "results": [result(0), result(1, "unchanged")]})
    rows: list[dict[str, Any]] = [
        {"zoho_student_id": "0", "first_name": "ليلى"},
        {"zoho_student_id": "1", "city": None},
    ]
    answers = await site.functions().upsert("students", rows)
    assert [answer.action for answer in answers] == ["inserted", "unchanged"]
    assert json.loads(site.forms[0]["records"]) == rows
    assert site.forms[0]["count"] == "2"
    assert site.forms[0]["wsfunction"] == "local_mzi_upsert_students"


@pytest.mark.parametrize(
    "answer",
    [
        {"count": 2, "results": [result(0)]},
        {"count": 2, "results": [result(1), result(0)]},
        {"count": 2, "results": [result(0), result(1, "exploded")]},
        {"results": []},
        [],
        None,
        "done",
    ],
)
async def test_an_answer_of_another_shape_is_never_taken_for_success(answer: Any) -> None:
    with pytest.raises(ContractError) as caught:
        await Site(answer).functions().upsert("students", [{}, {}])
    assert caught.value.reason == "contract_broken"


async def test_who_is_not_named_is_confirmed() -> None:
    site = Site({"count": 3, "results": [result(1, "differs")]})
    rows = [{"zoho_payment_id": str(n)} for n in range(3)]
    assert await site.functions().confirm_rows("payments", rows) == (True, False, True)
    assert (site.forms[0]["entity"], site.forms[0]["count"]) == ("payments", "3")


@pytest.mark.parametrize(
    "answer",
    [
        {"count": 1, "results": []},
        {"count": 2, "results": [result(2, "differs")]},
        {"count": 2, "results": [result(-1, "differs")]},
        {"count": 2},
        [],
    ],
)
async def test_a_confirmation_of_another_shape_confirms_nothing(answer: Any) -> None:
    with pytest.raises(ContractError) as caught:
        await Site(answer).functions().confirm_rows("payments", [{}, {}])
    assert caught.value.reason == "contract_broken"


async def test_deletions_travel_as_ids_and_versions() -> None:
    site = Site({"count": 1, "results": [result(0, "deleted")]})
    await site.functions().delete_records("payments", [("77", 1_700_000_000)])
    assert site.forms[0]["ids"] == '["77"]'
    assert site.forms[0]["versions"] == "[1700000000]"


async def test_without_options_a_write_brakes_and_leaves_equal_content_alone() -> None:
    site = Site({"count": 0, "results": []})
    await site.functions().upsert("students", [])
    await site.functions().delete_records("students", [])
    usual = {"brake": "on", "closing": {}, "rewrite": False}
    assert [json.loads(form["options"]) for form in site.forms] == [usual, usual]


async def test_options_travel_with_upserts_and_deletions() -> None:
    site = Site({"count": 1, "results": [result(0, "held")]})
    options = WriteOptions(brake="hold", closing={"status": ("Withdrawn", "منسحب")}, rewrite=True)
    [upserted] = await site.functions().upsert("students", [{}], options)
    [deleted] = await site.functions().delete_records("students", [("0", 1)], options)
    assert (upserted.action, deleted.action) == ("held", "held")
    sent = {"brake": "hold", "closing": {"status": ["Withdrawn", "منسحب"]}, "rewrite": True}
    assert [json.loads(form["options"]) for form in site.forms] == [sent, sent]


@pytest.mark.parametrize(("linked", "told"), [(True, True), (False, False), (None, None)])
async def test_the_manifest_tells_who_is_linked(linked: bool | None, told: bool | None) -> None:
    row = {"id": "1", "modified_time": 5, "content_hash": "", "deleted_at": None}
    site = Site({"rows": [{**row, "linked": linked}], "next": ""})
    page = await site.functions().manifest("students")
    assert page.rows[0].linked is told


@pytest.mark.parametrize("rows", ["{}", "[", "null"])
async def test_rows_that_are_no_list_break_the_contract(rows: str) -> None:
    with pytest.raises(ContractError):
        await Site({"rows": rows}).functions().rows("students", ["1"])


async def test_stored_rows_are_decoded() -> None:
    rows = await Site({"rows": '[{"zoho_student_id":"1"}]'}).functions().rows("students", ["1"])
    assert rows == [{"zoho_student_id": "1"}]


@pytest.mark.parametrize(
    "answer",
    [
        {"rows": '[{"first_name": "CANARY"'},
        {"rows": [{"first_name": "CANARY"}]},
        {"lines": "CANARY"},
        "CANARY",
    ],
)
async def test_a_broken_answers_rows_stay_out_of_the_exception_chain(answer: Any) -> None:
    with pytest.raises(ContractError) as caught:
        await Site(answer).functions().rows("students", ["1"])
    assert "CANARY" not in "".join(traceback.format_exception(caught.value))
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


async def test_photos_travel_as_base64_and_only_where_there_are_bytes() -> None:
    site = Site({"count": 3, "results": [result(0), result(1), result(2)]})
    rows = [
        PhotoRow("0", 5, "a" * 64, b"\xff\x00"),
        PhotoRow("1", 6, "b" * 64),
        PhotoRow("2", 7, None),
    ]
    await site.functions().set_photos(rows)
    assert json.loads(site.forms[0]["photos"]) == [
        {"zoho_student_id": "0", "read_time": 5, "content_hash": "a" * 64, "image": "/wA="},
        {"zoho_student_id": "1", "read_time": 6, "content_hash": "b" * 64},
        {"zoho_student_id": "2", "read_time": 7, "content_hash": None},
    ]
    assert (site.forms[0]["wsfunction"], site.forms[0]["count"]) == ("local_mzi_set_photo", "3")


def test_a_picture_is_in_no_repr() -> None:
    assert "canary" not in repr(PhotoRow("0", 5, "a" * 64, b"canary"))


async def test_the_dashboard_is_read_out_of_its_text() -> None:
    site = Site({"dashboard": '{"student": {"id": 1}}'})
    assert await site.functions().student_dashboard(7) == {"student": {"id": 1}}
    assert site.forms[0]["userid"] == "7"


@pytest.mark.parametrize("answer", [{}, {"dashboard": "[]"}, {"dashboard": "{"}, {"dashboard": 1}])
async def test_a_dashboard_of_another_shape_breaks_the_contract(answer: Any) -> None:
    with pytest.raises(ContractError):
        await Site(answer).functions().student_dashboard(7)


async def test_a_user_without_a_student_is_named() -> None:
    fault = {"exception": "moodle_exception", "errorcode": "nostudent", "message": "canary"}
    with pytest.raises(UnknownStudent) as refused:
        await Site(fault).functions().student_dashboard(7)
    assert "canary" not in str(refused.value)
