"""What the journal keeps for a while and nobody else may read: closed with the secret key."""

from __future__ import annotations

from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from pydantic import SecretStr

from mzi_bridge.errors import OperatorError

KEY_FIX = (
    "Make one with: python -c"
    " 'from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())'"
)


class Seal:
    """`secret_keys` are Fernet keys: the first closes, all open, so a new key is put in front
    and the old one dropped once what it closed is gone.

    Raises OperatorError (secret_key_malformed).
    """

    def __init__(self, secret_keys: Sequence[SecretStr]) -> None:
        self._box = _box(secret_keys) if secret_keys else None

    def close(self, text: str) -> str:
        """Raises OperatorError (secret_key_missing)."""
        return self._opener().encrypt(text.encode()).decode()

    def open(self, sealed: str) -> str | None:
        """The text; None if no key opens it any more. Raises OperatorError (secret_key_missing)."""
        try:
            return self._opener().decrypt(sealed.encode()).decode()
        except InvalidToken:
            return None

    def _opener(self) -> MultiFernet:
        if self._box is None:
            raise OperatorError(
                "No secret key is set, so nothing can be kept sealed.",
                reason="secret_key_missing",
                fix=f"Set MZI_SECRET_KEY. {KEY_FIX}",
            )
        return self._box


def _box(secret_keys: Sequence[SecretStr]) -> MultiFernet:
    try:
        return MultiFernet([Fernet(key.get_secret_value()) for key in secret_keys])
    except ValueError:
        raise OperatorError(
            "A key in MZI_SECRET_KEY is not a Fernet key (32 bytes, URL-safe base64).",
            reason="secret_key_malformed",
            fix=KEY_FIX,
        ) from None
