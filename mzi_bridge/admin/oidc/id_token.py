"""The ID token, believed only when everything about it is right."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from mzi_bridge.admin.oidc.errors import token_refused

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA")
"""Signed with a key of the issuer's alone: neither `none` nor a shared secret counts."""
LEEWAY_SECONDS = 60
LONGEST = 65_536


def claims_of(
    token: str, keys: Mapping[str, Any], *, issuer: str, client_id: str, nonce: str, now: float
) -> dict[str, Any]:
    """The claims of an ID token that is this issuer's, for this client and this sign-in, and has
    not run out: OpenID Connect Core 1.0, 3.1.3.7. Raises SignInRefused openid_token_refused."""
    if len(token) > LONGEST:
        raise token_refused("it is too long")
    try:
        known = KeySet.import_key_set({"keys": keys["keys"]})
        found = jwt.decode(token, known, list(ALGORITHMS))
        claims = dict(found.claims)
        _registry(issuer, client_id, now).validate(claims)
    except (JoseError, ValueError, TypeError, KeyError) as error:
        # The names of errors and claims; never the token or what a claim says.
        raise token_refused(getattr(error, "error", type(error).__name__)) from None
    _check_party(claims, client_id)
    given = claims.get("nonce")
    if not isinstance(given, str) or not hmac.compare_digest(given.encode(), nonce.encode()):
        raise token_refused("it belongs to another sign-in (nonce)")
    return claims


def _registry(issuer: str, client_id: str, now: float) -> jwt.JWTClaimsRegistry:
    return jwt.JWTClaimsRegistry(
        now=int(now),
        leeway=LEEWAY_SECONDS,
        iss={"essential": True, "value": issuer},
        aud={"essential": True, "value": client_id},
        sub={"essential": True},
        exp={"essential": True},
        iat={"essential": True},
    )


def _check_party(claims: Mapping[str, Any], client_id: str) -> None:
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    party = claims.get("azp")
    if (several or party is not None) and party != client_id:
        raise token_refused("it was made for another client (azp)")
