"""What every endpoint of the emulated API works with."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, cast

from starlette.requests import Request

from mzi_bridge.sandbox.zoho.bulk_jobs import BulkJobs
from mzi_bridge.sandbox.zoho.callbacks import Notifier
from mzi_bridge.sandbox.zoho.channels import ChannelBook
from mzi_bridge.sandbox.zoho.limits import Limits
from mzi_bridge.sandbox.zoho.oauth import DEFAULT_SCOPE, OAuthRules, OAuthServer
from mzi_bridge.sandbox.zoho.render import Renderer
from mzi_bridge.sandbox.zoho.state import Crm


@dataclass(frozen=True)
class Switches:
    """Where Zoho's pages disagree or a test wants a harder CRM.

    `row_errors`: "v2" answers 202 as soon as one row fails; "later" 207 for some, 400 for all.
    `search_lag`: seconds until a write can be found by search. `channel_seconds`: the longest
    life of a notification channel, past which Zoho grants an hour. `concurrency`, `credits`:
    limits on calls, None lifts them. `throttle_status`: HTTP status of the token throttle.
    `callback_retries`: how often a failed callback is sent again. `api_domain`: what token
    answers name; None is the address the request came to. `bulk_seconds`: how long a bulk read
    takes; `bulk_rows`: how many rows go into one of its results. `own_writes_notify`: whether a
    write with `trigger: []` is told to the channels all the same. `subform_merge`: whether rows
    that a write does not name are gone or stay. `duplicate_id`: whether DUPLICATE_DATA names the
    record in the way. `attachment_touches`: whether a new attachment counts as a change of its
    record, and is told to the channels.
    """

    row_errors: Literal["v2", "later"] = "v2"
    search_lag: float = 0.0
    channel_seconds: int = 86_400
    concurrency: int | None = None
    credits: int | None = None
    throttle_status: int = 200
    callback_retries: int = 0
    api_domain: str | None = None
    bulk_seconds: float = 0.0
    bulk_rows: int = 200_000
    subform_merge: Literal["replace", "keep"] = "replace"
    own_writes_notify: Literal["silent", "always"] = "silent"
    duplicate_id: Literal["named", "left out"] = "named"
    attachment_touches: bool = False
    scope: str = DEFAULT_SCOPE
    oauth: OAuthRules = field(default_factory=OAuthRules)


@dataclass
class Emulator:
    """The parts behind one emulated organisation."""

    crm: Crm
    oauth: OAuthServer
    channels: ChannelBook
    notifier: Notifier
    limits: Limits
    bulk: BulkJobs
    switches: Switches
    renderer: Renderer
    published: int

    def publish(self, *, silent: bool = False) -> None:
        """Tell the channels what changed since the last time; `silent` lets it pass untold."""
        changes = self.crm.history[self.published :]
        self.published = len(self.crm.history)
        if not silent or self.switches.own_writes_notify == "always":
            self.notifier.publish(changes)


def emulator(request: Request) -> Emulator:
    return cast(Emulator, request.app.state.emulator)
