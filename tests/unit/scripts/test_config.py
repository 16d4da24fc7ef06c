from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from scripts.disposable.account import service_account
from scripts.disposable.config import config_php
from scripts.disposable.mariadb import MariaDb
from scripts.disposable.postgres import Postgres

HOME = Path("/run/site")


def test_the_site_and_its_tests_have_a_server_each() -> None:
    server = Postgres(HOME, service_account(), 20_001, "secret")
    text = config_php(server, replace(server, port=20_002), 20_003, HOME / "live", HOME / "tests")
    assert "$CFG->wwwroot = 'http://127.0.0.1:20003';" in text
    assert "$CFG->dboptions = ['dbpersist' => true, 'dbport' => 20001, 'dbsocket' => ''];" in text
    assert "$CFG->phpunit_dboptions = ['dbpersist' => false, 'dbport' => 20002," in text
    assert "$CFG->dataroot = '/run/site/live/moodledata';" in text
    assert "$CFG->phpunit_dataroot = '/run/site/tests/moodledata';" in text


def test_mariadb_keeps_every_character() -> None:
    server = MariaDb(HOME, service_account(), 20_001, "secret")
    text = config_php(server, server, 20_003, HOME / "live", HOME / "tests")
    assert "$CFG->dbtype = 'mariadb';" in text
    assert "'dbcollation' => 'utf8mb4_unicode_ci'" in text


def test_quotes_and_backslashes_cannot_end_a_php_string() -> None:
    server = Postgres(HOME, service_account(), 20_001, "it's \\ me")
    text = config_php(server, server, 20_003, HOME / "live", HOME / "tests")
    assert r"$CFG->dbpass = 'it\'s \\ me';" in text
