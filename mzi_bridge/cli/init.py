"""`mzi init`: the first settings of a new bridge, so that the rest can be done by pages."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from cryptography.fernet import Fernet

from mzi_bridge.cli.console import out
from mzi_bridge.cli.options import DEFAULT_ENV_FILE, EnvFile
from mzi_bridge.errors import OperatorError


def init(env_file: EnvFile = DEFAULT_ENV_FILE) -> None:
    """Write a .env with a new secret key and administrator's token; then mzi serve, and set up.

    A file that is there already is left as it is.
    """
    path = Path(env_file)
    token = secrets.token_urlsafe(32)
    lines = (
        "# Settings of MZI bridge; docs/settings.md describes each. Keep this file to yourself:",
        "# without MZI_SECRET_KEY nothing that is stored can be read again.",
        f"MZI_SECRET_KEY={Fernet.generate_key().decode()}",
        f"ADMIN_TOKEN={token}",
        "",
    )
    try:
        # Readable by its owner alone from its first moment on.
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise OperatorError(
            f"{path} is there already.",
            reason="file_exists",
            fix="Go on with mzi serve, or name another file with --env-file.",
        ) from None
    except OSError as error:
        raise OperatorError(
            f"{path} cannot be written: {error.strerror}.",
            reason="file_denied",
            fix="Choose a folder that you may write to.",
        ) from None
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write("\n".join(lines))
    out.print(f"{path} is written. Administrator's token, for signing in:", soft_wrap=True)
    out.print(token, markup=False, highlight=False, soft_wrap=True)
    out.print("Next: mzi serve, then open http://127.0.0.1:8000/admin/", soft_wrap=True)
