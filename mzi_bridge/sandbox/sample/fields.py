"""Short constructors of FieldSpec, so that a module reads as a list of its fields."""

from __future__ import annotations

from mzi_bridge.sandbox.schema import FieldSpec


def _label(api_name: str, label: str) -> str:
    return label or api_name.replace("_", " ")


def text(
    api_name: str,
    label: str = "",
    *,
    length: int = 255,
    mandatory: bool = False,
    unique: bool = False,
) -> FieldSpec:
    return FieldSpec(
        api_name, _label(api_name, label), "text", length, mandatory=mandatory, unique=unique
    )


def textarea(api_name: str, label: str = "", *, length: int = 32000) -> FieldSpec:
    return FieldSpec(api_name, _label(api_name, label), "textarea", length)


def email(api_name: str, label: str = "") -> FieldSpec:
    return FieldSpec(api_name, _label(api_name, label), "email", 100)


def phone(api_name: str, label: str = "") -> FieldSpec:
    return FieldSpec(api_name, _label(api_name, label), "phone", 30)


def website(api_name: str, label: str = "") -> FieldSpec:
    return FieldSpec(api_name, _label(api_name, label), "website", 450)


def picklist(api_name: str, values: tuple[str, ...], label: str = "") -> FieldSpec:
    return FieldSpec(api_name, _label(api_name, label), "picklist", 120, picklist=values)


def multi(api_name: str, values: tuple[str, ...], label: str = "") -> FieldSpec:
    return FieldSpec(
        api_name, _label(api_name, label), "multiselectpicklist", 2000, picklist=values
    )


def integer(api_name: str, label: str = "") -> FieldSpec:
    return FieldSpec(api_name, _label(api_name, label), "integer", 9)


def double(api_name: str, label: str = "") -> FieldSpec:
    return FieldSpec(api_name, _label(api_name, label), "double", 16)


def percent(api_name: str, label: str = "") -> FieldSpec:
    return FieldSpec(api_name, _label(api_name, label), "percent", 5)


def currency(api_name: str, label: str = "") -> FieldSpec:
    return FieldSpec(api_name, _label(api_name, label), "currency", 16)


def boolean(api_name: str, label: str = "") -> FieldSpec:
    return FieldSpec(api_name, _label(api_name, label), "boolean")


def date(api_name: str, label: str = "") -> FieldSpec:
    return FieldSpec(api_name, _label(api_name, label), "date")


def datetime(api_name: str, label: str = "") -> FieldSpec:
    return FieldSpec(api_name, _label(api_name, label), "datetime")


def lookup(api_name: str, module: str, label: str = "", *, mandatory: bool = False) -> FieldSpec:
    return FieldSpec(
        api_name, _label(api_name, label), "lookup", 120, mandatory=mandatory, lookup=module
    )


def auto_number(prefix: str, label: str, api_name: str = "Name") -> FieldSpec:
    return FieldSpec(api_name, label, "autonumber", 120, read_only=True, auto_number=prefix)


def subform(api_name: str, label: str = "") -> FieldSpec:
    return FieldSpec(api_name, _label(api_name, label), "subform", subform=api_name)
