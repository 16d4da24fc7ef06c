"""How the bridge stands now, gathered for the overview, and whether that is well."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from mzi_bridge.admin.ports import AdminPorts, Facts
from mzi_bridge.admin.text import N_, Text, counted
from mzi_bridge.errors import MziError
from mzi_bridge.journal.alarms import Alarm
from mzi_bridge.journal.channels import ChannelRow
from mzi_bridge.journal.credits import CreditStanding
from mzi_bridge.journal.links import LinkState
from mzi_bridge.journal.polls import PollState
from mzi_bridge.journal.push_records import PushCounts
from mzi_bridge.journal.records import InboxCounts

SIDES = ("zoho", "moodle")
LATE_SECONDS = 900.0
"""A record that waits longer than this is worth a look: usually one is there in seconds."""
SOON_SECONDS = 7200.0


class Concern(Struct, frozen=True):
    """Something worth a look: `kind` is warn or bad, `path` the page that tells more."""

    kind: str
    text: Text
    path: str = ""


class Standing(Struct, frozen=True):
    at: float
    facts: Facts
    trouble: MziError | None
    connected: bool
    links: Mapping[str, LinkState]
    inbox: InboxCounts
    dead: int
    held: Mapping[str, int]
    owed: PushCounts
    credits: CreditStanding
    channels: Sequence[ChannelRow]
    polls: Sequence[PollState]
    alarms: Sequence[Alarm]

    @property
    def oldest_seconds(self) -> float | None:
        """How long the record waits that waits longest."""
        noticed = self.inbox.oldest_noticed_at
        return None if noticed is None else max(0.0, self.at - noticed)

    @property
    def first_expiry(self) -> float | None:
        return min((channel.expires_at for channel in self.channels), default=None)

    @property
    def last_poll(self) -> float | None:
        """When the module that was polled longest ago was."""
        done = [poll.done_at for poll in self.polls]
        return min((at for at in done if at is not None), default=None) if all(done) else None

    @property
    def failing_polls(self) -> int:
        return sum(1 for poll in self.polls if poll.failures)

    def pause_of(self, side: str) -> LinkState | None:
        return self.links.get(side)

    @property
    def paused_modules(self) -> Sequence[LinkState]:
        return [state for link, state in sorted(self.links.items()) if link not in SIDES]

    def concerns(self) -> list[Concern]:
        """The worst first; none where all is well."""
        found = [*self._of_links(), *self._of_work(), *self._of_channels()]
        found += [Concern("bad", Text(N_("An alarm stands; see below."))) for _ in self.alarms[:1]]
        return sorted(found, key=lambda concern: concern.kind != "bad")

    def _of_links(self) -> list[Concern]:
        found = []
        if not self.connected:
            found.append(Concern("bad", Text(N_("The bridge is not connected to both sides yet."))))
        if "zoho" in self.links:
            found.append(Concern("bad", Text(N_("Zoho CRM is paused."))))
        if "moodle" in self.links:
            found.append(Concern("bad", Text(N_("Moodle is paused."))))
        if not self.facts.moodle_enabled:
            found.append(Concern("warn", Text(N_("Delivery to Moodle is switched off."))))
        return found

    def _of_work(self) -> list[Concern]:
        found = []
        if (self.oldest_seconds or 0.0) > LATE_SECONDS:
            found.append(Concern("warn", Text(N_("A record has been waiting for long."))))
        if self.dead:
            text = counted(
                "%(number)s record was given up.",
                "%(number)s records were given up.",
                self.dead,
            )
            found.append(Concern("warn", text, "/admin/dead"))
        if self.owed.dead:
            text = counted(
                "%(number)s write into the CRM was given up.",
                "%(number)s writes into the CRM were given up.",
                self.owed.dead,
            )
            found.append(Concern("warn", text, "/admin/pushes"))
        if held := sum(self.held.values()):
            text = counted(
                "%(number)s change waits for your word.",
                "%(number)s changes wait for your word.",
                held,
            )
            found.append(Concern("warn", text, "/admin/held"))
        return found

    def _of_channels(self) -> list[Concern]:
        if self.connected and not self.channels:
            text = Text(N_("Zoho tells of no change: no channel is registered."))
            return [Concern("warn", text, "/admin/channels")]
        if self.first_expiry is not None and self.first_expiry < self.at + SOON_SECONDS:
            text = Text(N_("A channel ends soon."))
            return [Concern("warn", text, "/admin/channels")]
        return []


async def standing_of(ports: AdminPorts) -> Standing:
    """As the journal knows it: no side is asked. Raises JournalUnavailable."""
    journal = ports.journal
    return Standing(
        at=ports.clock.now(),
        facts=ports.facts(),
        trouble=ports.trouble(),
        connected=ports.links() is not None,
        links=await journal.links.all(),
        inbox=await journal.inbox.counts(),
        dead=await journal.dead.count(),
        held=await journal.held.counts(),
        owed=await journal.pushes.counts(),
        credits=await journal.credits.standing(),
        channels=await journal.channels.list(),
        polls=await journal.polls.list(),
        alarms=await journal.alarms.list(),
    )
