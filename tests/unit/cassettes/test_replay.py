"""Every recorded chain, played again with the network shut."""

from __future__ import annotations

from pathlib import Path

import pytest

from mzi_bridge.cassettes.replay import replay
from mzi_bridge.errors import OperatorError
from mzi_bridge.mapping import load_preset

FOLDER = Path(__file__).parents[2] / "cassettes"
CASSETTES = sorted(FOLDER.glob("*.yaml"))


def test_there_is_one_for_each_entity_and_operation() -> None:
    entities = [mapping.entity for mapping in load_preset("btec").modules.values()]
    expected = {
        f"sandbox-{entity}-{operation}.yaml"
        for entity in entities
        for operation in ("insert", "update", "delete")
    }
    assert {path.name for path in CASSETTES} == expected


@pytest.mark.parametrize("path", CASSETTES, ids=lambda path: path.stem)
async def test_the_same_bytes_go_to_moodle(path: Path) -> None:
    replayed = await replay(path)
    assert replayed.recorded
    assert replayed.sent == replayed.recorded
    assert replayed.unplayed == ()


async def test_a_changed_answer_of_the_crm_changes_the_bytes(tmp_path: Path) -> None:
    path = tmp_path / "changed.yaml"
    text = (FOLDER / "sandbox-payments-update.yaml").read_text()
    assert '"Payment_Amount": 1250' in text.replace("\n       ", "")
    path.write_text(text.replace('"Payment_Amount": 1250', '"Payment_Amount": 1251'))
    replayed = await replay(path)
    assert not replayed.agrees
    assert b"1251.00" in replayed.sent[0]


async def test_what_is_no_cassette_is_named(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match=r"nothing\.yaml is not a cassette"):
        await replay(tmp_path / "nothing.yaml")


def test_cassettes_name_no_real_address() -> None:
    for path in CASSETTES:
        text = path.read_text()
        assert "127.0.0.1" not in text, path.name
        assert "localhost" not in text, path.name


@pytest.mark.parametrize("path", CASSETTES, ids=lambda path: path.stem)
def test_cassettes_hold_no_secret(path: Path) -> None:
    text = path.read_text()
    for name in ("client_secret=", "refresh_token=", "wstoken=", "client_id="):
        for part in text.split(name)[1:]:
            assert part.startswith("scrubbed"), name
    assert "Zoho-oauthtoken" not in text
    assert '"access_token": "scrubbed"' in text.replace("\n       ", "") or "delete" in path.stem
