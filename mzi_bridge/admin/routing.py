"""How a page says what it is: its path, who may, and what it does.

A page module holds its handlers and a tuple `ROUTES` of `look(…)` and `act(…)`; `admin.routes`
joins them. Signing in, the origin of a form, the role and the row in the audit log are seen to in
one place (`admin.door`): a handler is only reached by who may.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Literal
from urllib.parse import quote

from msgspec import Struct, field
from starlette.responses import Response

from mzi_bridge.admin.text import Text
from mzi_bridge.admin.visit import Visit
from mzi_bridge.journal.audit import DONE, Detail
from mzi_bridge.journal.sessions import Role

Kind = Literal["good", "bad", "plain"]


class Acted(Struct, frozen=True):
    """What an action came to.

    The visitor is led to `to` (a path below /admin/) and told `told` there; or gets `response`,
    where the action's answer is a page of its own (a form with faults, a file).
    `target`, `details` and `outcome` (`done` or a reason word) go into the audit log: names of
    things, numbers and words, never a secret and no value of a record.
    """

    to: str = ""
    told: Text | None = None
    kind: Kind = "good"
    target: str = ""
    details: Mapping[str, Detail] = field(default_factory=dict)
    outcome: str = DONE
    response: Response | None = None


Look = Callable[[Visit], Awaitable[Response]]
Act = Callable[[Visit], Awaitable[Acted]]


class AdminRoute(Struct, frozen=True):
    """`path` is below /admin, with Starlette's parameters. `action`, the word of the audit log,
    makes it a POST; without one it is a GET, which changes nothing. `back` is where the visitor
    is led when the action fails with an MziError, with the parameters of `path`."""

    path: str
    role: Role
    look: Look | None = None
    act: Act | None = None
    action: str = ""
    back: str = "/admin/"

    async def acting(self, visit: Visit) -> Acted:
        if self.act is None:
            raise LookupError(f"{self.path} is no action")
        return await self.act(visit)

    def back_of(self, parameters: Mapping[str, object]) -> str:
        """Where a failed action leads, as an address."""
        return self.back.format_map({n: quote(str(v), safe="") for n, v in parameters.items()})

    @property
    def method(self) -> str:
        return "POST" if self.act else "GET"


def look(path: str, handler: Look, role: Role = Role.VIEWER) -> AdminRoute:
    """A page: everybody who is signed in may look, unless `role` says otherwise."""
    return AdminRoute(path, role, look=handler)


def act(
    path: str, handler: Act, action: str, *, back: str, role: Role = Role.OPERATOR
) -> AdminRoute:
    """An action: operators may, and it leaves one row with the word `action` in the audit log.
    Words of actions have a text in `admin.words.actions`."""
    return AdminRoute(path, role, act=handler, action=action, back=back)
