"""A request that is in the CRM more than once: the alarm, and how it ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mzi_bridge.errors import MziError
from mzi_bridge.pipeline.links import Links

TWICE_ALARM = "request_twice"
_DELETE = "delete "
MOST_NAMED = 10


async def tell_twice(links: Links, number: str, ids: Sequence[str]) -> None:
    """`ids`: the records with the mark of request `number`, the one that counts first."""
    others = ", ".join(ids[1 : 1 + MOST_NAMED])
    what = f"{len(ids)} records of the CRM have its mark: keep {ids[0]}, {_DELETE}{others}"
    await links.journal.alarms.raise_alarm(TWICE_ALARM, number, what)


async def still_twice(links: Links) -> Mapping[str, str]:
    """The requests of standing alarms of which the CRM still shows a record too many, or cannot
    be asked; each with nothing more to tell."""
    standing: dict[str, str] = {}
    rule = links.preset.writes.get("request")
    if rule is None:
        return standing
    for alarm in await links.journal.alarms.list(TWICE_ALARM):
        others = alarm.message.rpartition(_DELETE)[2].split(", ")
        try:
            shown = (await links.zoho.records.by_ids(rule.module, others)).records
        except MziError:
            standing[alarm.subject] = ""
        else:
            standing |= {alarm.subject: ""} if shown else {}
    return standing
