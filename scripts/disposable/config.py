"""The config.php of a disposable site."""

from __future__ import annotations

from pathlib import Path

from scripts.disposable.database import Database


def config_php(site: Database, phpunit: Database, port: int, live: Path, tests: Path) -> str:
    """One file for the site and for PHPUnit, which has a database server to itself.

    `live` and `tests` are the folders that hold each one's `moodledata`.
    """
    settings: dict[str, object] = {
        "wwwroot": f"http://127.0.0.1:{port}",
        "dataroot": str(live / "moodledata"),
        "admin": "admin",
        "directorypermissions": 0o700,
        "prefix": "mdl_",
        "dblibrary": "native",
        "noemailever": True,
        "phpunit_dataroot": str(tests / "moodledata"),
        "phpunit_prefix": "phpu_",
        **_database(site, ""),
        **_database(phpunit, "phpunit_"),
        # Tests open a second connection, and a persistent one would be the first over again.
        "phpunit_dboptions": {**phpunit.moodle_options, "dbpersist": False},
    }
    lines = [f"$CFG->{name} = {_literal(value)};" for name, value in settings.items()]
    start = ["<?php", "unset($CFG);", "global $CFG;", "$CFG = new stdClass();"]
    return "\n".join([*start, *lines, "require_once(__DIR__ . '/lib/setup.php');", ""])


def _database(server: Database, prefix: str) -> dict[str, object]:
    return {
        f"{prefix}dbtype": server.moodle_type,
        f"{prefix}dbhost": "127.0.0.1",
        f"{prefix}dbname": server.database,
        f"{prefix}dbuser": server.user,
        f"{prefix}dbpass": server.password,
        f"{prefix}dboptions": server.moodle_options,
    }


def _literal(value: object) -> str:
    """The value as PHP source."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, dict):
        return "[" + ", ".join(f"{_literal(k)} => {_literal(v)}" for k, v in value.items()) + "]"
    escaped = str(value).replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
