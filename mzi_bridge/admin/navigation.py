"""The console's menu."""

from __future__ import annotations

from msgspec import Struct

from mzi_bridge.admin.text import N_
from mzi_bridge.journal.sessions import Role


class Entry(Struct, frozen=True):
    """`label` is an English text of the catalogue, `icon` a symbol of `icons.html`."""

    path: str
    label: str
    icon: str
    role: Role = Role.VIEWER

    def is_open_to(self, role: Role) -> bool:
        return role is Role.OPERATOR or self.role is Role.VIEWER

    def is_at(self, path: str) -> bool:
        """Whether `path` is this entry's page or one below it."""
        if self.path == "/admin/":
            return path == self.path
        return path == self.path or path.startswith(f"{self.path}/")


NAVIGATION = (
    Entry("/admin/", N_("Overview"), "pulse"),
    Entry("/admin/set-up", N_("Set-up"), "steps"),
    Entry("/admin/sync", N_("Sync"), "sync"),
    Entry("/admin/records", N_("Records"), "search"),
    Entry("/admin/held", N_("Held changes"), "hand"),
    Entry("/admin/dead", N_("Given up"), "letter"),
    Entry("/admin/pushes", N_("Writes into the CRM"), "out"),
    Entry("/admin/channels", N_("Channels"), "channel"),
    Entry("/admin/mappings", N_("Field mapping"), "map"),
    Entry("/admin/settings", N_("Settings"), "dials"),
    Entry("/admin/drift", N_("Drift"), "drift"),
    Entry("/admin/diagnostics", N_("Diagnostics"), "tools"),
    Entry("/admin/keys", N_("API keys"), "key", Role.OPERATOR),
    Entry("/admin/audit", N_("Audit log"), "list"),
    Entry("/admin/sessions", N_("Sessions"), "people", Role.OPERATOR),
)
