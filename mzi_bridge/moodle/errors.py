"""What a Moodle call can end in besides its result.

    RetryLater
    ├── MoodleUnreachable   no answer: refused, reset, timed out; the effect is unknown
    ├── MoodleFault         Moodle answered that something broke on its side
    ├── MoodleThrottled     a gate before Moodle wants fewer calls
    └── MoodleBadAnswer     not the JSON that was promised: HTML, truncated, empty
    PauseLink
    ├── MoodleRefused       token, service, capability or function: nothing will pass
    └── MoodleMaintenance   the site says so itself
    RejectRecord
    ├── UnknownStudent      no student record for this user
    └── FileRefused         a file is not to be had, and will not be
    ContractError
    ├── MoodleRejectedCall  the arguments as a whole were refused
    └── MoodleTooLarge      the call is over a limit of the server: send fewer rows

Moodle sends its faults with HTTP 200 and `{"exception", "errorcode", "message"}`; the
table below sorts them (lib/externallib.php and webservice/lib.php of Moodle 4.5).
"""

from __future__ import annotations

import re

from mzi_bridge.errors import ContractError, MziError, PauseLink, RejectRecord, RetryLater


class MoodleUnreachable(RetryLater):
    pass


class MoodleFault(RetryLater):
    pass


class MoodleThrottled(RetryLater):
    pass


class MoodleBadAnswer(RetryLater):
    pass


class MoodleRefused(PauseLink):
    link = "moodle"


class MoodleMaintenance(PauseLink):
    link = "moodle"


class UnknownStudent(RejectRecord):
    pass


class FileRefused(RejectRecord):
    pass


class MoodleRejectedCall(ContractError):
    pass


class MoodleTooLarge(ContractError):
    pass


_ERRORCODE = re.compile(r"[a-z0-9_]{1,60}", re.ASCII)
_ACCESS = "Moodle's page Access of the bridge"
_REFUSALS = {
    "invalidtoken": f"Make a new token on {_ACCESS}, and connect Moodle with it.",
    "accessexception": (
        f"Press Check and mend on {_ACCESS}: it enables the service, authorises the bridge's user "
        "and gives it webservice/rest:use."
    ),
    "nopermissions": f"Press Check and mend on {_ACCESS}: it grants local/mzi:sync.",
    "requireloginerror": "The bridge's user cannot log in: is it suspended or unconfirmed?",
    "servicerequireslogin": f"Press Check and mend on {_ACCESS}.",
    "wsaccessusersuspended": "The bridge's Moodle user is suspended: activate it.",
    "wsaccessuserdeleted": f"The bridge's Moodle user is deleted: press Set up on {_ACCESS}.",
    "wsaccessuserunconfirmed": "The bridge's Moodle user is not confirmed.",
    "invalidrecord": "The plugin on the site lacks this function: update local_mzi.",
}
OF_ONE_FUNCTION = frozenset({"accessexception", "nopermissions", "invalidrecord"})
"""Refusals that may be of one function, or of all: their words do not tell."""

_MAINTENANCE = {"sitemaintenance", "upgraderunning"}
_REJECTED = {"invalidparameter", "invalidjson", "invalidoptions", "countmismatch", "unknownentity"}
_TOO_LARGE = {"toomanyrecords"}


def error_of_exception(function: str, errorcode: str) -> MziError:
    """The named error for a Moodle exception. Its message is left out: it can quote values; so
    can an errorcode that does not look like one."""
    if not _ERRORCODE.fullmatch(errorcode):
        errorcode = "unreadable"
    what = f"Moodle refused {function} with {errorcode}."
    if errorcode in _MAINTENANCE:
        return MoodleMaintenance(what, reason="maintenance", fix="Wait until the site is back.")
    if errorcode == "nostudent":
        return UnknownStudent(what, reason="unknown_student", fix="Is the user a student?")
    if errorcode == "request_filetoolarge":
        return FileRefused(what, reason="file_too_large", fix="The CRM takes files up to 20 MB.")
    if errorcode in _TOO_LARGE:
        return MoodleTooLarge(what, reason=errorcode, fix="Send fewer rows a call.")
    if errorcode in _REJECTED:
        return MoodleRejectedCall(what, reason=errorcode, fix="Compare versions: mzi doctor.")
    if errorcode in _REFUSALS:
        return MoodleRefused(what, reason=errorcode, fix=_REFUSALS[errorcode])
    return MoodleFault(what, reason="moodle_exception", fix="Look into Moodle's error log.")
