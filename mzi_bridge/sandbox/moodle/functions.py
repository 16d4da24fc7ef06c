"""The functions of the service by name, each with the capability Moodle asks for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

from mzi_bridge.sandbox.moodle.confirm import confirm_rows
from mzi_bridge.sandbox.moodle.contract import Function, Parameter
from mzi_bridge.sandbox.moodle.dashboard import get_student_dashboard, no_student
from mzi_bridge.sandbox.moodle.deletes import delete_records
from mzi_bridge.sandbox.moodle.exceptions import (
    access_denied,
    missing_capability,
    unknown_function,
)
from mzi_bridge.sandbox.moodle.parameters import validate_parameters
from mzi_bridge.sandbox.moodle.photos import set_photo
from mzi_bridge.sandbox.moodle.reads import (
    get_contract,
    get_manifest,
    get_rows,
    get_status,
    site_info,
)
from mzi_bridge.sandbox.moodle.requests import confirm_requests, get_request_file
from mzi_bridge.sandbox.moodle.site import Site
from mzi_bridge.sandbox.moodle.upsert import upsert

Work = Callable[..., Any]

SITE_INFO: Final = "core_webservice_get_site_info"
DASHBOARD: Final = "local_mzi_get_student_dashboard"
_UPSERT: Final = "local_mzi_upsert_"
_NO_SERVICE: Final = frozenset({"core_user_get_users", "core_course_get_courses"})
"""Functions that every Moodle has and this service does not offer."""

_WORK: Final[Mapping[str, Work]] = {
    "local_mzi_confirm_rows": confirm_rows,
    "local_mzi_delete_records": delete_records,
    "local_mzi_get_manifest": get_manifest,
    "local_mzi_get_rows": get_rows,
    "local_mzi_get_status": get_status,
    "local_mzi_get_contract": get_contract,
    "local_mzi_set_photo": set_photo,
    "local_mzi_confirm_requests": confirm_requests,
    "local_mzi_get_request_file": get_request_file,
    DASHBOARD: get_student_dashboard,
}
_SITE_INFO_FUNCTION: Final = Function(
    type="read",
    parameters={"serviceshortnames": Parameter(type="raw", required=False, default=[])},
)


def call(site: Site, name: str, sent: Mapping[str, Any], *, capable: bool) -> Any:
    """Runs a function as Moodle does: existence, service, arguments, capability, work.

    `capable`: the caller holds the capability that the plugin's functions ask for.
    """
    function = _function(site, name)
    if name in site.switches.withheld or not _served(site):
        raise access_denied(f"Access to the function {name}() is not allowed.")
    arguments = validate_parameters(function.parameters, sent)
    if name == DASHBOARD and not capable:
        # It asks for one of several capabilities, and answers as if nobody were there.
        raise no_student()
    if function.capability and not capable:
        raise missing_capability(function.capability)
    if name == SITE_INFO:
        return site_info(site)
    return _work(name)(site, **arguments)


def _function(site: Site, name: str) -> Function:
    if name == SITE_INFO:
        return _SITE_INFO_FUNCTION
    if name in _NO_SERVICE:
        raise access_denied(f"Access to the function {name}() is not allowed.")
    function = site.contract.functions.get(name)
    if function is None:
        raise unknown_function()
    return function


def _served(site: Site) -> bool:
    return site.switches.service_enabled and site.switches.user_authorised


def _work(name: str) -> Work:
    if name.startswith(_UPSERT):
        return partial(_upsert_entity, name.removeprefix(_UPSERT))
    return _WORK[name]


def _upsert_entity(
    entity: str, site: Site, records: str, count: int, options: str
) -> dict[str, Any]:
    return upsert(site, entity, records, count, options)
