"""Without promtool no alert is seen to fire: that is said, never passed over."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

ALERTS = Path(__file__).parents[3] / "config/prometheus/alerts.yml"
RULE_TESTS = Path(__file__).with_name("alerts_test.yml")


def test_there_is_promtool_and_the_alerts_fire_when_they_should() -> None:
    if shutil.which("promtool") is None:
        pytest.skip("no promtool (Debian package prometheus): the alert rules at work")
    for command, file in (("check", ALERTS), ("test", RULE_TESTS)):
        done = subprocess.run(
            ["promtool", command, "rules", file], cwd=file.parent, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout + done.stderr
