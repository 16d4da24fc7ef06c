"""Moodle's code: the directory given, which stays as it is, and our private copy of it."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import stat
from dataclasses import dataclass
from pathlib import Path

from scripts.disposable.account import Account, remove_tree
from scripts.disposable.errors import Lack
from scripts.disposable.plugin import Places
from scripts.disposable.process import run

OLDEST_BRANCH = 405
_STAMP = ".mzi-source"


def moodle_dir() -> Path:
    return Path(os.environ.get("MOODLE_DIR", "/var/www/html/moodle"))


def lacks() -> list[Lack]:
    """Empty if `MOODLE_DIR` holds a Moodle that the plugin supports."""
    given = moodle_dir()
    version = _version_file(given)
    if not version.is_file():
        return [Lack("Moodle code directory at $MOODLE_DIR")]
    branch = re.search(r"\$branch\s*=\s*'(\d+)'", version.read_text(errors="replace"))
    if branch is None or int(branch[1]) < OLDEST_BRANCH:
        return [Lack("Moodle 4.5 or later at $MOODLE_DIR")]
    return []


def _version_file(top: Path) -> Path:
    return _web_root(top) / "version.php"


def _web_root(top: Path) -> Path:
    """From Moodle 5.1 on, what the web server shows lies in `public`."""
    return top / "public" if (top / "public" / "version.php").exists() else top


@dataclass(frozen=True)
class Source:
    """A private copy of Moodle's code in `top`, with a config.php and plugins of its own."""

    top: Path
    account: Account

    @property
    def web_root(self) -> Path:
        return _web_root(self.top)

    def script(self, path: str) -> Path:
        return self.web_root / path

    @property
    def plugins(self) -> Places:
        return Places(self.script("local/mzi"), self.script("enrol/mzi"))

    def version(self) -> str:
        """Changes whenever the code copied is another."""
        return hashlib.sha256(_version_file(self.top).read_bytes()).hexdigest()

    def copy(self) -> None:
        """Copies the code if that was not done yet or another Moodle is given now."""
        stamp = self.top / _STAMP
        version = _version_file(moodle_dir())
        origin = f"{moodle_dir()} {hashlib.sha256(version.read_bytes()).hexdigest()}\n"
        if stamp.exists() and stamp.read_text() == origin:
            return
        remove_tree(self.top)
        self._copy_from(moodle_dir())
        self._forget_what_belongs_to_the_other_site()
        self.account.write(stamp, origin)

    def _copy_from(self, given: Path) -> None:
        """Hard links where nobody but root could write through them, else copies."""
        if self._linkable(given):
            run(["cp", "-al", given, self.top], None, given)
            self.account.own(self.top)
            return
        run(["cp", "-a", "--reflink=auto", given, self.top], None, given)
        self.account.own_tree(self.top)

    def _linkable(self, given: Path) -> bool:
        status = _version_file(given).stat()
        same_disk = status.st_dev == self.top.parent.stat().st_dev
        rights = status.st_mode & (stat.S_IROTH | stat.S_IWOTH)
        return (
            self.account.switched
            and same_disk
            and status.st_uid == 0
            and status.st_gid != self.account.gid
            and rights == stat.S_IROTH
        )

    def _forget_what_belongs_to_the_other_site(self) -> None:
        for name in ("config.php", "phpunit.xml", ".git"):
            path = self.top / name
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
        self.plugins.clear()
