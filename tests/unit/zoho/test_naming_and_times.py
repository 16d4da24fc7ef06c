from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from mzi_bridge.zoho.errors import BadArgument, UnexpectedAnswer
from mzi_bridge.zoho.naming import field_list, id_list, id_path, module_path
from mzi_bridge.zoho.times import epoch, http_date, iso


@pytest.mark.parametrize(
    "name", ["", "Leads/actions", "../x", "Leads?a=b", "Le ads", "Léads", "1x", "A" * 101, "A\n"]
)
def test_what_no_module_is_called_is_refused(name: str) -> None:
    with pytest.raises(BadArgument):
        module_path(name)


@pytest.mark.parametrize("record_id", ["", "12a", "1/2", "1,2", "١٢٣", "1" * 31, "12\n", "-1"])
def test_what_is_no_id_is_refused(record_id: str) -> None:
    with pytest.raises(BadArgument):
        id_path(record_id)


def test_ids_go_in_groups_of_one_to_a_hundred() -> None:
    assert id_list(["1", "2"]) == "1,2"
    assert id_list([str(n) for n in range(100)]).count(",") == 99
    for wrong in ([], [str(n) for n in range(101)]):
        with pytest.raises(BadArgument, match="Between 1 and 100"):
            id_list(wrong)


def test_field_names_may_have_dots_and_a_dollar() -> None:
    assert field_list(["Last_Name", "Owner.id", "$state"]) == "Last_Name,Owner.id,$state"
    with pytest.raises(BadArgument):
        field_list(["a,b"])


def test_times_are_sent_with_their_offset_and_without_fractions() -> None:
    zone = timezone(timedelta(hours=3))
    assert iso(datetime(2026, 5, 14, 11, 36, 10, 999, zone)) == "2026-05-14T11:36:10+03:00"
    with pytest.raises(BadArgument):
        iso(datetime(2026, 5, 14))


def test_times_are_read_as_epoch_seconds() -> None:
    assert epoch("1970-01-01T03:00:10+03:00") == 10
    for wrong in ("2026-05-14", "2026-05-14T11:36:10", "soon", None, 17):
        with pytest.raises(UnexpectedAnswer):
            epoch(wrong)


def test_the_date_header_is_read_or_passed_over() -> None:
    assert http_date("Thu, 14 May 2026 08:36:10 GMT") == int(
        datetime(2026, 5, 14, 8, 36, 10, tzinfo=UTC).timestamp()
    )
    assert http_date("yesterday") is None
    assert http_date(None) is None
