"""One request of somebody who is signed in, and what a page does with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import Struct, field
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import HTMLResponse

from mzi_bridge.admin.headers import POLICY, content_policy
from mzi_bridge.admin.language import Language
from mzi_bridge.admin.ports import AdminPorts
from mzi_bridge.admin.rendering import Rendering
from mzi_bridge.admin.streams import Streams
from mzi_bridge.admin.told import Told
from mzi_bridge.journal.sessions import Role, Session


class Visit(Struct, frozen=True):
    """`form` is what a POST brought, empty for a GET. `told` are the messages to show once."""

    request: Request
    ports: AdminPorts
    language: Language
    rendering: Rendering
    session: Session
    streams: Streams
    client: str = ""
    form: FormData = field(default_factory=FormData)
    told: Sequence[Told] = ()

    @property
    def may_act(self) -> bool:
        return self.session.role is Role.OPERATOR

    @property
    def query(self) -> dict[str, str]:
        """The words of the address; of one given twice the last."""
        return dict(self.request.query_params)

    def field(self, name: str, longest: int = 2000) -> str:
        """A text of the form, trimmed and cut; empty if it is missing or a file."""
        value = self.form.get(name)
        return value.strip()[:longest] if isinstance(value, str) else ""

    def page(
        self, template: str, *, status: int = 200, form_to: Sequence[str] = (), **context: Any
    ) -> HTMLResponse:
        """A template of `admin/templates` as an answer.

        `form_to` are other origins that forms of this page may lead to (a consent page, say).
        Templates have `visit`, `language`, `now` (epoch seconds) and the filters of `rendering`.
        """
        content = self.fragment(template, **context)
        headers = {POLICY: content_policy(form_to)} if form_to else None
        return HTMLResponse(content, status, headers=headers)

    def fragment(self, template: str, **context: Any) -> str:
        """A template as text: part of a page."""
        given = {"visit": self, "now": self.ports.clock.now(), **context}
        return self.rendering.render(self.language, template, given)
