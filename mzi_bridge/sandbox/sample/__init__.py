"""A synthetic school: the CRM modules of the data model and coherent records for them.

Nobody in it exists. Addresses of e-mail end in example.edu, example.com or example.org
(RFC 2606) and phone numbers lie in the North American 555-01xx range kept for fiction.
"""

from __future__ import annotations

from mzi_bridge.sandbox.sample.generate import generate, stream
from mzi_bridge.sandbox.sample.moodle_users import moodle_users
from mzi_bridge.sandbox.sample.schemas import SCHEMA_NAMES, schema

__all__ = ["SCHEMA_NAMES", "generate", "moodle_users", "schema", "stream"]
