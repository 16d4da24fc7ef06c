"""What the machine lacks for a site or for PHPUnit, all at once and each with its package."""

from __future__ import annotations

from disposable import php, phpunit, source, web
from disposable.database import FAMILIES
from disposable.errors import Lack, MachineLacks


def site_lacks(family: str) -> list[Lack]:
    """For a site on the database `family`."""
    database = FAMILIES[family]
    return [
        *source.lacks(),
        *php.lacks(database.php_extension),
        *web.lacks(),
        *database.lacks(),
    ]


def phpunit_lacks(family: str) -> list[Lack]:
    database = FAMILIES[family]
    own = [*php.lacks(database.php_extension), *database.lacks(), *phpunit.lacks()]
    return [*source.lacks(), *own]


def require(lacks: list[Lack]) -> None:
    if lacks:
        raise MachineLacks(lacks)
