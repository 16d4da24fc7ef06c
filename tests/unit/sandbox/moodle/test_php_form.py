from __future__ import annotations

from typing import Any

import pytest

from mzi_bridge.sandbox.moodle.php_form import pairs_of, variables_of


def read(text: str, limit: int = 1000) -> dict[str, Any]:
    return variables_of(pairs_of(text), limit)


@pytest.mark.parametrize(
    ("form", "variables"),
    [
        ("a=1&b=2", {"a": "1", "b": "2"}),
        ("a=1&a=2", {"a": "2"}),
        ("a=", {"a": ""}),
        ("a=%D8%AA+x", {"a": "ت x"}),
        ("a[]=1&a[]=2", {"a": {"0": "1", "1": "2"}}),
        ("a[x][y]=1&a[x][z]=2", {"a": {"x": {"y": "1", "z": "2"}}}),
        ("a=1&a[x]=2", {"a": {"x": "2"}}),
        ("a.b=1&c d=2", {"a_b": "1", "c_d": "2"}),
        ("[x]=1&b=2", {"b": "2"}),
        ("", {}),
    ],
)
def test_a_form_is_read_as_php_reads_it(form: str, variables: dict[str, Any]) -> None:
    assert read(form) == variables


def test_past_max_input_vars_the_tail_is_dropped_without_a_word() -> None:
    form = "&".join(f"records[{n}][id]={n}" for n in range(10))
    assert len(read(form, limit=4)["records"]) == 4


def test_one_json_parameter_costs_one_variable_whatever_its_size() -> None:
    assert read("records=" + "x" * 100_000, limit=1) == {"records": "x" * 100_000}


def test_bytes_that_are_no_utf8_are_kept_as_such() -> None:
    assert read("a=%FF") == {"a": "\udcff"}
