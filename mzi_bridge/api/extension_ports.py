"""What the extension API asks of the rest of the bridge."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Protocol

from msgspec import Struct

from mzi_bridge.api.ports import Audit
from mzi_bridge.errors import MziError
from mzi_bridge.journal.runs import Run
from mzi_bridge.mapping.check import Finding
from mzi_bridge.mapping.contract import ContractEntity
from mzi_bridge.pipeline.bridge_state import BridgeState
from mzi_bridge.pipeline.ping import Pinged
from mzi_bridge.pipeline.sync_standing import Job
from mzi_bridge.settings.desk import SettingsDesk
from mzi_bridge.zoho.metadata import FieldInfo, ModuleInfo


class Standing(Struct, frozen=True):
    """`trouble` is why the configuration as it is cannot be used, or why there is no bridge at
    work; `credits_daily` what the organisation's edition has."""

    state: BridgeState
    connected: bool
    trouble: MziError | None
    credits_daily: int


class ModuleView(Protocol):
    """`pipeline.mapping_desk.ModuleView`, as far as the API needs it."""

    @property
    def module(self) -> str: ...
    @property
    def version(self) -> int | None: ...
    @property
    def table(self) -> Mapping[str, Any]: ...
    @property
    def findings(self) -> Sequence[Finding]: ...
    @property
    def fields(self) -> Sequence[FieldInfo]: ...
    @property
    def entity(self) -> ContractEntity | None: ...
    @property
    def trouble(self) -> MziError | None: ...


class MappingDesk(Protocol):
    """`pipeline.mapping_desk.MappingDesk`, as far as the API needs it."""

    async def in_force(self) -> tuple[int | None, str]: ...

    async def view(self, module: str) -> ModuleView: ...

    async def check(self, module: str, table: Mapping[str, Any]) -> ModuleView: ...

    async def save(
        self, module: str, table: Mapping[str, Any], *, base: int | None, author: str, note: str
    ) -> ModuleView: ...


class History(Protocol):
    """`journal.runs.Runs`, as far as the API needs it."""

    async def recent(
        self, limit: int = 20, *, kind: str | None = None, before: int | None = None
    ) -> Sequence[Run]: ...


class Steering(Protocol):
    """`pipeline.sync_jobs.SyncJobs`, as far as holding up goes. Each raises OperatorError
    no_such_sync, and sync_not_running or sync_not_paused."""

    async def pause(self, job_id: int) -> Job: ...

    async def resume(self, job_id: int) -> Job: ...

    async def cancel(self, job_id: int) -> Job: ...


class Reconcile(Protocol):
    async def __call__(self, module: str | None, *, repair: bool) -> Run: ...


class Extension(Struct, frozen=True):
    """`syncs`, `crm_modules` and `reconcile` raise OperatorError not_connected while no bridge is
    at work; `ping` tells it. `mappings` is the desk by the settings as they are now."""

    version: str
    standing: Callable[[], Awaitable[Standing]]
    settings: SettingsDesk
    mappings: Callable[[], MappingDesk]
    history: History
    syncs: Callable[[], Steering]
    crm_modules: Callable[[], Awaitable[Sequence[ModuleInfo]]]
    ping: Callable[[str], Awaitable[Pinged]]
    reconcile: Reconcile
    audit: Audit
