"""What an event of Moodle tells in its `data`, checked; keys nobody reads are let through.

An absent key says nothing, null says empty: `model_fields_set` tells them apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Annotated, Any, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

MAX_TEXT = 32_000
MAX_WORD = 255
MAX_OUTCOMES = 200
MAX_DETAILS = 200

Id = Annotated[int, Field(ge=1, lt=2**63)]
Epoch = Annotated[int, Field(ge=0, le=253_402_300_799)]
Text = Annotated[str, StringConstraints(max_length=MAX_TEXT)]
Word = Annotated[str, StringConstraints(max_length=MAX_WORD)]
CrmId = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,30}$")]
Key = Annotated[str, StringConstraints(pattern=r"^[!-~]{1,64}$")]


def _number_text(value: Any) -> Any:
    """Moodle sends decimals as text; other senders may send numbers."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return value


def _cut(value: Any) -> Any:
    """A name for people: its beginning will do."""
    return value[:MAX_WORD] if isinstance(value, str) else value


Label = Annotated[str, BeforeValidator(_cut)]
Number = Annotated[str, BeforeValidator(_number_text), StringConstraints(max_length=60)]


class _Facts(BaseModel):
    # Built for the first event of its kind: most bridges see few of them.
    model_config = ConfigDict(
        extra="ignore", frozen=True, hide_input_in_errors=True, defer_build=True
    )


class UserCrm(_Facts):
    student_ids: tuple[CrmId, ...] = Field(default=(), max_length=20)


class UserFacts(_Facts):
    """A Moodle user; `crm.student_ids` are the CRM's records of the person, `countryname` is
    what the code in `country` means, in English."""

    userid: Id
    username: Word | None = None
    firstname: Word | None = None
    lastname: Word | None = None
    email: Word | None = None
    idnumber: Word | None = None
    phone1: Word | None = None
    city: Word | None = None
    country: Word | None = None
    countryname: Word | None = None
    suspended: bool = False
    deleted: bool = False
    timecreated: Epoch | None = None
    timemodified: Epoch | None = None
    crm: UserCrm = UserCrm()


class EnrolmentFacts(_Facts):
    """An enrolment; `role` is the short name of `roleid`."""

    enrollmentid: Id
    userid: Id
    courseid: Id
    roleid: Id | None = None
    role: Word | None = None
    status: Word | int | None = None
    timestart: Epoch | None = None
    timeend: Epoch | None = None
    timecreated: Epoch | None = None


class GradeCrm(_Facts):
    student_id: CrmId | None = None
    class_id: CrmId | None = None
    grade_id: CrmId | None = None
    unit_name: Label | None = None


class OutcomeFacts(_Facts):
    """A criterion of advanced grading, and what was given for it."""

    code: Annotated[str, StringConstraints(max_length=20)] | None = None
    identification: Label | None = None
    title: Label | None = None
    definition: Text | None = None
    score: Word | None = None
    feedback: Text | None = None


class GradeFacts(_Facts):
    """One attempt's grade; `key` names the attempt for ever.

    `dategraded` is the day of `timemodified` as the school counts days; without it, UTC's counts.
    """

    key: Key
    userid: Id
    itemid: Id | None = None
    itemname: Label | None = None
    itemtype: Word | None = None
    courseid: Id
    attempt: Annotated[int, Field(ge=1, le=10_000)] = 1
    finalgrade: Number | None = None
    grademax: Number | None = None
    scaletext: Label | None = None
    scalecount: Annotated[int, Field(ge=1, le=10_000)] | None = None
    feedback: Text | None = None
    grader: Label | None = None
    graderid: int | None = None
    grader_role: Word | None = None
    timecreated: Epoch | None = None
    timemodified: Epoch | None = None
    dategraded: date | None = None
    crm: GradeCrm = GradeCrm()
    outcomes: tuple[OutcomeFacts, ...] = Field(default=(), max_length=MAX_OUTCOMES)


class SubmissionFacts(_Facts):
    submissionid: Id
    userid: Id
    courseid: Id


class CompletionFacts(_Facts):
    userid: Id
    courseid: Id
    timecompleted: Epoch | None = None


class RequestFile(_Facts):
    """A file of a request; its content stays in Moodle. `contenthash` is Moodle's SHA-1."""

    filearea: Annotated[str, StringConstraints(pattern=r"^[a-z]{1,50}$")]
    itemid: Annotated[int, Field(ge=0)]
    filename: Word
    filesize: Annotated[int, Field(ge=0)]
    contenthash: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{40}$")]


Cell = Annotated[str, StringConstraints(max_length=MAX_TEXT)] | int | None
FieldName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,99}$")]
Rows = Annotated[tuple[dict[FieldName, Cell], ...], Field(max_length=MAX_DETAILS)]


def _no_rows(value: Any) -> Any:
    """PHP writes an object without keys as an empty list."""
    return None if value == [] else value


class RequestFacts(_Facts):
    """A request; `reason` ends with its mark, `[request_number]`."""

    requestid: Id
    request_number: Annotated[str, StringConstraints(pattern=r"^M-[0-9]{1,20}$")]
    zoho_student_id: CrmId
    moodle_user_id: Id | None = None
    request_type: Word
    reason: Text
    request_date: Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}$")] | None = None
    details: Annotated[dict[FieldName, Rows] | None, BeforeValidator(_no_rows)] = None
    timesubmitted: Epoch | None = None
    files: tuple[RequestFile, ...] = Field(default=(), max_length=20)


class StudentLinkFacts(_Facts):
    zoho_student_id: CrmId
    userid: Id


class ClassLinkFacts(_Facts):
    zoho_class_id: CrmId
    courseid: Id


Facts = (
    UserFacts
    | EnrolmentFacts
    | GradeFacts
    | SubmissionFacts
    | CompletionFacts
    | RequestFacts
    | StudentLinkFacts
    | ClassLinkFacts
)

EVENT_TYPES: Final[Mapping[str, type[Facts]]] = MappingProxyType(
    {
        "user_created": UserFacts,
        "user_updated": UserFacts,
        "user_enrolment_created": EnrolmentFacts,
        "user_enrolment_updated": EnrolmentFacts,
        "user_enrolment_deleted": EnrolmentFacts,
        "user_graded": GradeFacts,
        "submission_graded": GradeFacts,
        "assessable_submitted": SubmissionFacts,
        "course_completed": CompletionFacts,
        "request_submitted": RequestFacts,
        "student_linked": StudentLinkFacts,
        "class_linked": ClassLinkFacts,
    }
)
"""Every event that Moodle sends, and the shape of its `data`."""


def facts_of(event_type: str, data: Mapping[str, Any]) -> Facts:
    """The checked facts. Raises pydantic's ValidationError, which quotes no value, and KeyError
    for a type that is none."""
    return EVENT_TYPES[event_type].model_validate(data)
