"""`/webservice/rest/server.php`: the protocol around the functions."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Coroutine, Iterable
from functools import partial
from typing import Any, Final
from urllib.parse import parse_qs

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from mzi_bridge.clock import Clock
from mzi_bridge.sandbox.faults import FaultLayer
from mzi_bridge.sandbox.moodle.answers import (
    exception_answer,
    maintenance_page,
    result_answer,
    switched_off,
)
from mzi_bridge.sandbox.moodle.contract import Contract
from mzi_bridge.sandbox.moodle.control import add_request, add_users, set_switches
from mzi_bridge.sandbox.moodle.exceptions import (
    MoodleException,
    access_denied,
    invalid_parameter,
    invalid_token,
    site_maintenance,
    user_suspended,
)
from mzi_bridge.sandbox.moodle.functions import call
from mzi_bridge.sandbox.moodle.php_form import Variables, pairs_of, variables_of
from mzi_bridge.sandbox.moodle.site import Site
from mzi_bridge.sandbox.moodle.users import User, UserDirectory

REST_PATH: Final = "/webservice/rest/server.php"
_SETTINGS: Final = "moodlewssetting"

Endpoint = Callable[[Site, Request], Coroutine[Any, Any, Response]]


class MoodleApp(Starlette):
    """A Starlette app under a fault layer that stands outermost, so that it can drop connections.

    `faults` and `state.site` are open to tests in the same process.
    """

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.faults = FaultLayer(super().__call__, label=label_of_call)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.faults(scope, receive, send)


def create_moodle_app(
    contract: Contract,
    users: Iterable[User],
    clock: Clock,
    token: str,
    *,
    weak_token: str = "",
) -> MoodleApp:
    """The emulated site, `app.state.site`.

    `weak_token` is refused by every function of the plugin, for want of local/mzi:sync.

    Every call of the REST address goes through the fault layer (`/_control/faults`,
    `/_control/calls`, labelled by wsfunction); the other `/_control` addresses: see `control`.
    """
    site = Site(contract, UserDirectory(users), clock, token, weak_token)
    app = MoodleApp(
        routes=[
            Route(REST_PATH, _bound(_serve, site), methods=["GET", "POST"]),
            Route("/_control/site", _bound(set_switches, site), methods=["POST"]),
            Route("/_control/users", _bound(add_users, site), methods=["POST"]),
            Route("/_control/requests", _bound(add_request, site), methods=["POST"]),
        ]
    )
    app.state.site = site
    return app


def label_of_call(path: str, body: bytes) -> str | None:
    """The function that a form calls."""
    names = parse_qs((body[-4096:] + b"&" + body[:4096]).decode("latin-1")).get("wsfunction")
    return names[-1] if names else None


def _bound(endpoint: Endpoint, site: Site) -> Callable[[Request], Coroutine[Any, Any, Response]]:
    return partial(endpoint, site)


async def _serve(site: Site, request: Request) -> Response:
    if site.switches.maintenance:
        return maintenance_page()
    if not (site.switches.web_services and site.switches.rest_protocol):
        return switched_off()
    sent = await _variables(site, request)
    as_json = sent.pop("moodlewsrestformat", "xml") == "json"
    try:
        return result_answer(_answer(site, sent), as_json=as_json)
    except MoodleException as error:
        return exception_answer(error, as_json=as_json, debug=site.switches.debugging)


async def _variables(site: Site, request: Request) -> Variables:
    """$_GET under $_POST. A body over post_max_size leaves $_POST empty, as in PHP."""
    limit = site.switches.max_input_vars
    query = variables_of(pairs_of(request.url.query), limit)
    body = await request.body()
    if request.method != "POST" or len(body) > site.switches.post_max_bytes:
        return query
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        form = await request.form()
        pairs = [(name, value) for name, value in form.multi_items() if isinstance(value, str)]
    else:
        pairs = pairs_of(body.decode("utf-8", "surrogateescape"))
    return {**query, **variables_of(pairs, limit)}


def _answer(site: Site, sent: Variables) -> Any:
    for name in [name for name in sent if name.startswith(_SETTINGS)]:
        del sent[name]
    capable = _authenticate(site, sent.pop("wstoken", None))
    function = sent.pop("wsfunction", None)
    if not isinstance(function, str) or not function:
        raise invalid_parameter("Missing function name")
    return call(site, function, sent, capable=capable)


def _authenticate(site: Site, token: object) -> bool:
    """Whether the token's user holds local/mzi:sync. Raises what Moodle's login would."""
    strong, weak = _same(token, site.token), _same(token, site.weak_token)
    if not (strong or weak):
        raise invalid_token()
    if site.switches.admin_maintenance:
        raise site_maintenance()
    if site.switches.user_suspended:
        raise user_suspended("mzi_bridge")
    if not site.switches.rest_capability:
        raise access_denied("missing capability: webservice/rest:use")
    return strong and site.switches.capability


def _same(token: object, kept: str) -> bool:
    if not isinstance(token, str) or not kept:
        return False
    return secrets.compare_digest(token.encode("utf-8", "surrogateescape"), kept.encode())
