"""Every API family of the CRM over one sender."""

from __future__ import annotations

from msgspec import Struct

from mzi_bridge.clock import Clock
from mzi_bridge.zoho.attachments import Attachments
from mzi_bridge.zoho.bulk import Bulk, DownloadPace
from mzi_bridge.zoho.channels import Channels
from mzi_bridge.zoho.coql import Coql
from mzi_bridge.zoho.deleted import Deleted
from mzi_bridge.zoho.metadata import Metadata
from mzi_bridge.zoho.oauth import AccessTokens
from mzi_bridge.zoho.records import Records
from mzi_bridge.zoho.reserve import CreditReserve
from mzi_bridge.zoho.search import Search
from mzi_bridge.zoho.transport import Sender


class ApiVersions(Struct, frozen=True):
    """The API version of each family; Zoho dates them differently."""

    records: str = "v2"
    deleted: str = "v2"
    search: str = "v2"
    coql: str = "v2"
    metadata: str = "v2"
    channels: str = "v2"
    attachments: str = "v2"
    bulk: str = "v2"


class ZohoApis:
    """The families as a use case meets them, for live work or for work that can wait."""

    def __init__(
        self,
        sender: Sender,
        versions: ApiVersions,
        tokens: AccessTokens,
        clock: Clock,
        pace: DownloadPace,
        credits: CreditReserve | None,
    ) -> None:
        self.tokens = tokens
        self.credits = credits
        self.records = Records(sender, versions.records)
        self.deleted = Deleted(sender, versions.deleted)
        self.search = Search(sender, versions.search)
        self.coql = Coql(sender, versions.coql)
        self.metadata = Metadata(sender, versions.metadata)
        self.channels = Channels(sender, versions.channels)
        self.attachments = Attachments(sender, versions.attachments)
        self.bulk = Bulk(sender, versions.bulk, clock, pace)

    @property
    def background(self) -> ZohoApis:
        """The same families for backfill, poll and reconcile: refused with RetryLater
        `credits_reserved` while what is left of the day's credits is kept for live work."""
        return self
