"""What each alarm means, and what a person does about it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from mzi_bridge.admin.text import N_
from mzi_bridge.admin.words.reason import Reason
from mzi_bridge.admin.words.reasons import UNKNOWN

ALARMS: Mapping[str, Reason] = MappingProxyType(
    {
        "brake": Reason(
            N_("Many deletions or closing changes came at once, so the bridge holds them back."),
            N_("Look at them under Held changes; confirm them if they are meant, else discard."),
        ),
        "channel_expiring": Reason(
            N_("A notification channel ends soon and was not renewed."),
            N_("Renew it under Channels; if that fails, its message says why."),
        ),
        "channel_gone": Reason(
            N_("Zoho no longer has a notification channel."),
            N_("Register the channels anew under Channels."),
        ),
        "channel_silent": Reason(
            N_("A module changes, but Zoho does not tell of it."),
            N_("Test the channel under Channels; check the public address and its proxy."),
        ),
        "link_paused": Reason(
            N_("One side could not be reached for long, so the bridge waits."),
            N_("The bridge tries again by itself; the message says what to mend."),
        ),
        "module_paused": Reason(
            N_("One module is refused by the other side, so it waits alone."),
            N_("Check the module's permissions; the message says which."),
        ),
        "poll_failing": Reason(
            N_("The regular look for missed changes has failed several times."),
            N_("The message says why; the changes themselves still come by notice."),
        ),
        "reconcile_failing": Reason(
            N_("The regular comparison of both sides could not be finished."),
            N_("Run it once under Drift; its error says what to mend."),
        ),
        "request_twice": Reason(
            N_("The CRM has one request of a student twice."),
            N_("Delete the newer record in the CRM; the older one counts."),
        ),
        "sync_stuck": Reason(
            N_("A sync of a module ends before it is whole."),
            N_("See under Sync what it stopped at, mend that, and start it again."),
        ),
    }
)


def alarm_of(kind: str) -> Reason:
    return ALARMS.get(kind, UNKNOWN)
