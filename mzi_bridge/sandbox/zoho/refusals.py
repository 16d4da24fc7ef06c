"""What the CRM says no with: one shape for a whole request, the same for one row of it."""

from __future__ import annotations

from typing import Any


class Refusal(Exception):
    """`{"code", "details", "message", "status": "error"}`; `http` is the status of a whole
    request that is refused, of no meaning for a row."""

    def __init__(self, code: str, message: str, *, http: int = 400, **details: Any) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.http = http
        self.details = details

    def body(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "details": self.details,
            "message": self.message,
            "status": "error",
        }


def invalid_data(**details: Any) -> Refusal:
    return Refusal("INVALID_DATA", "invalid data", **details)


def invalid_id(**details: Any) -> Refusal:
    return Refusal("INVALID_DATA", "the id given seems to be invalid", **details)


def missing_field(api_name: str, **details: Any) -> Refusal:
    return Refusal("MANDATORY_NOT_FOUND", "required field not found", api_name=api_name, **details)


def missing_param(name: str) -> Refusal:
    return Refusal(
        "REQUIRED_PARAM_MISSING", "One of the expected parameter is missing", param_name=name
    )


def limit_exceeded(**details: Any) -> Refusal:
    return Refusal("LIMIT_EXCEEDED", "limit exceeded", **details)


def unknown_module(index: int = 0) -> Refusal:
    return Refusal(
        "INVALID_MODULE", "the module name given seems to be invalid", resource_path_index=index
    )


def unknown_url() -> Refusal:
    return Refusal(
        "INVALID_URL_PATTERN",
        "Please check if the URL trying to access is a correct one",
        http=404,
    )


def wrong_method() -> Refusal:
    return Refusal("INVALID_REQUEST_METHOD", "The http request method type is not a valid one")
