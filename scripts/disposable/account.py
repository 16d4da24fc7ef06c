"""Who runs the servers and where their files lie.

PostgreSQL refuses to run as root and Moodle should not, so root hands everything to Debian's
web account; anyone else runs everything under their own name.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts.disposable.errors import Lack, MachineLacks, SiteError

REPOSITORY = Path(__file__).resolve().parents[2]
WEB_ACCOUNT = "www-data"
_LONGEST_RUN_DIRECTORY = 85  # a socket's path ends at 107 characters (unix(7))


@dataclass(frozen=True)
class Account:
    name: str
    uid: int
    gid: int
    switched: bool

    @property
    def popen(self) -> dict[str, Any]:
        """The arguments of `subprocess` that make a child run as this account."""
        if not self.switched:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def own(self, path: Path) -> Path:
        if self.switched:
            os.chown(path, self.uid, self.gid)
        return path

    def own_tree(self, top: Path) -> None:
        if self.switched:
            for folder, _, files in os.walk(top):
                os.chown(folder, self.uid, self.gid)
                for file in files:
                    os.chown(Path(folder, file), self.uid, self.gid, follow_symlinks=False)

    def make_folder(self, path: Path) -> Path:
        """A folder that nobody but this account (and root) can look into."""
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        return self.own(path)

    def write(self, path: Path, text: str, mode: int = 0o600) -> Path:
        """Writes a whole file at once, never readable by others, not even for a moment."""
        fresh = path.with_name(f".{path.name}.new")
        fresh.unlink(missing_ok=True)
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        self.own(fresh)
        return fresh.replace(path)

    def can_enter(self, folder: Path) -> bool:
        return not self.switched or all(self._may_cross(step) for step in _steps(folder))

    def can_read(self, file: Path) -> bool:
        return self.can_enter(file.parent) and bool(file.stat().st_mode & stat.S_IROTH)

    def _may_cross(self, folder: Path) -> bool:
        status = folder.stat()
        needed = stat.S_IXUSR if status.st_uid == self.uid else stat.S_IXOTH
        return bool(status.st_mode & needed)


def _steps(folder: Path) -> list[Path]:
    return [step for step in (folder, *folder.parents) if step.exists()]


def service_account() -> Account:
    """Raises `MachineLacks` for root on a machine without the web account."""
    if os.geteuid() != 0:
        own = pwd.getpwuid(os.geteuid())
        return Account(own.pw_name, own.pw_uid, own.pw_gid, switched=False)
    try:
        web = pwd.getpwnam(WEB_ACCOUNT)
    except KeyError:
        raise MachineLacks([Lack(f"account {WEB_ACCOUNT}", "base-passwd")]) from None
    return Account(web.pw_name, web.pw_uid, web.pw_gid, switched=True)


def run_directory(account: Account, name: str) -> Path:
    """Where the files of the server `name` lie, made or not.

    In `.run`, or in a place of its own in /var/lib for a clone that the account cannot enter, as
    in root's home. `MZI_RUN_DIR` names another place; `MZI_RUN_PREFIX` keeps two sets apart.
    Raises `SiteError` for a place that cannot be used.
    """
    base = _run_base(account)
    place = base / f"{os.environ.get('MZI_RUN_PREFIX', '')}{name}"
    if len(str(place)) > _LONGEST_RUN_DIRECTORY:
        raise SiteError(f"{base} is too long for sockets: set MZI_RUN_DIR to a shorter folder")
    base.mkdir(parents=True, exist_ok=True)
    return place


def _run_base(account: Account) -> Path:
    given = os.environ.get("MZI_RUN_DIR")
    base = Path(given).resolve() if given else REPOSITORY / ".run"
    if account.can_enter(base):
        return base
    if given:
        raise SiteError(f"{account.name} cannot enter {base}: set MZI_RUN_DIR to another folder")
    return Path("/var/lib/mzi-run", hashlib.sha256(str(base).encode()).hexdigest()[:8])


def remove_tree(path: Path) -> None:
    if path.exists():
        shutil.rmtree(path)
