"""The journal: what the bridge must not forget, and nothing else."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from pydantic import SecretStr

from mzi_bridge.clock import Clock
from mzi_bridge.journal.activity import Activity
from mzi_bridge.journal.address import parse_address
from mzi_bridge.journal.alarms import Alarms
from mzi_bridge.journal.api_keys import ApiKeys
from mzi_bridge.journal.audit import AuditLog
from mzi_bridge.journal.channels import Channels
from mzi_bridge.journal.configuration import Configuration
from mzi_bridge.journal.credits import Credits
from mzi_bridge.journal.cursors import Cursors
from mzi_bridge.journal.dead import DeadLetters
from mzi_bridge.journal.deliveries import Deliveries
from mzi_bridge.journal.engine import Database
from mzi_bridge.journal.events import MoodleEvents
from mzi_bridge.journal.faults import FieldFaults
from mzi_bridge.journal.held import HeldChanges
from mzi_bridge.journal.history import History
from mzi_bridge.journal.inbox import Inbox
from mzi_bridge.journal.known import KnownRecords
from mzi_bridge.journal.links import LinkStates
from mzi_bridge.journal.locks import Locks
from mzi_bridge.journal.mapping_versions import MappingVersions
from mzi_bridge.journal.migrate import migrate
from mzi_bridge.journal.photos import Photos
from mzi_bridge.journal.polls import Polls
from mzi_bridge.journal.pushes import Pushes
from mzi_bridge.journal.runs import Runs
from mzi_bridge.journal.seal import Seal
from mzi_bridge.journal.sessions import Sessions
from mzi_bridge.journal.stored_settings import StoredSettings
from mzi_bridge.journal.tokens import Tokens
from mzi_bridge.journal.wake import Wake


class Journal:
    """One tenant's durable state: ids, versions, attempts, cursors, channels, what is sealed.

    Any number of processes may have the same journal open. Get one from `Journal.open`.
    """

    def __init__(
        self,
        database: Database,
        *,
        clock: Clock,
        secret_keys: Sequence[SecretStr] = (),
        tenant: str = "default",
    ) -> None:
        wake = Wake()
        seal = Seal(secret_keys)
        self.database = database
        self.inbox = Inbox(database, clock, tenant, wake)
        self.dead = DeadLetters(database, clock, tenant, wake)
        self.held = HeldChanges(database, clock, tenant, wake)
        self.runs = Runs(database, clock, tenant)
        self.cursors = Cursors(database, clock, tenant)
        self.channels = Channels(database, tenant)
        self.links = LinkStates(database, clock, tenant)
        self.faults = FieldFaults(database, clock, tenant)
        self.alarms = Alarms(database, clock, tenant)
        self.photos = Photos(database, clock, tenant)
        self.polls = Polls(database, clock, tenant)
        self.api_keys = ApiKeys(database, clock, tenant)
        self.locks = Locks(database, clock, tenant)
        self.tokens = Tokens(database, clock, tenant, self.locks, seal)
        self.deliveries = Deliveries(database, tenant)
        self.credits = Credits(database, clock, tenant)
        self.activity = Activity(database, clock, tenant)
        self.history = History(database, clock, tenant)
        self.known = KnownRecords(database, tenant)
        self.sessions = Sessions(database, clock, tenant)
        self.audit = AuditLog(database, clock, tenant)
        self.configuration = Configuration(database, tenant)
        self.settings = StoredSettings(database, clock, tenant, seal, self.configuration)
        self.mappings = MappingVersions(database, clock, tenant, self.configuration)
        owed = Wake()
        self.events = MoodleEvents(database, clock, tenant, owed, seal)
        self.pushes = Pushes(database, clock, tenant, owed, seal)

    @classmethod
    @asynccontextmanager
    async def open(
        cls,
        url: str,
        *,
        clock: Clock,
        secret_keys: Sequence[SecretStr] = (),
        tenant: str = "default",
        pool_size: int = 5,
    ) -> AsyncIterator[Journal]:
        """Opens the database at `url` (DATABASE_URL) and upgrades its schema if need be.

        On leaving, what waits for its commit is committed. Raises OperatorError (a wrong URL,
        key or schema; see parse_address, Tokens, migrate), JournalUnavailable.
        """
        database = Database(parse_address(url), pool_size=pool_size)
        try:
            await database.greet()
            await migrate(database)
            journal = cls(database, clock=clock, secret_keys=secret_keys, tenant=tenant)
            await journal.inbox.mend_clock()
            await journal.pushes.mend_clock()
            try:
                yield journal
            finally:
                await journal.channels.close()
                await journal.inbox.close()
                await journal.events.close()
                await journal.credits.close()
                await journal.activity.close()
        finally:
            await database.close()

    async def ping(self) -> None:
        """Raises JournalUnavailable when the database does not answer."""
        await self.database.ping()
