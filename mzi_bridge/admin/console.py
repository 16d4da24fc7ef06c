"""What all pages of the console share, built once."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from pydantic import SecretStr
from starlette.requests import Request

from mzi_bridge.admin.cookies import LANGUAGE, Cookies
from mzi_bridge.admin.language import Language, Languages
from mzi_bridge.admin.navigation import Entry
from mzi_bridge.admin.ports import AdminPorts, OpenIdTerms
from mzi_bridge.admin.record_path import record_path
from mzi_bridge.admin.rendering import Rendering
from mzi_bridge.admin.sealed import Sealed
from mzi_bridge.admin.shown_value import shown_value
from mzi_bridge.admin.streams import Streams
from mzi_bridge.admin.told import TOLD_SECONDS, Telling
from mzi_bridge.admin.words import said_of
from mzi_bridge.rate_limit import RateLimit

TRIES = 10
TRY_SECONDS = 600.0
"""Ten wrong sign-ins of one address at once, then one a minute: with a token of 32 characters
that is no way in, and nobody in an office with one address is kept out for long."""
SIGN_IN_SECONDS = 600.0


class Console:
    def __init__(self, ports: AdminPorts, navigation: Sequence[Entry]) -> None:
        self.ports = ports
        self.languages = Languages(ports.terms.zone)
        self.telling = Telling(Sealed(ports.seal, ports.clock, "told", TOLD_SECONDS))
        self.sign_ins = Sealed(ports.seal, ports.clock, "sign-in", SIGN_IN_SECONDS)
        self.tries = RateLimit(TRIES, TRY_SECONDS, ports.clock)
        self.streams = Streams()
        self.used_states = RateLimit(1, SIGN_IN_SECONDS, ports.clock)
        self.rendering = Rendering(
            self.languages,
            {
                "navigation": navigation,
                "record_path": record_path,
                "shown_value": shown_value,
                **said_of,
            },
        )

    @property
    def token_method(self) -> str | None:
        """The sessions' method of whoever signed in by the token that counts now."""
        token = self.ports.terms.admin_token
        return None if token is None else _method("token", _clear(token))

    @property
    def openid_method(self) -> str | None:
        """As `token_method`, for OpenID Connect by the present settings."""
        terms = self.ports.terms.openid
        return None if terms is None else _method("openid", *_settings(terms))

    @property
    def methods(self) -> frozenset[str]:
        """Sessions of other methods count no more: their token or settings were changed."""
        return frozenset(m for m in (self.token_method, self.openid_method) if m)

    def cookies(self, request: Request) -> Cookies:
        return Cookies(request, self.ports.terms)

    def language(self, request: Request) -> Language:
        wish = self.cookies(request).get(LANGUAGE)
        return self.languages.choose(wish, request.headers.get("accept-language", ""))


def _settings(terms: OpenIdTerms) -> list[str]:
    return [terms.issuer, terms.client_id, *terms.operators, "", *terms.viewers]


def _method(kind: str, *parts: str) -> str:
    digest = hashlib.sha256("\x00".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
    return f"{kind}-{digest[:12]}"


def _clear(secret: SecretStr) -> str:
    return secret.get_secret_value()
