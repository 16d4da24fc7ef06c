"""On a bare machine everything is named at once, each thing with the package that brings it."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.disposable import mariadb, php, phpunit, postgres, web
from scripts.disposable.errors import Lack, MachineLacks
from scripts.disposable.requirements import phpunit_lacks, require, site_lacks


@pytest.fixture
def moodle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "version.php").write_text("<?php\n$branch   = '405';\n")
    monkeypatch.setenv("MOODLE_DIR", str(tmp_path))
    return tmp_path


@pytest.fixture
def bare(moodle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (mariadb, php, web, phpunit):
        monkeypatch.setattr(module, "which", lambda program: None)
    monkeypatch.setattr(postgres, "_program", lambda name: None)
    monkeypatch.setattr(php, "_fpm", lambda: None)
    for name in ("_PHPUNIT", "_VFSSTREAM", "_LOCALES"):
        monkeypatch.setattr(phpunit, name, moodle / "none")


def packages(lacks: list[Lack]) -> set[str]:
    return {lack.package for lack in lacks}


@pytest.mark.usefixtures("bare")
@pytest.mark.parametrize(
    ("family", "server", "driver", "other_driver"),
    [
        ("pgsql", "postgresql", "php-pgsql", "php-mysql"),
        ("mariadb", "mariadb-server", "php-mysql", "php-pgsql"),
    ],
)
def test_a_bare_machine_lacks_every_package_of_its_database(
    family: str, server: str, driver: str, other_driver: str
) -> None:
    found = packages(site_lacks(family))
    assert {server, driver, "php-cli", "php-fpm", "nginx-light", "php-xml", "php-intl"} <= found
    assert other_driver not in found
    assert "" not in found


@pytest.mark.usefixtures("bare")
def test_phpunit_wants_its_own_packages_and_no_web_server() -> None:
    found = packages(phpunit_lacks("pgsql"))
    assert {"phpunit", "php-mikey179-vfsstream", "locales", "postgresql"} <= found
    assert "nginx-light" not in found


@pytest.mark.usefixtures("bare")
def test_without_moodle_nothing_else_is_worth_installing(moodle: Path) -> None:
    (moodle / "version.php").unlink()
    assert site_lacks("pgsql") == [Lack("Moodle code directory at $MOODLE_DIR")]


def test_what_is_lacking_is_told_with_its_package() -> None:
    with pytest.raises(MachineLacks, match=r"no nginx \(Debian package nginx-light\); no PHP"):
        require([Lack("nginx", "nginx-light"), Lack("PHP")])
    require([])
