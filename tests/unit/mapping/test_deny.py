"""A denied field is refused wherever a rule could read it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mzi_bridge.mapping import DEFAULT_DENY, Preset
from mzi_bridge.mapping.deny import DenyList

Faults = Callable[..., list[str]]

PREFIX = '[modules.A]\nentity = "a"\nkey = "k"\n'


@pytest.mark.parametrize(
    "name",
    ["Academic_Password", "ACADEMIC_PASSWORD", "AcademicPassword", "Academic_Password_1"],
)
def test_the_academic_password_is_refused_even_with_an_empty_list(name: str) -> None:
    assert DenyList(()).pattern_for(name) == "Academic_Password"


@pytest.mark.parametrize(
    "name",
    ["Password", "Temp_PASSWORD_2", "Client_Secret", "api_Token", "User_Passwd", "My_API_Key"],
)
def test_names_of_credentials_are_refused_by_default(name: str) -> None:
    assert DenyList().pattern_for(name) is not None
    assert DenyList(()).pattern_for(name) is None


@pytest.mark.parametrize("name", ["Name", "Academic_Email", "Passport_Number", "Secretary"])
def test_other_names_may_be_read(name: str) -> None:
    expected = "*secret*" if name == "Secretary" else None
    assert DenyList().pattern_for(name) == expected


PLACES = [
    'columns = { k = "id", x = "Academic_Password" }',
    'columns = { k = "id", x = { from = "Academic_Password", transform = "mask" } }',
    'columns = { k = "id", x = { from = "Lookup.Academic_Password" } }',
    'columns = { k = "id", x = { from = ["A", "academic_password"], transform = "concat" } }',
    'columns = { k = "id", x = { from = "A", type = "money", currency = "Academic_Password" } }',
    'columns = { k = "id", x = { transform = "rows", subforms = { S = ["Academic_Password"] } } }',
    'columns = { k = "id", x = { transform = "rows", subforms = { Academic_Passwords = ["x"] } } }',
    'columns = { k = "id" }\nmodified_time = "Academic_Password"',
    'columns = { k = "id" }\n[modules.A.children.c]\nkey = "k"\nsubform = "S"\n'
    'columns = { k = "id", x = "Academic_Password" }',
    'columns = { k = "id" }\n[modules.A.children.c]\nkey = "k"\nsubform = "S"\n'
    'columns = { k = "id", x = "parent.Academic_Password" }',
    'columns = { k = "id" }\n[modules.A.children.c]\nkey = "k"\nsubform = "Academic_Password"\n'
    'columns = { k = "id" }',
    'columns = { k = "id" }\n[modules.A.children.c]\nkey = "k"\n'
    'spread = [{ codes = ["P1"], from = "Academic_Password_{code}" }]\n'
    'columns = { k = { from = "code", type = "text" } }',
]


@pytest.mark.parametrize("lines", PLACES)
@pytest.mark.parametrize("deny", [DEFAULT_DENY, ()])
def test_no_place_of_a_file_can_read_it(
    faults_of: Faults, lines: str, deny: tuple[str, ...]
) -> None:
    found = faults_of(PREFIX + lines, deny=deny)
    assert len(found) == 1
    assert "must not be read (deny list: Academic_Password)" in found[0]


def test_a_file_can_only_add_to_the_list(faults_of: Faults) -> None:
    text = 'deny = ["*IBAN*"]\n' + PREFIX + 'columns = { k = "id", x = "My_Iban", y = "Token" }'
    found = faults_of(text)
    assert len(found) == 2


def test_a_preset_carries_the_list_it_was_loaded_with(load: Callable[..., Preset]) -> None:
    preset = load('deny = ["*iban*"]\n' + PREFIX + 'columns = { k = "id" }', deny=["*x*"])
    assert preset.deny == (*DEFAULT_DENY, "*x*", "*iban*")


def test_what_the_settings_deny_comes_on_top_of_what_is_always_denied(
    faults_of: Faults,
) -> None:
    """The settings' own list is empty, unless somebody fills it."""
    columns = 'columns = { k = "id", x = "Portal_Token", y = "Passport_Number" }'
    assert len(faults_of(PREFIX + columns, deny=())) == 1
    assert len(faults_of(PREFIX + columns, deny=("Passport_*",))) == 2
