"""What all requests and answers of the API have in common."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field

LARGEST_ID = 2**53

Id = Annotated[int, Field(ge=1, le=LARGEST_ID)]
Module = Annotated[str, Field(min_length=1, max_length=100)]


class Given(BaseModel):
    """Options of a request. Unknown ones are refused: a misspelt one must not widen a choice."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, hide_input_in_errors=True)


class Nothing(Given):
    """Takes no option."""


class Shown(BaseModel):
    """A body of an answer; every member is always there."""

    model_config = ConfigDict(
        frozen=True, from_attributes=True, json_schema_serialization_defaults_required=True
    )

    @classmethod
    def of(cls, value: Any) -> Self:
        """Of an object with attributes of the same names, or of a mapping."""
        return cls.model_validate(value)
