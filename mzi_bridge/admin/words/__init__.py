"""Machine words of the data as people read them. Each function answers English texts of the
catalogue; a word that none knows is shown as it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from mzi_bridge.admin.words.actions import action_text, actor_text, outcome_text, role_text
from mzi_bridge.admin.words.alarms import alarm_of
from mzi_bridge.admin.words.drift import drift_of, drift_text, faults_in
from mzi_bridge.admin.words.findings import finding_text, transform_text, type_text
from mzi_bridge.admin.words.keys import scope_text
from mzi_bridge.admin.words.reasons import reason_of
from mzi_bridge.admin.words.settings import source_text
from mzi_bridge.admin.words.states import state_kind, word_text
from mzi_bridge.admin.words.stories import event_text, story_kind, story_outcome
from mzi_bridge.admin.words.zoho import environment_text, region_text

said_of: Mapping[str, Callable[..., Any]] = {
    "alarm_of": alarm_of,
    "action_text": action_text,
    "drift_of": drift_of,
    "drift_text": drift_text,
    "faults_in": faults_in,
    "finding_text": finding_text,
    "source_text": source_text,
    "transform_text": transform_text,
    "type_text": type_text,
    "actor_text": actor_text,
    "outcome_text": outcome_text,
    "reason_of": reason_of,
    "role_text": role_text,
    "state_kind": state_kind,
    "scope_text": scope_text,
    "event_text": event_text,
    "story_kind": story_kind,
    "story_outcome": story_outcome,
    "word_text": word_text,
    "environment_text": environment_text,
    "region_text": region_text,
}
"""What templates may call, by its name there."""
