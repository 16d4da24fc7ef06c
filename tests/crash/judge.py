"""What a run with a death in it owes: the end of a run without one, and no effect too many."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Set
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.crash.stories import Story
    from tests.crash.sweep import Ending

# Serial numbers and hours, which a restart moves; versions are compared with the CRM's own.
MOVING = {"id", "synced_at", "timecreated", "timemodified", "modified_time", "deleted_at"}
MAY_BE_ANSWERED = {None, 202}
Facts = Mapping[str, Any]


def faults_of(story: Story, calm: Ending, ending: Ending) -> list[str]:
    """Empty if all is as promised."""
    return [
        *_rows(story, calm.office, ending.office),
        *_versions(ending.office),
        *_journal(calm.journal, ending.journal),
        *_notices(ending.office, ending.journal),
        *_events(calm.office, ending.office, ending.journal),
        *_effects(story, calm.office, ending.office),
        *story.faults(ending.office, ending.journal),
    ]


def _rows(story: Story, calm: Facts, now: Facts) -> Iterator[str]:
    moving = MOVING | story.moving
    for key in sorted(calm["rows"].keys() | now["rows"].keys()):
        wanted, found = (_still(one["rows"].get(key), moving) for one in (calm, now))
        if wanted != found:
            yield f"row {key} is {found}, not {wanted}"


def _still(row: Any, moving: Set[str]) -> Any:
    if isinstance(row, list):
        return [_still(one, moving) for one in row]
    if not isinstance(row, dict):
        return row
    still = {name: _still(value, moving) for name, value in row.items() if name not in moving}
    return still | {"deleted": row.get("deleted_at") is not None}


def _versions(office: Facts) -> Iterator[str]:
    for key, row in office["rows"].items():
        record_id = key.split()[1]
        known = office["modified"].get(record_id)
        if row["deleted_at"] is None and known is not None and row["modified_time"] != known:
            yield f"row {key} has the version {row['modified_time']}, the CRM {known}"
        if (row["deleted_at"] is not None) != (known is None):
            yield f"row {key} has a tombstone that the CRM does not bear out, or lacks one"


def _journal(calm: Facts, now: Facts) -> Iterator[str]:
    if now["dirty"]:
        yield f"{now['dirty']} records are still dirty"
    if now["dead"] != calm["dead"]:
        yield f"dead letters are {now['dead']}, not {calm['dead']}"


def _notices(office: Facts, journal: Facts) -> Iterator[str]:
    audited = Counter(
        (row["server_time_ms"], row["module"], row["operation"], tuple(row["ids"]))
        for row in journal["deliveries"]
    )
    times_sent: Counter[Any] = Counter()
    times_taken: Counter[Any] = Counter()
    for sent in office["sent"]:
        body, statuses = sent["body"], sent["statuses"]
        key = (body["server_time"], body["module"], body["operation"], tuple(body["ids"]))
        times_sent[key] += len(statuses)
        times_taken[key] += statuses.count(202)
        if not set(statuses) <= MAY_BE_ANSWERED:
            yield f"a notice of {body['module']} was answered {statuses}"
        if 202 not in statuses:
            yield f"a notice of {body['module']} was never taken: {statuses}"
    for key, sent in times_sent.items():
        if not times_taken[key] <= audited[key] <= sent:
            yield f"{key}: {times_taken[key]} × 202, {audited[key]} audited, {sent} sent"


def _events(calm: Facts, now: Facts, journal: Facts) -> Iterator[str]:
    """Each event of Moodle is taken in once and answered the same each time; the CRM has what
    follows from it once."""
    told: list[str] = []
    for number, answers in enumerate(now["events"]):
        given = [answer for answer in answers if answer is not None]
        if not given:
            yield f"post {number} of events was never answered"
        elif any(answer != calm["events"][number][0] for answer in given):
            yield f"post {number} was answered {given}, not {calm['events'][number][0]}"
        told += [one[0] for answer in given[:1] for one in answer]
    if journal["events"] != sorted(told):
        yield f"{len(told)} events were told, {len(journal['events'])} are kept"
    if journal["owed"]:
        yield f"writes are still owed or given up: {journal['owed']}"
    for wanted in calm["written"]:
        if wanted not in now["written"]:
            yield f"the CRM lacks {wanted}"
    if len(now["written"]) != len(calm["written"]):
        names = [one["name"] for one in now["written"]]
        yield f"the CRM has {len(names)} records of Moodle's: {names}"
    if now["confirmed"] != calm["confirmed"]:
        yield f"Moodle knows {now['confirmed']}, not {calm['confirmed']}"


def _effects(story: Story, calm: Facts, now: Facts) -> Iterator[str]:
    if story.rewrites:
        carried, wanted = ({key.split()[1] for key in one["writes"]} for one in (now, calm))
        if carried != wanted:
            yield f"written in Moodle: {carried}, not {wanted}"
    elif now["writes"] != calm["writes"]:
        yield f"writes: {_difference(now['writes'], calm['writes'])}"
    more: Counter[str] = Counter(now["calls"])
    more.subtract(Counter(calm["calls"]))
    if sum(more.values()) > story.spare_calls:
        yield f"{sum(more.values())} calls more than without a fault: {dict(+more)}"


def _difference(now: Facts, calm: Facts) -> str:
    keys = sorted(key for key in now.keys() | calm.keys() if now.get(key) != calm.get(key))
    return ", ".join(f"{key}: {now.get(key, 0)}, not {calm.get(key, 0)}" for key in keys)
