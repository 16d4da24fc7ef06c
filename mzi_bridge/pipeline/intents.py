"""From what Moodle tells to what is to be written: pure, and said once for each event."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from msgspec import Struct

from mzi_bridge.mapping import Preset, WriteRule
from mzi_bridge.mapping.letters import DEFAULT_BANDS, NoLetter, RawGrade, Way, letter
from mzi_bridge.pipeline.facts import (
    ClassLinkFacts,
    Facts,
    GradeFacts,
    RequestFacts,
    StudentLinkFacts,
    UserFacts,
)

NOT_MAPPED = "not_mapped"
SWITCHED_OFF = "switched_off"
NO_STUDENT = "no_student"
NO_CLASS = "no_class"
NO_LETTER = "no_letter"
EMPTY_PROFILE = "empty_profile"


class Terms(Struct, frozen=True):
    """What the settings say: the bands and the way of grades, which roles verify internally, and
    which CRM fields of a student a profile may write."""

    bands: Sequence[Decimal] = DEFAULT_BANDS
    way: Way = "auto"
    iv_roles: frozenset[str] = frozenset({"internalverifier"})
    profile_fields: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Intent:
    """Record `key` of `kind` is to hold these facts; only those that its rule takes."""

    kind: str
    key: str
    module: str
    facts: Mapping[str, Any] = field(repr=False)


class Noted(Struct, frozen=True):
    """Nothing is to be written; `reason` is a machine word."""

    reason: str


def intents_of(facts: Facts, preset: Preset, terms: Terms) -> Sequence[Intent] | Noted:
    """What an event makes owed. Enrolments, submissions and completions have no place in the
    CRM: they are noted."""
    match facts:
        case GradeFacts():
            return _grade(facts, preset.writes.get("grade"), terms)
        case RequestFacts():
            return _request(facts, preset.writes.get("request"))
        case StudentLinkFacts():
            rule, link = preset.writes.get("student_link"), {"userid": facts.userid}
            return _one(rule, facts.zoho_student_id, link)
        case ClassLinkFacts():
            rule, link = preset.writes.get("class_link"), {"courseid": facts.courseid}
            return _one(rule, facts.zoho_class_id, link)
        case UserFacts():
            return _profile(facts, preset.writes.get("profile"), terms)
    return Noted(NOT_MAPPED)


def _one(
    rule: WriteRule | None, key: str, known: Mapping[str, Any], **extra: Any
) -> Sequence[Intent] | Noted:
    if rule is None:
        return Noted(NOT_MAPPED)
    taken = {name: value for name, value in known.items() if name in rule.facts}
    return [Intent(rule.kind, key, rule.module, {**taken, **extra})]


def _grade(facts: GradeFacts, rule: WriteRule | None, terms: Terms) -> Sequence[Intent] | Noted:
    if rule is None:
        return Noted(NOT_MAPPED)
    if facts.crm.class_id is None:
        return Noted(NO_CLASS)
    if facts.crm.student_id is None:
        return Noted(NO_STUDENT)
    raw = RawGrade(facts.finalgrade, facts.grademax, facts.scaletext, facts.scalecount)
    found = letter(raw, bands=terms.bands, way=terms.way)
    if isinstance(found, NoLetter):
        return Noted(NO_LETTER)
    known = {
        **_sent(facts, "itemname", "feedback"),
        **_sent(facts.crm, "unit_name"),
        **_judge(facts, terms),
        "key": facts.key,
        "userid": facts.userid,
        "courseid": facts.courseid,
        "student_id": facts.crm.student_id,
        "class_id": facts.crm.class_id,
        "letter": found.value,
        "attempt": facts.attempt,
    }
    if day := _day_graded(facts):
        known["graded_on"] = day.isoformat()
    extra: dict[str, Any] = {"crm_id": facts.crm.grade_id} if facts.crm.grade_id else {}
    if rule.rows is not None and "outcomes" in facts.model_fields_set:
        extra["outcomes"] = [row.model_dump(exclude_unset=True) for row in facts.outcomes]
    return _one(rule, facts.key, known, **extra)


def _day_graded(facts: GradeFacts) -> date | None:
    if facts.dategraded is None and facts.timemodified:
        return datetime.fromtimestamp(facts.timemodified, UTC).date()
    return facts.dategraded


def _judge(facts: GradeFacts, terms: Terms) -> dict[str, Any]:
    """The name of whoever graded, as grader or as verifier: one never wipes out the other."""
    if facts.grader is None:
        return {}
    verifies = facts.grader_role in terms.iv_roles
    return {"internal_verifier" if verifies else "grader": facts.grader}


def _request(facts: RequestFacts, rule: WriteRule | None) -> Sequence[Intent] | Noted:
    known = {
        **_sent(facts, "request_type", "reason", "request_date"),
        "student_id": facts.zoho_student_id,
        "userid": facts.moodle_user_id,
    }
    extra = facts.model_dump(include={"requestid", "details", "files"})
    return _one(rule, facts.request_number, known, student_id=facts.zoho_student_id, **extra)


def _profile(facts: UserFacts, rule: WriteRule | None, terms: Terms) -> Sequence[Intent] | Noted:
    if rule is None:
        return Noted(NOT_MAPPED)
    allowed = {one.fact for one in rule.fields if one.name in terms.profile_fields}
    if not allowed:
        return Noted(SWITCHED_OFF)
    if not facts.crm.student_ids:
        return Noted(NO_STUDENT)
    # Each change of a user tells the whole profile: what is empty there was perhaps never filled.
    told = _sent(facts, *sorted(allowed & facts.model_fields_set))
    known = {name: value for name, value in told.items() if value}
    if not known:
        return Noted(EMPTY_PROFILE)
    return [
        Intent(rule.kind, student, rule.module, known)
        for student in dict.fromkeys(facts.crm.student_ids)
    ]


def _sent(facts: Any, *names: str) -> dict[str, Any]:
    """Those of these facts that came, null or not."""
    return {name: getattr(facts, name) for name in names if name in facts.model_fields_set}
