"""A body that every reader of forms reads as it was meant."""

from __future__ import annotations

from urllib.parse import parse_qsl

from hypothesis import given
from hypothesis import strategies as st

from mzi_bridge.moodle.form import form_body
from mzi_bridge.sandbox.moodle.php_form import pairs_of

ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]))
FIELDS = st.dictionaries(st.from_regex(r"[a-z]{1,8}", fullmatch=True), ANY_TEXT)
MEANT = {"records": '[{"a": "50 % + 1 & 2; #?=", "name": "ليلى"}]', "count": "1", "none": ""}


@given(FIELDS)
def test_what_is_read_is_what_was_meant(fields: dict[str, str]) -> None:
    body = form_body(fields)
    assert parse_qsl(body.decode(), keep_blank_values=True) == list(fields.items())
    assert pairs_of(body.decode()) == list(fields.items())


def test_a_reader_that_parts_at_semicolons_reads_the_same() -> None:
    body = form_body(MEANT).decode()
    assert dict(parse_qsl(body.replace("&", ";"), separator=";", keep_blank_values=True)) == MEANT


def test_json_stays_as_short_as_it_is() -> None:
    text = '[{"zoho_id":"7300000001","status":"Active","fee":12.5,"note":null}]' * 100
    assert len(form_body({"records": text})) == len("records=") + len(text)
