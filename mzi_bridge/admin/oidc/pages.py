"""The two ends of signing in by OpenID Connect: on to the issuer, and back from it."""

from __future__ import annotations

import hmac
import logging
import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

from authlib.oauth2.rfc7636 import create_s256_code_challenge
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from mzi_bridge.admin.caller import own_origin
from mzi_bridge.admin.console import SIGN_IN_SECONDS, Console
from mzi_bridge.admin.cookies import SIGN_IN
from mzi_bridge.admin.oidc.errors import SignInRefused
from mzi_bridge.admin.oidc.id_token import claims_of
from mzi_bridge.admin.oidc.issuer import Issuer
from mzi_bridge.admin.oidc.people import role_of
from mzi_bridge.admin.ports import OpenIdTerms
from mzi_bridge.admin.sign_in import SignInPages, TooMany, own_path
from mzi_bridge.admin.told import told_of
from mzi_bridge.errors import MziError

log = logging.getLogger(__name__)
START = "/admin/openid/start"
BACK = "/admin/openid/back"


class OpenIdPages:
    def __init__(self, console: Console, terms: OpenIdTerms, pages: SignInPages) -> None:
        self._console = console
        self._terms = terms
        self._pages = pages
        self._issuer = Issuer(terms)

    async def start(self, request: Request) -> Response:
        """GET /admin/openid/start?next=…: on to the issuer, with a state that only this browser
        can bring back."""
        try:
            self._pages.check_secure(request)
            key = self._pages.count_try(request)
            found = await self._issuer.discover()
        except MziError as error:
            return self._refused(request, error)
        self._console.tries.give_back(key)
        known = {
            "state": secrets.token_urlsafe(32),
            "nonce": secrets.token_urlsafe(32),
            "verifier": secrets.token_urlsafe(48),
            "next": own_path(request.query_params.get("next")),
        }
        response = RedirectResponse(_joined(found.authorization, self._asked(request, known)), 303)
        cookies = self._console.cookies(request)
        sealed = self._console.sign_ins.close(known)
        cookies.put(response, SIGN_IN, sealed, int(SIGN_IN_SECONDS))
        return response

    async def back(self, request: Request) -> Response:
        """GET /admin/openid/back?code=…&state=…: signed in, or the sign-in page and why not."""
        cookies = self._console.cookies(request)
        try:
            self._pages.check_secure(request)
            key = self._pages.count_try(request)
            known = self._known(request)
            actor, role = role_of(
                await self._claims(request, known), self._terms.operators, self._terms.viewers
            )
            self._console.tries.give_back(key)
            method = self._console.openid_method or ""
            response = await self._pages.begin(request, actor, role, method, known["next"])
        except MziError as error:
            if not isinstance(error, TooMany):
                await self._pages.write(request, "", error.reason, "openid")
            response = self._refused(request, error)
        cookies.drop(response, SIGN_IN)
        return response

    def _asked(self, request: Request, known: Mapping[str, str]) -> dict[str, str]:
        return {
            "response_type": "code",
            "client_id": self._terms.client_id,
            "redirect_uri": self._redirect_uri(request),
            "scope": " ".join(self._terms.scopes),
            "state": known["state"],
            "nonce": known["nonce"],
            "code_challenge": create_s256_code_challenge(known["verifier"]),
            "code_challenge_method": "S256",
        }

    def _known(self, request: Request) -> dict[str, str]:
        """What this browser was sent away with; good for one return."""
        cookie = self._console.cookies(request).get(SIGN_IN)
        known: Mapping[str, Any] | None = self._console.sign_ins.open(cookie)
        state = request.query_params.get("state", "")
        if (
            known is None
            or not hmac.compare_digest(str(known["state"]).encode(), state.encode())
            or self._console.used_states.take(state)
        ):
            raise SignInRefused(
                "This sign-in was not begun in this browser, is too old, or is used up.",
                reason="openid_state_unknown",
                fix="Sign in again from the console's own page.",
            )
        return dict(known)

    async def _claims(self, request: Request, known: Mapping[str, str]) -> dict[str, Any]:
        given = request.query_params
        found = await self._issuer.discover()
        named = given.get("iss")
        if named != self._terms.issuer and (found.names_itself or named is not None):
            raise SignInRefused(
                "Another issuer than the one asked has answered.",
                reason="openid_state_unknown",
                fix="Sign in again from the console's own page.",
            )
        if "code" not in given:
            raise SignInRefused(
                "The issuer did not let you through, or you did not agree.",
                reason="openid_not_agreed",
                fix="Sign in again, and agree that the bridge learns your e-mail address.",
            )
        token = await self._issuer.id_token(
            found, given["code"], known["verifier"], self._redirect_uri(request)
        )
        return claims_of(
            token,
            await self._issuer.keys(found),
            issuer=self._terms.issuer,
            client_id=self._terms.client_id,
            nonce=known["nonce"],
            now=self._console.ports.clock.now(),
        )

    def _redirect_uri(self, request: Request) -> str:
        return own_origin(request, self._console.ports.terms) + BACK

    def _refused(self, request: Request, error: MziError) -> Response:
        log.warning("sign-in by OpenID Connect refused", extra={"reason": error.reason})
        wait = error.seconds if isinstance(error, TooMany) else 0.0
        return self._pages.page(request, told_of(error), 429 if wait else 403, wait)


def _joined(url: str, query: Mapping[str, str]) -> str:
    return f"{url}{'&' if urlsplit(url).query else '?'}{urlencode(query)}"
