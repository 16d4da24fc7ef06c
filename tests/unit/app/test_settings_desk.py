"""Settings changed on a page: what may be, what is refused, and that no secret comes back."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from mzi_bridge.app import open_journal
from mzi_bridge.app.settings_desk import SettingsDesk
from mzi_bridge.settings import EDITABLE, Settings, SettingsError, setting_name
from mzi_bridge.settings.desk import SettingView
from tests.support.clock import ManualClock

TOKEN = "canary0123456789canary0123456789"
NEVER = {
    *("DATABASE_URL", "MZI_SECRET_KEY", "MZI_TENANT", "ADMIN_TOKEN", "MZI_MAPPING"),
    *("MZI_PLAIN_HTTP_HOSTS", "MZI_TRUSTED_PROXIES", "ZOHO_ACCOUNTS_URL", "ZOHO_API_URL"),
    *("MZI_HOST", "MZI_PORT", "MZI_MAPPING_DENY"),
}


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {
        "DATABASE_URL": f"sqlite:///{tmp_path / 'journal.sqlite3'}",
        "MZI_SECRET_KEY": Fernet.generate_key().decode(),
        "MZI_BATCH_SIZE": "50",
    }


@pytest.fixture
async def desk(environment: Mapping[str, str]) -> AsyncIterator[SettingsDesk]:
    settings = Settings.model_validate(environment)
    async with open_journal(settings, ManualClock()) as journal:
        yield SettingsDesk(journal, settings)


async def shown(desk: SettingsDesk) -> dict[str, SettingView]:
    return {view.name: view for view in await desk.list()}


def faults(refused: pytest.ExceptionInfo[SettingsError]) -> dict[str, str]:
    return {fault.name: fault.problem for fault in refused.value.faults}


def test_who_may_come_in_and_where_things_are_is_not_for_a_page() -> None:
    assert not {setting_name(field) for field in EDITABLE} & NEVER


async def test_each_setting_says_its_value_and_where_it_is_from(desk: SettingsDesk) -> None:
    await desk.change({"MZI_PUSH": "false", "MOODLE_TOKEN": TOKEN}, "ann@school")
    views = await shown(desk)
    batch, push, token = views["MZI_BATCH_SIZE"], views["MZI_PUSH"], views["MOODLE_TOKEN"]
    assert (batch.value, batch.source, batch.editable) == ("50", "environment", False)
    assert (push.value, push.source, push.changed_by) == ("false", "stored", "ann@school")
    assert (token.value, token.secret, token.is_set) == (None, True, True)
    assert views["MZI_POLL_SECONDS"].source == "default"
    assert views["ZOHO_REFRESH_TOKEN"].is_set is False
    assert TOKEN not in repr(list(views.values()))


async def test_a_value_taken_back_is_the_default_again(desk: SettingsDesk) -> None:
    await desk.change({"MZI_GRADE_BANDS": "80,60,50"}, "ann")
    assert (await shown(desk))["MZI_GRADE_BANDS"].value == "80,60,50"
    await desk.change({"MZI_GRADE_BANDS": None}, "ann")
    view = (await shown(desk))["MZI_GRADE_BANDS"]
    assert (view.value, view.source, view.changed_at) == ("70,60,40", "default", None)


async def test_all_faults_are_named_at_once_and_nothing_is_stored(desk: SettingsDesk) -> None:
    with pytest.raises(SettingsError) as refused:
        await desk.change(
            {
                "MZI_PUSH": "true",
                "MZI_HOST": "192.0.2.1",
                "MZI_BATCH_SIZE": "9",
                "MZI_COLOUR": "red",
            },
            "ann",
        )
    assert faults(refused) == {
        "MZI_HOST": "can be set in the environment only",
        "MZI_BATCH_SIZE": "is set by the environment, which wins",
        "MZI_COLOUR": "is not a setting",
    }
    with pytest.raises(SettingsError) as refused:
        await desk.change({"MZI_POLL_SECONDS": "canary", "MOODLE_BASE_URL": "http://x.org"}, "ann")
    assert set(faults(refused)) == {"MZI_POLL_SECONDS", "MOODLE_BASE_URL"}
    assert "canary" not in str(refused.value)
    assert all(view.source != "stored" for view in await desk.list())


async def test_a_secret_does_not_follow_its_address_to_another_host(desk: SettingsDesk) -> None:
    await desk.change({"MOODLE_BASE_URL": "https://one.org", "MOODLE_TOKEN": TOKEN}, "ann")
    with pytest.raises(SettingsError) as refused:
        await desk.change({"MOODLE_BASE_URL": "https://two.org"}, "ann")
    assert faults(refused) == {
        "MOODLE_TOKEN": "belongs to the former MOODLE_BASE_URL: give it anew"
    }
    await desk.change({"MOODLE_BASE_URL": "https://one.org", "MZI_PUSH": "true"}, "ann")
    await desk.change({"MOODLE_BASE_URL": "https://two.org", "MOODLE_TOKEN": None}, "ann")
    views = await shown(desk)
    assert (views["MOODLE_BASE_URL"].value, views["MOODLE_TOKEN"].is_set) == (
        "https://two.org",
        False,
    )


async def test_an_address_cannot_be_stored_under_a_secret_of_the_environment(
    environment: Mapping[str, str],
) -> None:
    settings = Settings.model_validate({**environment, "MOODLE_TOKEN": TOKEN})
    async with open_journal(settings, ManualClock()) as journal:
        desk = SettingsDesk(journal, settings)
        with pytest.raises(SettingsError) as refused:
            await desk.change({"MOODLE_BASE_URL": "https://two.org"}, "ann")
        assert set(faults(refused)) == {"MOODLE_BASE_URL"}
        assert not (await shown(desk))["MOODLE_BASE_URL"].editable


async def test_a_stored_setting_that_has_become_wrong_can_be_seen_and_mended(
    desk: SettingsDesk,
) -> None:
    await desk._journal.settings.change({"MZI_POLL_SECONDS": "often", "MZI_PUSH": "false"}, "ann")
    views = await shown(desk)
    assert (views["MZI_POLL_SECONDS"].value, views["MZI_POLL_SECONDS"].source) == ("900", "stored")
    assert views["MZI_PUSH"].value == "false"
    await desk.change({"MZI_POLL_SECONDS": "600"}, "ann")
    assert (await shown(desk))["MZI_POLL_SECONDS"].value == "600"
