"""What the stand-in of the plugin's browser tests answers is what the bridge would answer."""

from __future__ import annotations

from typing import Any

import pytest

from mzi_bridge.app.interface import OPERATIONS, all_problems
from tests.support import extension_answers as answers
from tests.support.extension_answers import shape
from tests.support.stand_in_bridge import KEY, Bridge

BY_PLACE = {(one.method, one.path): one for one in OPERATIONS}
STEERED = ("pause", "resume", "cancel")
ASKED = [
    ("GET", "/api/v1/extension/state", None),
    ("POST", "/api/v1/extension/ping", {"site": "https://moodle.example.org"}),
    ("GET", "/api/v1/extension/modules", None),
    ("GET", "/api/v1/extension/field-mappings/{module}", None),
    (
        "PUT",
        "/api/v1/extension/field-mappings/{module}",
        {"base_version": 3, "table": answers.MAPPING["table"], "dry_run": True},
    ),
    ("GET", "/api/v1/extension/sync-history", None),
    ("POST", "/api/v1/sync/{entity}", None),
    *(("POST", f"/api/v1/extension/syncs/{{id}}/{act}", None) for act in STEERED),
]


@pytest.mark.parametrize(("method", "path", "body"), ASKED)
def test_the_stand_in_answers_in_the_shape_of_the_bridge(
    method: str, path: str, body: dict[str, Any] | None
) -> None:
    operation = BY_PLACE[method, path]
    asked = path.replace("{module}", answers.MODULE).replace("{entity}", "students")
    asked = asked.replace("{id}", str(answers.RUN["id"]))
    status, told = Bridge().answer(method, asked, {}, body, f"Bearer {KEY}")
    model = operation.answers[status].model
    made = model.model_validate(told).model_dump(mode="json", by_alias=True)
    assert shape(made) == shape(told), "nothing lacks, nothing is too much"


def test_a_refused_mapping_is_refused_as_by_the_bridge() -> None:
    operation = BY_PLACE["PUT", "/api/v1/extension/field-mappings/{module}"]
    model = operation.problem_model
    made = model.model_validate({"detail": "", **answers.INVALID}).model_dump(mode="json")
    assert shape(made)["findings"] == shape(answers.INVALID)["findings"]


@pytest.mark.parametrize(
    "word", ["sync_running", "mapping_changed", "no_such_sync", "scope_missing"]
)
def test_its_refusals_bear_words_of_the_bridge(word: str) -> None:
    assert word in {problem.word for problem in all_problems()}
