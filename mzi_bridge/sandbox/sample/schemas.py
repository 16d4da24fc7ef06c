"""The two shapes of organisation that the sandbox can play."""

from __future__ import annotations

from functools import cache
from typing import Final

from mzi_bridge.errors import OperatorError
from mzi_bridge.sandbox.sample.guide import guide_module
from mzi_bridge.sandbox.sample.modules_assessment import GRADES, REQUESTS
from mzi_bridge.sandbox.sample.modules_catalogue import PROGRAMS, UNITS
from mzi_bridge.sandbox.sample.modules_finance import PAYMENTS, REGISTRATIONS
from mzi_bridge.sandbox.sample.modules_people import STUDENTS, TEACHERS
from mzi_bridge.sandbox.sample.modules_standard import CONTACTS, LEADS
from mzi_bridge.sandbox.sample.modules_teaching import CLASSES, ENROLLMENTS
from mzi_bridge.sandbox.schema import CrmSchema, ModuleSpec

SCHEMA_NAMES: Final = ("btec", "guide")

BTEC_MODULES: Final[tuple[ModuleSpec, ...]] = (
    PROGRAMS,
    UNITS,
    TEACHERS,
    STUDENTS,
    REGISTRATIONS,
    PAYMENTS,
    CLASSES,
    ENROLLMENTS,
    GRADES,
    REQUESTS,
    LEADS,
    CONTACTS,
)


@cache
def schema(name: str) -> CrmSchema:
    """`btec` (a real organisation's names) or `guide` (an earlier guide's names).

    Raises OperatorError `unknown_schema` for any other name.
    """
    if name not in SCHEMA_NAMES:
        raise OperatorError(
            f"There is no sample organisation {name!r}.",
            reason="unknown_schema",
            fix=f"Choose one of: {', '.join(SCHEMA_NAMES)}.",
        )
    modules = BTEC_MODULES if name == "btec" else tuple(map(guide_module, BTEC_MODULES))
    return CrmSchema({module.api_name: module for module in modules})
