"""The shape of a mapping file: one pydantic model per kind of table in it.

Each model checks its own keys and value types; the tables inside it are handed on unread
(`dict[str, Any]`), so that one bad line does not hide the faults of the others. What a rule
means is `columns.py`'s and `children.py`'s part.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

COLUMN_NAME = r"^[a-z][a-z0-9_]{0,62}$"
API_NAME = r"^[A-Za-z][A-Za-z0-9_]*$"

ColumnType = Literal["text", "id", "int", "bool", "date", "datetime", "money", "json"]
COLUMN_TYPES: tuple[ColumnType, ...] = (
    "text",
    "id",
    "int",
    "bool",
    "date",
    "datetime",
    "money",
    "json",
)


def _groups(value: Any) -> Any:
    """`"A"` → (("A",),); `["A", "B"]` → (("A",), ("B",)); a list inside groups its paths."""
    if isinstance(value, str):
        return ((value,),)
    if isinstance(value, list):
        return tuple((item,) if isinstance(item, str) else _tuple(item) for item in value)
    return value


def _tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _names(value: Any) -> Any:
    return (value,) if isinstance(value, str) else _tuple(value)


class StrictTable(BaseModel):
    """A table of the file: no key but its own, every value of its own type."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Rule(StrictTable):
    """One column: where its value comes from and what it becomes.

    `source` (in the file: `from`) holds groups of paths, most often one group of one path.
    """

    source: Annotated[tuple[tuple[str, ...], ...], BeforeValidator(_groups)] = Field(
        default=(), alias="from"
    )
    type: str | None = None
    transform: Annotated[tuple[str, ...], BeforeValidator(_names)] = ()
    required: bool = False
    default: str | int | float | bool | None = None
    empty: Literal["null", "keep"] = "null"
    max_length: int | None = Field(default=None, ge=1)
    separator: str | None = None
    values: dict[str, str] | None = None
    otherwise: str | None = None
    filled: str | None = None
    blank: str | None = None
    value: str | int | float | bool | None = None
    show: int | None = Field(default=None, ge=0)
    decimal: Literal[".", ","] | None = None
    currency: str | None = None
    subforms: dict[str, list[str]] | None = None

    @property
    def paths(self) -> tuple[str, ...]:
        return tuple(path for group in self.source for path in group)


class Spread(StrictTable):
    """Fields side by side that become rows: one field per code, `{code}` standing in its name."""

    codes: list[str] = Field(min_length=1)
    source: str = Field(alias="from")
    subform: str | None = Field(default=None, pattern=API_NAME)


class ChildTable(StrictTable):
    """A list of rows under a record, replaced as a set; from a subform or from spread fields."""

    key: str = Field(pattern=COLUMN_NAME)
    subform: str | None = Field(default=None, pattern=API_NAME)
    spread: list[Any] = Field(default_factory=list)
    columns: dict[str, Any] = Field(default_factory=dict)


class PhotoTable(StrictTable):
    """Where a record's photo is: the newest attachment whose file name contains `attachment`,
    else, with `record_image`, the record image."""

    attachment: str | None = Field(default=None, min_length=1, max_length=100)
    record_image: bool = False


class ModuleTable(StrictTable):
    """A CRM module and the plugin entity it fills."""

    entity: str = Field(pattern=COLUMN_NAME)
    key: str = Field(pattern=COLUMN_NAME)
    modified_time: str = "Modified_Time"
    columns: dict[str, Any] = Field(default_factory=dict)
    children: dict[str, Any] = Field(default_factory=dict)
    closing: dict[str, Any] = Field(default_factory=dict)
    photo: dict[str, Any] | None = None


class PresetTable(StrictTable):
    """A whole mapping file."""

    name: str = ""
    description: str = ""
    deny: list[str] = Field(default_factory=list)
    modules: dict[str, Any] = Field(default_factory=dict)
    writes: dict[str, Any] = Field(default_factory=dict)
