"""A small OpenID Connect issuer on the loopback, that can be made to misbehave."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import httpx2
from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from mzi_bridge.clock import Clock
from tests.support.served import served

CLIENT_ID = "console"
CLIENT_SECRET = "canary-openid-secret"
KEY = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
OTHER_KEY = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
LIFE_SECONDS = 600


@dataclass
class Issuer:
    """`claims` are laid over those of its ID tokens (None takes one away), `document` over its
    discovery document, `answer` over the query with which it leads back."""

    clock: Clock
    url: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    document: dict[str, Any] = field(default_factory=dict)
    answer: dict[str, Any] = field(default_factory=dict)
    header: dict[str, Any] = field(default_factory=lambda: {"alg": "RS256", "kid": "one"})
    key: RSAKey = field(default_factory=lambda: KEY)
    secret: str = CLIENT_SECRET
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[Mapping[str, str]] = field(default_factory=list)

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self._discover),
                Route("/authorize", self._authorize),
                Route("/token", self._token, methods=["POST"]),
                Route("/keys", self._keys),
            ]
        )

    async def lead_back(self, location: str) -> str:
        """What a browser does at the issuer where the person agrees: the address it is led to."""
        async with httpx2.AsyncClient(trust_env=False) as http:
            answer = await http.get(location)
        assert answer.status_code == 302, answer.text
        return str(answer.headers["location"])

    async def _discover(self, request: Request) -> Response:
        return JSONResponse(
            {
                "issuer": self.url,
                "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token",
                "jwks_uri": f"{self.url}/keys",
                "authorization_response_iss_parameter_supported": True,
                **self.document,
            }
        )

    async def _keys(self, request: Request) -> Response:
        return JSONResponse({"keys": [KEY.as_dict(private=False)]})

    async def _authorize(self, request: Request) -> Response:
        given = request.query_params
        assert given["response_type"] == "code" and given["code_challenge_method"] == "S256"
        assert given["client_id"] == CLIENT_ID and "openid" in given["scope"].split()
        self.asked.append(dict(given))
        code = secrets.token_urlsafe(16)
        self.codes[code] = dict(given)
        answer = {"code": code, "state": given["state"], "iss": self.url, **self.answer}
        query = urlencode({name: value for name, value in answer.items() if value is not None})
        return RedirectResponse(f"{given['redirect_uri']}?{query}", 302)

    async def _token(self, request: Request) -> Response:
        form = {name: str(value) for name, value in (await request.form()).items()}
        if not self._is_client(request, form):
            return JSONResponse({"error": "invalid_client"}, 401)
        asked = self.codes.pop(form["code"], None)
        if asked is None or not _is_proof(form["code_verifier"], asked["code_challenge"]):
            return JSONResponse({"error": "invalid_grant"}, 400)
        assert form["redirect_uri"] == asked["redirect_uri"]
        return JSONResponse({"token_type": "Bearer", "id_token": self._id_token(asked["nonce"])})

    def _is_client(self, request: Request, form: Mapping[str, str]) -> bool:
        if "client_secret" in form:
            return form["client_secret"] == self.secret
        encoded = request.headers.get("authorization", "Basic ").removeprefix("Basic ")
        given = base64.b64decode(encoded).decode()
        return given == f"{CLIENT_ID}:{self.secret}"

    def _id_token(self, nonce: str) -> str:
        now = int(self.clock.now())
        claims: dict[str, Any] = {
            "iss": self.url,
            "sub": "person-1",
            "aud": CLIENT_ID,
            "nonce": nonce,
            "iat": now,
            "exp": now + LIFE_SECONDS,
            "email": "Registrar@School.example",
            "email_verified": True,
            **self.claims,
        }
        kept = {name: value for name, value in claims.items() if value is not None}
        if self.header["alg"] == "none":
            return f"{_part(self.header)}.{_part(kept)}."
        return jwt.encode(self.header, kept, self.key, [self.header["alg"]])


def _is_proof(verifier: str, challenge: str) -> bool:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == challenge


def _part(value: Mapping[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


@contextmanager
def issuing(clock: Clock) -> Iterator[Issuer]:
    issuer = Issuer(clock)
    with served(issuer.app()) as url:
        issuer.url = url
        yield issuer
