"""Our own writes, as they come back from the CRM."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec.structs import replace

from mzi_bridge.journal.push_records import PushOutcome, PushOutcomeKind
from mzi_bridge.journal.records import Notice, Operation, Source
from mzi_bridge.pipeline.deliver import Delivered
from mzi_bridge.pipeline.links import Links

ECHO = "echo"
"""In place of `unchanged`, where the CRM told of nothing but what we wrote."""
OWN_SECONDS = 600.0


async def mark_own(links: Links, module: str, outcomes: Iterable[PushOutcome]) -> None:
    """Makes the records that were written dirty: Moodle shows them, whether the CRM tells of a
    write by its API or not."""
    if module not in links.preset.modules:
        return
    now_ms = int(links.clock.now() * 1000)
    notices = [
        Notice(
            module,
            outcome.crm_id,
            Operation.UPDATE,
            now_ms if outcome.written_ms is None else outcome.written_ms,
            Source.OWN_WRITE,
        )
        for outcome in outcomes
        if outcome.kind is PushOutcomeKind.DONE and outcome.crm_id is not None
    ]
    if notices:
        await links.journal.inbox.mark(notices)


async def on_their_way(links: Links, module: str, record_ids: Sequence[str]) -> frozenset[str]:
    """Of these records those that Moodle is about to get because we wrote them: the write is not
    settled, or the mark that it left is not worked off. What is still dirty long after that has
    another trouble."""
    if all(rule.module != module for rule in links.preset.writes.values()):
        return frozenset()
    since = links.clock.now() - OWN_SECONDS
    written = await links.journal.pushes.of_late(module, record_ids, since)
    owed = {record_id for record_id, is_owed in written.items() if is_owed}
    settled = [record_id for record_id in written if record_id not in owed]
    return await links.journal.inbox.dirty_among(module, settled) | owed


async def with_echoes(
    links: Links, module: str, known: Mapping[str, Delivered]
) -> Mapping[str, Delivered]:
    """`known`, in which those that ended unchanged, in the very version that a write of ours made,
    are an `echo`; they are counted. A later version is somebody else's."""
    if all(rule.module != module for rule in links.preset.writes.values()):
        return known
    unchanged = {i: one for i, one in known.items() if one.action == "unchanged"}
    written = await links.journal.pushes.written_by_us(module, list(unchanged))
    echoes = [i for i, ms in written.items() if unchanged[i].version == ms // 1000]
    await links.journal.pushes.count_echoes(module, echoes)
    return {**known, **{i: replace(known[i], action=ECHO) for i in echoes}}
