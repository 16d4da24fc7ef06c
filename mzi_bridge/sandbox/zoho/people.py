"""`/org` and `/users`: who the organisation is and in whose name the token acts."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from mzi_bridge.sandbox.zoho.answers import answer, nothing, page_of, paging
from mzi_bridge.sandbox.zoho.emulator import Emulator, emulator
from mzi_bridge.sandbox.zoho.record import CrmUser


async def get_org(request: Request) -> Response:
    crm = emulator(request).crm
    org = crm.organisation
    return answer(
        {
            "org": [
                {
                    "id": org.id,
                    "company_name": org.name,
                    "alias": None,
                    "country": "Saudi Arabia",
                    "country_code": "SA",
                    "currency": "US Dollar - USD",
                    "currency_symbol": "$",
                    "currency_locale": "en_US",
                    "iso_code": "USD",
                    "primary_email": crm.caller.email,
                    "primary_zuid": crm.caller.id,
                    "time_zone": org.time_zone,
                    "zgid": org.id,
                    "mc_status": False,
                    "gapps_enabled": False,
                    "privacy_settings": False,
                    "translation_enabled": False,
                    "license_details": {"paid": True, "paid_type": "enterprise"},
                }
            ]
        }
    )


async def list_users(request: Request) -> Response:
    """`type=CurrentUser` gives one; the other types all of them."""
    parts = emulator(request)
    page, per_page = paging(request)
    users = parts.crm.users()
    if request.query_params.get("type") == "CurrentUser":
        users = (parts.crm.caller,)
    rows, info = page_of(users, page, per_page)
    if not rows:
        return nothing()
    return answer({"users": [_user(parts, user) for user in rows], "info": info})


async def get_user(request: Request) -> Response:
    parts = emulator(request)
    user = parts.crm.user(request.path_params["user_id"])
    return answer({"users": [_user(parts, user)]}) if user else nothing()


def _user(parts: Emulator, user: CrmUser) -> dict[str, Any]:
    org = parts.crm.organisation
    return {
        "id": user.id,
        "zuid": user.id,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "full_name": user.name,
        "email": user.email,
        "status": "active",
        "confirm": True,
        "role": {"name": "Manager", "id": "7300000000000000601"},
        "profile": {"name": "Administrator", "id": "7300000000000000501"},
        "country_locale": "en_US",
        "locale": "en_US",
        "language": "en_US",
        "date_format": "yyyy-MM-dd",
        "time_format": "HH:mm",
        "time_zone": org.time_zone,
        "offset": org.utc_offset * 60_000,
        "Isonline": False,
        "microsoft": False,
        "personal_account": False,
        "territories": [],
        "Modified_Time": parts.renderer.hour(parts.crm.started),
        "created_time": parts.renderer.hour(parts.crm.started),
    }
