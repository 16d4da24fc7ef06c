"""The state of an emulated site: its tables, its users and what an admin has switched."""

from __future__ import annotations

from dataclasses import dataclass, field

from mzi_bridge.clock import Clock
from mzi_bridge.sandbox.moodle.contract import Contract
from mzi_bridge.sandbox.moodle.tables import EntityTable
from mzi_bridge.sandbox.moodle.users import UserDirectory


@dataclass
class Switches:
    """Everything that can be wrong with a site's set-up; the defaults are a working site.

    `maintenance` is the CLI mode (an HTML page for everyone), `admin_maintenance` the mode
    of the admin page (an exception). `rest_capability` is webservice/rest:use, `capability`
    local/mzi:sync. `withheld` names functions that the service lacks.
    """

    web_services: bool = True
    rest_protocol: bool = True
    maintenance: bool = False
    admin_maintenance: bool = False
    service_enabled: bool = True
    user_authorised: bool = True
    user_suspended: bool = False
    rest_capability: bool = True
    capability: bool = True
    debugging: bool = False
    withheld: frozenset[str] = frozenset()
    max_input_vars: int = 5000
    post_max_bytes: int = 64 * 1024 * 1024


@dataclass
class StoredPhoto:
    """A student's photo as it came; None: the CRM has none."""

    content_hash: str | None
    read_time: int
    image: bytes | None


@dataclass
class MadeRequest:
    """A request made on the site. `zoho_id`: its record, once the CRM or the bridge has told;
    `files`: name and content by SHA-1."""

    requestid: int
    number: str
    student: str
    zoho_id: str | None = None
    files: dict[str, tuple[str, bytes]] = field(default_factory=dict)


@dataclass
class Site:
    """One Moodle with local_mzi; `tables` maps an entity to its rows.

    `weak_token` belongs to a user of the same service who lacks local/mzi:sync; empty: none.
    `brake_minimum` and `brake_percent` are the plugin's settings of those names; `closings`
    holds by entity when the closing changes were applied that the brake counts. `photos` are
    by the student's CRM id, `requests` those made on the site by number,
    `outbox` what its status tells of events to be sent.
    """

    contract: Contract
    users: UserDirectory
    clock: Clock
    token: str
    weak_token: str = ""
    base_url: str = "http://127.0.0.1"
    switches: Switches = field(default_factory=Switches)
    brake_minimum: int = 10
    brake_percent: int = 2
    tables: dict[str, EntityTable] = field(init=False)
    closings: dict[str, list[int]] = field(init=False)
    photos: dict[str, StoredPhoto] = field(default_factory=dict)
    requests: dict[str, MadeRequest] = field(default_factory=dict)
    outbox: dict[str, int] = field(
        default_factory=lambda: {"queued": 0, "waiting": 0, "failed": 0, "oldest": 0}
    )

    def __post_init__(self) -> None:
        self.tables = {
            name: EntityTable(entity, self.contract.tables)
            for name, entity in self.contract.entities.items()
        }
        self.closings = {name: [] for name in self.contract.entities}

    def now(self) -> int:
        """Whole seconds by the site's clock."""
        return int(self.clock.now())
