from __future__ import annotations

import base64
import os
from decimal import Decimal
from ipaddress import ip_network
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st

from mzi_bridge.settings import Settings, SettingsError, load_settings, setting_name
from mzi_bridge.settings.table import Edition, Region
from mzi_bridge.zoho.editions import EDITIONS
from mzi_bridge.zoho.errors import ScopeMissing
from mzi_bridge.zoho.regions import REGIONS
from mzi_bridge.zoho_scopes import ZOHO_SCOPES

NAMES = {setting_name(field) for field in Settings.model_fields}


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        if name.upper() in NAMES:
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def faults_of(monkeypatch: pytest.MonkeyPatch, **values: str) -> dict[str, str]:
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as caught:
        load_settings()
    return {fault.name: fault.problem for fault in caught.value.faults}


def test_nothing_set_gives_the_defaults() -> None:
    settings = load_settings()
    assert settings.database_url.get_secret_value() == "sqlite:///mzi.sqlite3"
    assert (settings.zoho_region, settings.tenant, settings.mapping) == ("us", "default", "btec")
    assert settings.moodle_enabled and settings.admin_token is None
    assert set(settings.zoho_versions().values()) == {"v2"}


def test_the_environment_wins_over_the_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text("MZI_PORT=9000\nMZI_TENANT=first\n")
    monkeypatch.setenv("MZI_PORT", "9100")
    settings = load_settings()
    assert (settings.port, settings.tenant) == (9100, "first")


def test_a_name_in_small_letters_counts_and_no_other_name_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("mzi_port", "9100")
    monkeypatch.setenv("HOST", "machine.example.org")
    settings = load_settings()
    assert (settings.port, settings.host) == (9100, "127.0.0.1")


def test_an_empty_value_counts_as_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADMIN_TOKEN", "")
    monkeypatch.setenv("MZI_PORT", "")
    assert load_settings().admin_token is None
    assert load_settings().port == 8000


def test_every_fault_is_listed_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    faults = faults_of(
        monkeypatch,
        MZI_PORT="eighty",
        ADMIN_TOKEN="short",
        ZOHO_REGION="mars",
        WEBHOOK_BASE_URL="http://bridge.example.org",
        MZI_SECRET_KEY="nokey",
        MZI_TRUSTED_PROXIES="10.0.0.0/8,somewhere",
        DATABASE_URL="mysql://root@localhost/x",
    )
    assert set(faults) == {
        "MZI_PORT",
        "ADMIN_TOKEN",
        "ZOHO_REGION",
        "WEBHOOK_BASE_URL",
        "MZI_SECRET_KEY",
        "MZI_TRUSTED_PROXIES",
        "DATABASE_URL",
    }
    assert faults["ADMIN_TOKEN"] == "must have at least 32 characters"
    assert faults["MZI_TRUSTED_PROXIES"].startswith("entry 2 ")


@pytest.mark.parametrize("name", sorted(NAMES))
def test_a_refusal_never_quotes_the_value(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    canary = "canary-\u00e9 \t{}@:/?#"
    monkeypatch.setenv(name, canary)
    try:
        load_settings()
    except SettingsError as error:
        assert "canary" not in f"{error!r} {error} {error.faults!r} {error.__cause__!r}"
        assert error.__suppress_context__


def test_secrets_do_not_show_in_the_settings_own_text(monkeypatch: pytest.MonkeyPatch) -> None:
    secret = "canary-canary-canary-canary-canary-canary"
    key = Fernet.generate_key().decode()
    for name in ("ADMIN_TOKEN", "MOODLE_TOKEN", "ZOHO_CLIENT_SECRET", "ZOHO_REFRESH_TOKEN"):
        monkeypatch.setenv(name, secret)
    for name in ("MZI_WEBHOOK_SECRETS", "MZI_SIGNATURE_SECRETS"):
        monkeypatch.setenv(name, f"{secret},{secret}2")
    monkeypatch.setenv("MZI_SECRET_KEY", key)
    monkeypatch.setenv("DATABASE_URL", "postgresql://mzi:canary@localhost/mzi")
    text = repr(load_settings()) + str(load_settings().model_dump())
    assert "canary" not in text
    assert key not in text


def test_a_wrong_setting_comes_with_an_example(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MZI_BATCH_SIZE", "501")
    with pytest.raises(SettingsError, match=r"MZI_BATCH_SIZE is wrong: .*500.* \(example: 500\)"):
        load_settings()


def test_a_misspelled_name_in_the_file_is_named_with_its_nearest(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("MZI_BATCHSIZE=7\nOTHER_TOOL=1\n")
    with pytest.raises(SettingsError) as caught:
        load_settings()
    (fault,) = caught.value.faults
    assert (fault.name, fault.example) == ("MZI_BATCHSIZE", "did you mean MZI_BATCH_SIZE?")


def test_a_file_that_was_asked_for_must_exist(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="is not a file"):
        load_settings(tmp_path / "absent.env")


def test_a_file_that_is_not_text_is_named(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"MZI_TENANT=\xff\xfe\n")
    with pytest.raises(SettingsError, match="UTF-8"):
        load_settings()


def test_a_need_names_all_that_is_missing_for_it() -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings(require=("zoho", "moodle", "secret_key"))
    assert [fault.name for fault in caught.value.faults] == [
        "ZOHO_CLIENT_ID",
        "ZOHO_CLIENT_SECRET",
        "ZOHO_REFRESH_TOKEN",
        "MOODLE_BASE_URL",
        "MOODLE_TOKEN",
        "MZI_SECRET_KEY",
    ]


def test_a_met_need_is_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOODLE_BASE_URL", "https://moodle.example.org/")
    monkeypatch.setenv("MOODLE_TOKEN", "0" * 32)
    settings = load_settings(require=("moodle",))
    assert settings.moodle_base_url == "https://moodle.example.org"


def test_requiring_signatures_without_a_key_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    faults = faults_of(monkeypatch, MZI_REQUIRE_SIGNATURE="true")
    assert faults == {
        "MZI_REQUIRE_SIGNATURE": "must not be on while MZI_SIGNATURE_SECRETS is empty"
    }


@pytest.mark.parametrize(
    "url",
    [
        "https://bridge.example.org",
        "https://bridge.example.org:8443/prefix",
        "http://127.0.0.1:8000",
        "http://127.8.9.10",
        "http://[::1]:8000",
        "http://localhost:8000",
        "http://bridge:8000",
    ],
)
def test_addresses_with_tls_or_without_leaving_home_pass(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("MZI_PLAIN_HTTP_HOSTS", "moodle, bridge")
    monkeypatch.setenv("WEBHOOK_BASE_URL", url)
    assert load_settings().webhook_base_url == url


@pytest.mark.parametrize(
    "url",
    [
        "http://bridge.example.org",
        "http://localhost.example.org",
        "http://10.0.0.1",
        "bridge.example.org",
        "//bridge.example.org",
        "ftp://bridge.example.org",
        "https://",
        "https://user:pw@bridge.example.org",
        "https://bridge.example.org?token=1",
        "https://bridge.example.org#x",
        "https://bridge.example.org:port",
        "https://[::1",
        "https://bridge example.org",
        "https://bridge.example.org\\@evil.example",
    ],
)
def test_other_addresses_are_refused(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    assert set(faults_of(monkeypatch, WEBHOOK_BASE_URL=url)) == {"WEBHOOK_BASE_URL"}


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])))
def test_any_text_as_an_address_passes_or_is_a_fault(text: str) -> None:
    try:
        Settings(webhook_base_url=text)
    except ValueError as error:
        assert "input_value" not in str(error)


@pytest.mark.parametrize(
    "url",
    ["sqlite:///x.db", "sqlite+aiosqlite:///x.db", "postgres://h/d", "postgresql+psycopg://h/d"],
)
def test_a_database_the_bridge_can_use_passes(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    assert load_settings().database_url.get_secret_value() == url


def test_lists_are_comma_separated(monkeypatch: pytest.MonkeyPatch) -> None:
    keys = [Fernet.generate_key().decode() for _ in range(2)]
    monkeypatch.setenv("MZI_SECRET_KEY", ", ".join(keys))
    monkeypatch.setenv("MZI_WEBHOOK_ALLOWED_IPS", "192.0.2.0/24, 2001:db8::1,")
    monkeypatch.setenv("MZI_MAPPING_DENY", "Passport_Number, Medical_*")
    settings = load_settings()
    assert [key.get_secret_value() for key in settings.secret_keys] == keys
    assert settings.webhook_allowed_ips == (
        ip_network("192.0.2.0/24"),
        ip_network("2001:db8::1/128"),
    )
    assert settings.mapping_deny == ("Passport_Number", "Medical_*")


@pytest.mark.parametrize(
    "weak", ["x" * 19, "with a space in the middle", "umlaut-ü-umlaut-ü-umlaut"]
)
def test_a_weak_or_unsendable_secret_is_refused(monkeypatch: pytest.MonkeyPatch, weak: str) -> None:
    strong = "s" * 20
    assert set(faults_of(monkeypatch, MZI_WEBHOOK_SECRETS=f"{strong},{weak}")) == {
        "MZI_WEBHOOK_SECRETS"
    }


def test_one_family_can_move_to_another_version(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MZI_ZOHO_API_VERSION_NOTIFICATIONS", "v2.1")
    versions = load_settings().zoho_versions()
    assert versions.pop("notifications") == "v2.1"
    assert set(versions.values()) == {"v2"}


def test_the_advice_after_a_missing_scope_is_what_the_setting_asks_for() -> None:
    for scope in ZOHO_SCOPES:
        assert scope in str(Settings.model_fields["zoho_refresh_token"].description)
        assert scope in ScopeMissing.advice


def test_every_region_of_the_client_can_be_chosen() -> None:
    assert set(Region.__args__) == set(REGIONS)  # type: ignore[attr-defined]


def test_every_edition_that_can_be_chosen_has_its_limits() -> None:
    assert set(Edition.__args__) == set(EDITIONS)  # type: ignore[attr-defined]
    assert [edition.parallel for edition in EDITIONS.values()] == [5, 10, 15, 20, 25]
    assert {name: edition.credits for name, edition in EDITIONS.items()} == {
        "free": 5_000,
        "standard": 50_000,
        "professional": 50_000,
        "enterprise": 50_000,
        "ultimate": 50_000,
    }


EVENT_KEY = "whsec_" + base64.b64encode(bytes(range(32))).decode()


@pytest.mark.parametrize(
    "keys",
    [
        base64.b64encode(bytes(32)).decode(),
        "whsec_" + base64.b64encode(bytes(23)).decode(),
        "whsec_" + base64.b64encode(bytes(65)).decode(),
        "whsec_not*base64",
        f"{EVENT_KEY},whsec_",
    ],
)
def test_a_key_for_events_that_is_none_is_refused_unquoted(
    monkeypatch: pytest.MonkeyPatch, keys: str
) -> None:
    problem = faults_of(monkeypatch, MZI_EVENT_SECRETS=keys)["MZI_EVENT_SECRETS"]
    assert "whsec_" in problem and keys not in problem


@pytest.mark.parametrize("size", [24, 64])
def test_keys_for_events_rotate(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    other = "whsec_" + base64.b64encode(bytes(size)).decode()
    monkeypatch.setenv("MZI_EVENT_SECRETS", f"{EVENT_KEY}, {other}")
    secrets = load_settings(require=["events"]).event_secrets
    assert [secret.get_secret_value() for secret in secrets] == [EVENT_KEY, other]


@pytest.mark.parametrize(
    "bands", ["70,60", "70,60,40,20", "60,70,40", "70,60,60", "101,60,40", "70,60,0", "a,b,c"]
)
def test_bands_that_do_not_fall_are_refused(monkeypatch: pytest.MonkeyPatch, bands: str) -> None:
    assert set(faults_of(monkeypatch, MZI_GRADE_BANDS=bands)) == {"MZI_GRADE_BANDS"}


@pytest.mark.parametrize("bands", ["NaN,60,40", "70,Infinity,40"])
def test_bands_are_finite(monkeypatch: pytest.MonkeyPatch, bands: str) -> None:
    assert set(faults_of(monkeypatch, MZI_GRADE_BANDS=bands)) == {"MZI_GRADE_BANDS"}


def test_bands_are_exact_decimals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MZI_GRADE_BANDS", "69.5, 59.5, 39.5")
    assert load_settings().grade_bands == (Decimal("69.5"), Decimal("59.5"), Decimal("39.5"))
