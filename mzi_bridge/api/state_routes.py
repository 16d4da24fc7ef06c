"""How the bridge is, what it has done, and whether it reaches the Moodle that asks."""

from __future__ import annotations

from pydantic import BaseModel, Field

from mzi_bridge.api.declare import declared
from mzi_bridge.api.endpoint import Call, Endpoint
from mzi_bridge.api.extension_ports import Extension
from mzi_bridge.api.shapes import Given, Id, Shown
from mzi_bridge.errors import MziError
from mzi_bridge.journal.runs import RunState
from mzi_bridge.mapping.editing import module_tables
from mzi_bridge.pipeline.run_view import view_of

TAG = "Extension"
PREFIX = "/api/v1/extension"


class TroubleShown(Shown):
    """Why something cannot be had: a word, what happened, what to do."""

    error: str
    message: str
    fix: str

    @classmethod
    def of_error(cls, error: MziError) -> TroubleShown:
        return cls(error=error.reason, message=error.message, fix=error.fix)


class LinkShown(Shown):
    """A side, or `module:X` where that module alone is paused."""

    link: str
    state: str = Field(description="ok or paused.")
    reason: str
    until: float | None


class CreditsShown(Shown):
    """API credits of the CRM: what the bridge spent within 24 hours, what the day has."""

    spent: int
    daily: int


class AlarmShown(Shown):
    kind: str
    subject: str
    since: float
    message: str


class ChannelShown(Shown):
    module: str
    expires_at: float


class LastSyncShown(Shown):
    at: float
    mode: str
    state: RunState


class DriftShown(Shown):
    """The last whole comparison: what was left by kind."""

    at: float
    agrees: bool
    counts: dict[str, int]
    modules: dict[str, dict[str, int]]


class StateShown(Shown):
    """`connected`: a bridge is at work. `trouble`: why the configuration as it is cannot be used.
    `last_sync` is by entity. Times are epoch seconds."""

    version: str
    connected: bool
    trouble: TroubleShown | None
    links: list[LinkShown]
    waiting: int
    oldest_waiting_seconds: float | None
    dead_letters: int
    held: dict[str, int]
    credits: CreditsShown
    alarms: list[AlarmShown]
    channels: list[ChannelShown]
    last_poll_at: float | None
    last_sync: dict[str, LastSyncShown]
    drift: DriftShown | None


class HistoryOptions(Given):
    limit: int = Field(default=20, ge=1, le=200, description="Most entries of the answer.")
    before: Id | None = Field(default=None, description="Only ids below this one.")
    kind: str | None = Field(
        default=None, max_length=100, description="Only these: job, full, delta, reconcile."
    )


class RunShown(Shown):
    """`kind`: job (a sync that was asked for over HTTP), full or delta (one module of one),
    reconcile (a comparison). `rate` is records a second."""

    id: int
    kind: str
    modules: tuple[str, ...]
    mode: str
    dry_run: bool
    state: RunState
    reason: str
    counts: dict[str, int]
    started_at: float
    finished_at: float | None
    total: int | None
    waiting: str
    rate: float | None
    seconds_left: float | None


class HistoryShown(Shown):
    runs: list[RunShown]


class PingOptions(Given):
    site: str = Field(min_length=1, max_length=2000, description="The wwwroot of who asks.")


class PingedShown(Shown):
    """`site` is the wwwroot of the Moodle that the bridge reached."""

    reached: bool
    error: str | None
    message: str | None
    fix: str | None
    site: str
    same_site: bool


class PingShown(Shown):
    bridge: str = Field(description="The bridge's version.")
    moodle: PingedShown


STATE = declared(
    "GET",
    f"{PREFIX}/state",
    "readState",
    scope="read",
    tag=TAG,
    summary="How the bridge is",
    description="By the journal alone: it answers while both sides are out of reach.",
    answer=StateShown,
    says="At one look.",
)
HISTORY = declared(
    "GET",
    f"{PREFIX}/sync-history",
    "listRuns",
    scope="read",
    tag=TAG,
    summary="Syncs and comparisons, the newest first",
    query=HistoryOptions,
    answer=HistoryShown,
    says="Also those that are under way.",
)
PING = declared(
    "POST",
    f"{PREFIX}/ping",
    "ping",
    scope="read",
    tag=TAG,
    summary="Test the connection in both directions",
    body=PingOptions,
    answer=PingShown,
    says="The bridge was reached; `moodle` tells whether it reaches Moodle.",
)
OPERATIONS = (STATE, HISTORY, PING)


class StateEndpoints:
    def __init__(self, extension: Extension) -> None:
        self._extension = extension

    @property
    def endpoints(self) -> tuple[Endpoint, ...]:
        return (
            Endpoint(STATE, self.state),
            Endpoint(HISTORY, self.history),
            Endpoint(PING, self.ping),
        )

    async def state(self, call: Call) -> BaseModel:
        standing = await self._extension.standing()
        state, trouble = standing.state, standing.trouble
        entities = await self._entities()
        return StateShown(
            version=self._extension.version,
            connected=standing.connected,
            trouble=None if trouble is None else TroubleShown.of_error(trouble),
            links=[LinkShown.of(link) for link in state.links],
            waiting=state.waiting,
            oldest_waiting_seconds=state.oldest_waiting_seconds,
            dead_letters=state.dead_letters,
            held=dict(state.held),
            credits=CreditsShown(spent=state.credits_spent, daily=standing.credits_daily),
            alarms=[AlarmShown.of(alarm) for alarm in state.alarms],
            channels=[ChannelShown.of(channel) for channel in state.channels],
            last_poll_at=state.last_poll_at,
            last_sync={
                entities[module]: LastSyncShown.of(last)
                for module, last in state.last_sync.items()
                if module in entities
            },
            drift=None if state.drift is None else DriftShown.of(state.drift),
        )

    async def history(self, call: Call) -> BaseModel:
        wanted: HistoryOptions = call.options
        runs = await self._extension.history.recent(
            wanted.limit, kind=wanted.kind, before=wanted.before
        )
        return HistoryShown(runs=[RunShown.of(view_of(run)) for run in runs])

    async def ping(self, call: Call) -> BaseModel:
        found = await self._extension.ping(call.options.site)
        return PingShown(bridge=self._extension.version, moodle=PingedShown.of(found))

    async def _entities(self) -> dict[str, str]:
        """By module, of the mapping that counts; none of one that cannot be read."""
        try:
            _, text = await self._extension.mappings().in_force()
            tables = module_tables(text)
        except MziError:
            return {}
        return {module: str(table.get("entity", "")) for module, table in tables.items()}
