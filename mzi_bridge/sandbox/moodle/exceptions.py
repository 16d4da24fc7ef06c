"""Moodle's exceptions as its web services show them: HTTP 200 and a class, a code, a message.

Class names and messages are those of Moodle 4.5 (lib/classes/exception, webservice/lib.php,
lib/dmllib.php, lang/en).
"""

from __future__ import annotations


class MoodleException(Exception):
    """`kind` is the PHP class, `debuginfo` what a site with debugging on would add."""

    def __init__(self, kind: str, errorcode: str, message: str, debuginfo: str = "") -> None:
        super().__init__(errorcode)
        self.kind = kind
        self.errorcode = errorcode
        self.message = message
        self.debuginfo = debuginfo


def moodle_exception(errorcode: str, message: str) -> MoodleException:
    return MoodleException("core\\exception\\moodle_exception", errorcode, message)


def invalid_token() -> MoodleException:
    return moodle_exception("invalidtoken", "Invalid token - token not found")


def site_maintenance() -> MoodleException:
    return moodle_exception(
        "sitemaintenance", "The site is undergoing maintenance and is currently not available"
    )


def user_suspended(username: str) -> MoodleException:
    return moodle_exception(
        "wsaccessusersuspended", f"Refused web service access for suspended username: {username}"
    )


def access_denied(debuginfo: str) -> MoodleException:
    return MoodleException(
        "webservice_access_exception", "accessexception", "Access control exception", debuginfo
    )


def unknown_function() -> MoodleException:
    return MoodleException(
        "dml_missing_record_exception",
        "invalidrecord",
        "Can't find data record in database table external_functions.",
    )


def invalid_parameter(debuginfo: str) -> MoodleException:
    return MoodleException(
        "core\\exception\\invalid_parameter_exception",
        "invalidparameter",
        "Invalid parameter value detected",
        debuginfo,
    )


def missing_capability(capability: str) -> MoodleException:
    return MoodleException(
        "core\\exception\\required_capability_exception",
        "nopermissions",
        f"Sorry, but you do not currently have permissions to do that ({capability}).",
    )
