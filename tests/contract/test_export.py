"""The file that the emulator is built from is what the plugin on a real site exports today."""

from __future__ import annotations

import shlex
import subprocess

import pytest

from tests.contract.conftest import REAL_SITES
from tests.support.contract import CONTRACT_FILE


@pytest.mark.parametrize("db", sorted(REAL_SITES))
def test_the_exported_contract_is_current_to_the_last_byte(db: str) -> None:
    command = [*shlex.split(REAL_SITES[db].cli), "local/mzi/cli/export_contract.php"]
    exported = subprocess.run(command, check=True, capture_output=True).stdout
    assert exported == CONTRACT_FILE.read_bytes()
