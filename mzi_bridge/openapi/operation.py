"""What an operation is: its address, what it takes, what it answers and how it refuses."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from msgspec import Struct
from pydantic import BaseModel, ConfigDict, Field

from mzi_bridge.problems import Problem

JSON = "application/json"
NO_PROOF = ""
_NAMES = re.compile(r"\{(\w+)\}")


class ProblemDetails(BaseModel):
    """Why a request was refused, as RFC 9457 says; `error` is the word to act on."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(description="Where the word is explained, or about:blank.")
    title: str
    status: int
    detail: str
    error: str = Field(description="One word, the same in answers, logs and tests.")
    message: str = Field(default="", description="What happened.")
    fix: str = Field(default="", description="What to do next.")
    options: list[str] = Field(default=[], description="The options that are wrong.")


class Parameter(Struct, frozen=True):
    """One of the path or the header; `schema` is JSON Schema."""

    name: str
    description: str
    schema: Mapping[str, Any]
    place: str = "path"
    required: bool = True


class Answer(Struct, frozen=True):
    """A success: what it means and the shape of its body."""

    description: str
    model: type[BaseModel]
    media: str = JSON


class Operation(Struct, frozen=True, kw_only=True):
    """`scope` is what an API key needs; `security` lists the proofs of which one is enough, by
    the names of `document.SECURITY`, `NO_PROOF` where some callers need none; empty: open to
    everyone. `problems` are the refusals that
    are the bridge's own words."""

    id: str
    method: str
    path: str
    tag: str
    summary: str
    description: str = ""
    parameters: tuple[Parameter, ...] = ()
    query: type[BaseModel] | None = None
    body: type[BaseModel] | None = None
    body_types: tuple[str, ...] = (JSON,)
    needs_body: bool = False
    """Whether a body has to come even where no field of it must."""
    answers: Mapping[int, Answer]
    problems: tuple[Problem, ...] = ()
    problem_model: type[BaseModel] = ProblemDetails
    passes_faults: bool = False
    """Whether words of the other sides come through, too, with 400, 502 and 503."""
    scope: str | None = None
    security: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        named = {one.name for one in self.parameters if one.place == "path"}
        if named != set(_NAMES.findall(self.path)):
            raise ValueError(f"{self.id}: the parameters are not those of the path")

    @property
    def status(self) -> int:
        """Of its success."""
        return min(self.answers)
