"""What the emulated CRM keeps: users, records, subform rows, files, and what became of them.

Values are kept in canonical form: datetimes as epoch seconds, lookups as the id they point at,
everything else as JSON has it. The API renders them on the way out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Operation = Literal["insert", "update", "delete"]


@dataclass(frozen=True)
class CrmUser:
    id: str
    first_name: str
    last_name: str
    email: str

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"


@dataclass(frozen=True)
class Organisation:
    """`utc_offset` in minutes is that of the calling user: all datetimes come in it."""

    id: str = "7300000000000001001"
    name: str = "MZI Sandbox School"
    utc_offset: int = 180
    time_zone: str = "Asia/Riyadh"
    users: tuple[CrmUser, ...] = (
        CrmUser("7300000000000001011", "Amal", "Registrar", "amal.registrar@example.edu"),
        CrmUser("7300000000000001012", "Basil", "Finance", "basil.finance@example.edu"),
    )


@dataclass(slots=True)
class Row:
    """A row of a subform; `values` hold every field of its SubformSpec."""

    id: str
    values: dict[str, Any]
    created: int
    modified: int


@dataclass(slots=True)
class Attachment:
    id: str
    file_name: str
    content: bytes
    created: int
    owner: CrmUser
    link: str | None = None


@dataclass(slots=True)
class Record:
    """`values` hold every field of the layout but subforms, whose rows are in `rows`."""

    id: str
    module: str
    values: dict[str, Any]
    rows: dict[str, list[Row]]
    created: int
    modified: int
    owner: CrmUser
    created_by: CrmUser
    modified_by: CrmUser
    photo: bytes | None = None
    attachments: dict[str, Attachment] = field(default_factory=dict)


@dataclass(slots=True)
class Deleted:
    """A record in the recycle bin; with `purged` set it is gone for good since that second."""

    record: Record
    display_name: str | None
    deleted_by: CrmUser
    deleted: int
    purged: int | None = None


@dataclass(frozen=True)
class Change:
    """One thing that happened to a record; `fields` are those an update gave another value."""

    module: str
    id: str
    operation: Operation
    fields: tuple[str, ...] = ()
