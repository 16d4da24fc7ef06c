"""PHP as Moodle wants it, for the command line and for php-fpm."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from scripts.disposable.account import Account
from scripts.disposable.errors import Lack, MachineLacks
from scripts.disposable.process import run, which

# Extensions that Moodle's installer asks for, each with the Debian package that carries it.
_EXTENSIONS = {
    "ctype": "php-common",
    "curl": "php-curl",
    "dom": "php-xml",
    "fileinfo": "php-common",
    "gd": "php-gd",
    "iconv": "php-common",
    "intl": "php-intl",
    "mbstring": "php-mbstring",
    "mysqli": "php-mysql",
    "openssl": "php-cli",
    "pgsql": "php-pgsql",
    "simplexml": "php-xml",
    "soap": "php-soap",
    "sodium": "php-cli",
    "tokenizer": "php-common",
    "xmlreader": "php-xml",
    "zip": "php-zip",
}
_DRIVERS = {"mysqli", "pgsql"}

SETTINGS = {
    "max_input_vars": "5000",
    "memory_limit": "512M",
    "post_max_size": "64M",
    "upload_max_filesize": "64M",
    "display_errors": "0",
    "opcache.enable_cli": "1",
    "opcache.memory_consumption": "256",
    "opcache.max_accelerated_files": "20000",
    "opcache.revalidate_freq": "0",
}


def lacks(driver: str) -> list[Lack]:
    """What PHP lacks for a Moodle on the database extension `driver`."""
    php = which("php")
    if php is None:
        needed = {package for name, package in _EXTENSIONS.items() if name not in _DRIVERS}
        return [Lack("PHP", "php-cli"), *_packages(needed | {_EXTENSIONS[driver]})]
    here = set(run([php, "-m"], None, Path("/")).lower().split())
    wanted = {name for name in _EXTENSIONS if name not in _DRIVERS} | {driver}
    return [Lack(f"PHP extension {name}", _EXTENSIONS[name]) for name in sorted(wanted - here)]


def fpm_lacks() -> list[Lack]:
    return [] if _fpm() else [Lack("php-fpm", "php-fpm")]


def fpm() -> str:
    found = _fpm()
    if found is None:
        raise MachineLacks(fpm_lacks())
    return found


def settings() -> list[str]:
    """`SETTINGS` as arguments of php and php-fpm."""
    return [word for name, value in SETTINGS.items() for word in ("-d", f"{name}={value}")]


@dataclass(frozen=True)
class Php:
    """The command line interpreter, run as `account`."""

    account: Account

    def command(self, script: Path, *arguments: str) -> list[str | Path]:
        php = which("php")
        if php is None:
            raise MachineLacks([Lack("PHP", "php-cli")])
        return [php, *settings(), script, *arguments]

    def run(self, script: Path, *arguments: str, stdin: str | None = None) -> str:
        """Raises `SiteError` with the script's last words if it fails."""
        command = self.command(script, *arguments)
        return run(command, self.account, script.parent, stdin=stdin)


def _fpm() -> str | None:
    """Debian names it by version (php-fpm8.2); take the newest."""
    folders = ("/usr/sbin", "/usr/local/sbin", "/usr/local/bin")
    found = [path for folder in folders for path in Path(folder).glob("php-fpm*")]
    return str(max(found, key=lambda path: path.name)) if found else which("php-fpm")


def _packages(names: set[str]) -> list[Lack]:
    return [Lack(f"package {name}", name) for name in sorted(names)]
