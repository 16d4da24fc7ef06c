"""New records only where the CRM itself keeps their key from being there twice."""

from __future__ import annotations

from mzi_bridge.errors import OperatorError
from mzi_bridge.mapping import WriteRule
from mzi_bridge.mapping.check_writes import key_is_unique
from mzi_bridge.pipeline.links import Links

GOOD_SECONDS = 3600.0
"""So long what the CRM said of a field counts: an administrator may change it."""


class UniqueKeys:
    """Remembers which modules were asked; for one process."""

    def __init__(self) -> None:
        self._good_until: dict[str, float] = {}

    async def require(self, links: Links, rule: WriteRule) -> None:
        """Raises OperatorError (key_not_unique) unless the CRM says that it is; then nothing may be
        inserted by this key."""
        now = links.clock.now()
        if rule.key is None or now < self._good_until.get(rule.module, 0.0):
            return
        fields = await links.zoho.metadata.fields(rule.module)
        if not key_is_unique(rule, fields):
            raise OperatorError(
                f"{rule.module}.{rule.key} is not unique in the CRM: records would be doubled.",
                reason="key_not_unique",
                fix="Tick 'Do not allow duplicate values' at this field in the CRM's layout.",
            )
        self._good_until[rule.module] = now + GOOD_SECONDS
