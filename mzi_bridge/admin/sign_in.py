"""Signing in and out, and the choice of language: what a stranger may do."""

from __future__ import annotations

import hashlib
import hmac
import logging
import re

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from mzi_bridge.admin.caller import (
    address_of,
    is_own_page,
    is_secure,
    limit_key,
    may_be_plain,
)
from mzi_bridge.admin.console import Console
from mzi_bridge.admin.cookies import LANGUAGE, LANGUAGE_SECONDS, SESSION
from mzi_bridge.admin.door import SIGN_IN
from mzi_bridge.admin.faults import fault_page
from mzi_bridge.admin.language import LANGUAGES
from mzi_bridge.admin.routing import Acted
from mzi_bridge.admin.text import N_, Text
from mzi_bridge.admin.told import Told, told_of
from mzi_bridge.admin.visit import Visit
from mzi_bridge.errors import MziError, OperatorError
from mzi_bridge.journal.sessions import LIFE_SECONDS, Role

log = logging.getLogger(__name__)
ADMINISTRATOR = "admin-token"
"""Who holds the administrator's token: nobody knows more of them."""
SIGN_IN_ACTION = "sign_in"
HOME = "/admin/"
_OWN_PATH = re.compile(r"/admin/[A-Za-z0-9_.~/-]*(\?[A-Za-z0-9_.~%=&+/:,@-]*)?", re.ASCII)

_LEADS_OUT = re.compile(r"//|\.\.")


def own_path(text: str | None) -> str:
    """A path of the console to go on to, and nothing else."""
    if text and len(text) <= 500 and not _LEADS_OUT.search(text) and _OWN_PATH.fullmatch(text):
        return text
    return HOME


class SignInPages:
    """What is open to strangers; `Console.tries` counts them by their address."""

    def __init__(self, console: Console) -> None:
        self._console = console

    async def form(self, request: Request) -> Response:
        """GET /admin/sign-in?next=…"""
        console = self._console
        told = console.telling.take(console.cookies(request))
        response = self.page(request, told[0] if told else None)
        if told:
            console.telling.forget(console.cookies(request), response)
        return response

    async def by_token(self, request: Request) -> Response:
        """POST /admin/sign-in {token, next}: 303, or the form again and what was wrong."""
        try:
            self.check(request)
            form = await request.form(max_fields=10, max_files=0)
            token, wanted = form.get("token"), form.get("next")
            key = self.count_try(request)
            if not self._is_token(token if isinstance(token, str) else ""):
                await self.write(request, "", "wrong_admin_token", "token")
                return self.page(request, told_of(_wrong_token()), 401)
            self._console.tries.give_back(key)
            method = self._console.token_method or ""
            where = own_path(wanted if isinstance(wanted, str) else None)
            return await self.begin(request, ADMINISTRATOR, Role.OPERATOR, method, where)
        except TooMany as error:
            return self.page(request, told_of(error), 429, error.seconds)
        except MziError as error:
            return fault_page(self._console, request, error, 403)

    async def language(self, request: Request) -> Response:
        """POST /admin/language {to, next}: the language of this browser from now on."""
        if not is_own_page(request, self._console.ports.terms):
            return fault_page(self._console, request, _cross_site(), 403)
        form = await request.form(max_fields=10, max_files=0)
        wish, wanted = form.get("to"), form.get("next")
        response = RedirectResponse(own_path(wanted if isinstance(wanted, str) else None), 303)
        if wish in LANGUAGES:
            cookies = self._console.cookies(request)
            cookies.put(response, LANGUAGE, str(wish), LANGUAGE_SECONDS)
        return response

    def check(self, request: Request) -> None:
        """Raises OperatorError cross_site, https_needed."""
        if not is_own_page(request, self._console.ports.terms):
            raise _cross_site()
        self.check_secure(request)

    def check_secure(self, request: Request) -> None:
        """Raises OperatorError https_needed: a token or a cookie would travel for all to read."""
        terms = self._console.ports.terms
        if not is_secure(request, terms) and not may_be_plain(request, terms):
            raise OperatorError(
                "Signing in takes https: the address in your browser begins with http.",
                reason="https_needed",
                fix="Open the console by its https address; behind a proxy name the proxy in"
                " MZI_TRUSTED_PROXIES and let it send X-Forwarded-Proto.",
            )

    def count_try(self, request: Request) -> str:
        """The key by which the try was counted. Raises TooMany."""
        key = limit_key(address_of(request, self._console.ports.terms))
        if wait := self._console.tries.take(key):
            log.warning("sign-in refused", extra={"reason": "too_many_tries"})
            raise TooMany(wait)
        return key

    async def begin(
        self, request: Request, actor: str, role: Role, method: str, wanted: str
    ) -> Response:
        """Signed in: a new session, whatever cookie the browser came with."""
        console = self._console
        cookies = console.cookies(request)
        old = cookies.get(SESSION)
        journal = console.ports.journal
        if old and (session := await journal.sessions.find(old)):
            await journal.sessions.revoke(session.name)
        token = await journal.sessions.begin(actor, role, method)
        await self.write(request, actor, "done", method.partition("-")[0], role)
        response = RedirectResponse(wanted, 303)
        cookies.put(response, SESSION, token, int(LIFE_SECONDS))
        return response

    async def write(
        self, request: Request, actor: str, outcome: str, method: str, role: str = ""
    ) -> None:
        client = str(address_of(request, self._console.ports.terms) or "")
        details = {"method": method, "role": role} if role else {"method": method}
        await self._console.ports.journal.audit.write(
            actor, client, SIGN_IN_ACTION, outcome=outcome, details=details
        )

    def page(
        self, request: Request, told: Told | None, status: int = 200, wait: float = 0.0
    ) -> HTMLResponse:
        console = self._console
        content = console.rendering.render(
            console.language(request),
            "sign_in.html",
            {
                "visit": None,
                "now": console.ports.clock.now(),
                "told": told,
                "path": SIGN_IN,
                "next": own_path(request.query_params.get("next")),
                "by_token": console.token_method is not None,
                "by_openid": console.openid_method is not None,
            },
        )
        headers = {"retry-after": str(int(wait) + 1)} if wait else None
        return HTMLResponse(content, status, headers=headers)

    def _is_token(self, given: str) -> bool:
        token = self._console.ports.terms.admin_token
        if token is None:
            return False
        return hmac.compare_digest(_digest(given), _digest(token.get_secret_value()))


async def sign_out(visit: Visit) -> Acted:
    """POST /admin/sign-out: the session is over in every process; its cookie opens nothing."""
    await visit.ports.journal.sessions.revoke(visit.session.name)
    return Acted(SIGN_IN, Text(N_("You are signed out.")), "plain")


class TooMany(OperatorError):
    """`seconds` until the next try counts."""

    def __init__(self, seconds: float) -> None:
        super().__init__(
            "Too many tries to sign in from your address.",
            reason="too_many_tries",
            fix=f"Try again in {int(seconds) + 1} seconds.",
        )
        self.seconds = seconds


def _wrong_token() -> OperatorError:
    return OperatorError("The token is wrong.", reason="wrong_admin_token")


def _cross_site() -> OperatorError:
    return OperatorError("The form did not come from a page of this console.", reason="cross_site")


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
