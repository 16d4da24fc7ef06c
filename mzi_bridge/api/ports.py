"""What the HTTP API asks of the rest of the bridge."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Protocol

from msgspec import Struct

from mzi_bridge.journal.alarms import Alarm
from mzi_bridge.journal.held import HeldChange, OpenChanges
from mzi_bridge.pipeline.channel_terms import ChannelOutcome
from mzi_bridge.pipeline.sync import Mode
from mzi_bridge.pipeline.sync_standing import Job


class Syncs(Protocol):
    """`pipeline.sync_jobs.SyncJobs`, as far as the API needs it."""

    async def start(self, name: str | None, mode: Mode, *, dry_run: bool = False) -> Job: ...

    async def status(self, job_id: int | None = None) -> Job | None: ...


class Held(Protocol):
    """`pipeline.held.HeldDesk`, as far as the API needs it."""

    async def list(
        self, module: str | None = None, *, limit: int, after: int, history: bool
    ) -> Sequence[HeldChange]: ...

    async def open_now(self) -> Mapping[str, OpenChanges]: ...

    async def confirm(
        self, modules: Sequence[str] | None, number: int, *, up_to: int | None
    ) -> int: ...

    async def discard(self, module: str | None, ids: Sequence[int] | None, note: str) -> int: ...

    async def reopen(self, module: str, ids: Sequence[int]) -> int: ...


SetUpChannels = Callable[[], Awaitable[Sequence[ChannelOutcome]]]
"""To the address of the settings, never to one that a request names."""

Ready = Callable[[], Awaitable[None]]
"""Returns if a part can do its work now; else raises, an MziError with its reason."""

ListAlarms = Callable[[], Awaitable[Sequence[Alarm]]]
"""What stands now. Raises an MziError when it cannot be told."""


StudentProfile = Callable[[int], Awaitable[Mapping[str, Any]]]
"""What the pages show of the student with this Moodle user id. Raises an MziError."""


class Audit(Protocol):
    """`journal.audit.AuditLog`, as far as the API needs it. Each raises JournalUnavailable."""

    async def write(
        self,
        actor: str,
        client: str,
        action: str,
        *,
        target: str = "",
        details: Mapping[str, str | int | float | bool | None] | None = None,
    ) -> int: ...

    async def end(
        self,
        row_id: int,
        outcome: str,
        *,
        target: str = "",
        details: Mapping[str, str | int | float | bool | None] | None = None,
    ) -> None: ...


class Operations(Struct, frozen=True):
    """What needs a bridge at work."""

    syncs: Syncs
    set_up_channels: SetUpChannels
    held: Held
    profile: StudentProfile
    audit: Audit
