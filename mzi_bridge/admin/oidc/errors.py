"""Why somebody was not let in by OpenID Connect."""

from __future__ import annotations

from mzi_bridge.errors import OperatorError


class SignInRefused(OperatorError):
    """Reasons: openid_issuer_unusable, openid_issuer_differs, openid_client_refused,
    openid_code_refused, openid_state_unknown, openid_not_agreed, openid_token_refused,
    openid_email_unverified, openid_person_unknown."""


def issuer_unusable(why: str) -> SignInRefused:
    return SignInRefused(
        f"The OpenID Connect issuer cannot be used: {why}.",
        reason="openid_issuer_unusable",
        fix="Check MZI_OIDC_ISSUER, and that the bridge reaches it.",
    )


def token_refused(why: str) -> SignInRefused:
    return SignInRefused(
        f"The issuer's ID token is not accepted: {why}.",
        reason="openid_token_refused",
        fix="Sign in again; if that does not help, compare the hour of the bridge's machine and"
        " MZI_OIDC_CLIENT_ID.",
    )
