"""An emulated Moodle site: the REST protocol and the functions of local_mzi."""

from __future__ import annotations

from mzi_bridge.sandbox.moodle.contract import Contract, load_contract
from mzi_bridge.sandbox.moodle.server import create_moodle_app
from mzi_bridge.sandbox.moodle.site import Site
from mzi_bridge.sandbox.moodle.users import User, users_from_csv

__all__ = ["Contract", "Site", "User", "create_moodle_app", "load_contract", "users_from_csv"]
