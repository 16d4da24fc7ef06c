"""Whom the settings let in, and as what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mzi_bridge.admin.oidc.errors import SignInRefused
from mzi_bridge.journal.sessions import Role

_VERIFIED = ("email_verified", "xms_edov")
"""Microsoft has no `email_verified`: its optional claim `xms_edov` says the same."""


def role_of(
    claims: Mapping[str, Any], operators: Sequence[str], viewers: Sequence[str]
) -> tuple[str, Role]:
    """Who it is (for the audit log), and their role: the higher one if both lists name them.

    Words: an e-mail address, `@domain`, or `claim=value`. An address counts only if the issuer
    says that it is verified. Raises SignInRefused (openid_email_unverified,
    openid_person_unknown).
    """
    for words, role in ((operators, Role.OPERATOR), (viewers, Role.VIEWER)):
        if any(_meets(word, claims) for word in words):
            return name_of(claims), role
    email = claims.get("email")
    if email and not _is_verified(claims):
        raise SignInRefused(
            "The issuer does not say that your e-mail address is verified.",
            reason="openid_email_unverified",
            fix="Verify the address at the issuer. At Microsoft add the optional claim xms_edov, or"
            " name people by an app role: roles=NAME in MZI_OIDC_OPERATORS.",
        )
    raise SignInRefused(
        "You are known to the issuer, but not allowed into this console.",
        reason="openid_person_unknown",
        fix="Ask for your address, its @domain or a claim to be put into MZI_OIDC_OPERATORS or"
        " MZI_OIDC_VIEWERS.",
    )


def name_of(claims: Mapping[str, Any]) -> str:
    """The address if it is verified, else the issuer's own id of the person."""
    email = claims.get("email")
    if isinstance(email, str) and _is_verified(claims):
        return email.lower()
    return f"sub:{claims['sub']}"


def _meets(word: str, claims: Mapping[str, Any]) -> bool:
    name, equals, value = word.partition("=")
    if equals:
        claim = claims.get(name)
        return value in claim if isinstance(claim, list) else claim == value
    email = claims.get("email")
    if not isinstance(email, str) or not _is_verified(claims):
        return False
    address = email.lower()
    if word.startswith("@"):
        person, _, domain = address.rpartition("@")
        return bool(person) and domain == word[1:].lower()
    return address == word.lower()


def _is_verified(claims: Mapping[str, Any]) -> bool:
    return any(claims.get(name) in (True, "true", 1, "1") for name in _VERIFIED)
