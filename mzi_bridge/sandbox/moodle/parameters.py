"""Moodle's validate_parameters for flat parameter lists (core_external\\external_api, 4.5)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from mzi_bridge.sandbox.moodle.contract import Parameter
from mzi_bridge.sandbox.moodle.exceptions import invalid_parameter

Arguments = dict[str, Any]

_ACCEPTS: Final[Mapping[str, Callable[[str], bool]]] = {
    "int": lambda text: re.fullmatch(r"0|-?[1-9][0-9]{0,18}", text) is not None,
    "bool": lambda text: text in ("0", "1"),
    "alphanumext": lambda text: re.fullmatch(r"[A-Za-z0-9_-]*", text) is not None,
    "alphanum": lambda text: re.fullmatch(r"[A-Za-z0-9]*", text) is not None,
    "alphaext": lambda text: re.fullmatch(r"[A-Za-z_-]*", text) is not None,
    "alpha": lambda text: re.fullmatch(r"[A-Za-z]*", text) is not None,
}


def validate_parameters(declared: Mapping[str, Parameter], sent: Mapping[str, Any]) -> Arguments:
    """The arguments in declared order. Raises `invalidparameter` as Moodle does."""
    arguments: Arguments = {}
    for name, parameter in declared.items():
        if name in sent:
            arguments[name] = _value(name, parameter, sent[name])
        elif parameter.required:
            raise invalid_parameter(f"Missing required key in single structure: {name}")
        else:
            arguments[name] = parameter.default
    unexpected = [name for name in sent if name not in declared]
    if unexpected:
        raise invalid_parameter(
            f"Unexpected keys ({', '.join(unexpected)}) detected in parameter array."
        )
    return arguments


def _value(name: str, parameter: Parameter, value: Any) -> Any:
    if not isinstance(value, str):
        raise invalid_parameter(
            f"{name} => Invalid parameter value detected: "
            "Scalar type expected, array or object received."
        )
    accepts = _ACCEPTS.get(parameter.type, _is_unicode)
    if not accepts(value):
        raise invalid_parameter(
            f"{name} => Invalid parameter value detected: Invalid external api parameter: "
            f'the server was expecting "{parameter.type}" type'
        )
    if parameter.type == "int":
        return int(value)
    return value == "1" if parameter.type == "bool" else value


def _is_unicode(text: str) -> bool:
    """Bytes that are no UTF-8 were read as lone surrogates; Moodle refuses them, and NUL."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in text
