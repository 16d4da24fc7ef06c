"""A prepared database, and a fresh copy of it for each case."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Protocol
from uuid import uuid4

import psycopg
from sqlalchemy import make_url

from tests.support.databases import POSTGRES_SETTING, POSTGRES_URL


class Store(Protocol):
    template_url: str

    def keep(self) -> None:
        """What is in the template now is what every copy begins with."""

    def copy(self) -> AbstractContextManager[str]:
        """The URL of a copy that nobody else uses."""
        ...


@contextmanager
def open_store(kind: str, folder: Path) -> Iterator[Store]:
    if kind == "sqlite":
        yield _Files(folder)
    else:
        with _databases() as store:
            yield store


class _Files:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._template = folder / "template.sqlite3"
        self.template_url = f"sqlite:///{self._template}"

    def keep(self) -> None:
        """Closing the last connection has put everything into the one file."""

    @contextmanager
    def copy(self) -> Iterator[str]:
        place = self._folder / "case"
        place.mkdir(mode=0o700)
        shutil.copy(self._template, place / "journal.sqlite3")
        try:
            yield f"sqlite:///{place / 'journal.sqlite3'}"
        finally:
            shutil.rmtree(place)


@contextmanager
def _databases() -> Iterator[Store]:
    if not POSTGRES_URL:
        raise SystemExit(f"{POSTGRES_SETTING} is not set: no PostgreSQL to die on")
    server = make_url(POSTGRES_URL)
    plain = server.set(drivername="postgresql").render_as_string(hide_password=False)
    names: list[str] = []
    with psycopg.connect(plain, autocommit=True) as connection:

        class Databases:
            def __init__(self) -> None:
                self.template_url = self._make("template0")
                self._template = names[0]

            def keep(self) -> None:
                """A closed database is a template as it is."""

            @contextmanager
            def copy(self) -> Iterator[str]:
                url = self._make(self._template)
                try:
                    yield url
                finally:
                    _drop(connection, names.pop())

            def _make(self, template: str) -> str:
                name = f"crash_{uuid4().hex}"
                connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'.encode())
                names.append(name)
                return server.set(database=name).render_as_string(hide_password=False)

        try:
            yield Databases()
        finally:
            for name in names:
                _drop(connection, name)


def _drop(connection: psycopg.Connection[tuple[object, ...]], name: str) -> None:
    connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())
