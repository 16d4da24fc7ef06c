"""What the machine lacks for a site or for PHPUnit, all at once and each with its package.

Without Moodle's code, which no package brings, nothing else is worth asking for.
"""

from __future__ import annotations

from scripts.disposable import php, phpunit, source, web
from scripts.disposable.database import FAMILIES
from scripts.disposable.errors import Lack, MachineLacks


def site_lacks(family: str) -> list[Lack]:
    """For a site on the database `family`."""
    return source.lacks() or [*_php_and_database(family), *web.lacks()]


def phpunit_lacks(family: str) -> list[Lack]:
    return source.lacks() or [*_php_and_database(family), *phpunit.lacks()]


def _php_and_database(family: str) -> list[Lack]:
    database = FAMILIES[family]
    return [*php.lacks(database.php_extension), *database.lacks()]


def require(lacks: list[Lack]) -> None:
    if lacks:
        raise MachineLacks(lacks)
