"""The consent the bridge asks a CRM's administrator for, in Zoho's words."""

from __future__ import annotations

ZOHO_SCOPES = (
    "ZohoCRM.modules.ALL",
    "ZohoCRM.settings.ALL",
    "ZohoCRM.notifications.ALL",
    "ZohoCRM.bulk.READ",
    "ZohoCRM.coql.READ",
    "ZohoSearch.securesearch.READ",
)
LISTED_SCOPES = f"{', '.join(ZOHO_SCOPES[:-1])} and {ZOHO_SCOPES[-1]}"
