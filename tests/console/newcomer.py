"""A bridge as somebody finds it who has never seen it: started by `mzi serve`, connected to
nothing, beside a CRM and a Moodle site that know nothing of it."""

from __future__ import annotations

import json
import secrets
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import anyio.from_thread
import httpx2

from mzi_bridge.demo import stage
from mzi_bridge.mapping import mapping_text

UNSET = (
    *("ZOHO_CLIENT_ID", "ZOHO_CLIENT_SECRET", "ZOHO_REFRESH_TOKEN"),
    *("MOODLE_BASE_URL", "MOODLE_TOKEN", "WEBHOOK_BASE_URL", "MZI_EVENT_SECRETS"),
)
REGISTRATIONS = "BTEC_Registrations"
UNCLEAR = "1,250"
"""Is it one thousand, or one and a quarter? The mapping does not guess."""


@dataclass(frozen=True)
class Newcomer:
    """`url` is the bridge's; `keys` what the office has in hand: the CRM's client, Moodle's
    address and token, the administrator's token. `unclear` is the id of a registration with fees
    that cannot be read, `fees` what they mean."""

    url: str
    keys: Mapping[str, str]
    unclear: str
    fees: str

    def fees_in_moodle(self) -> str | None:
        """What Moodle holds as the fees of that registration; None if it does not have it."""
        form = {
            "wstoken": self.keys["MOODLE_TOKEN"],
            "wsfunction": "local_mzi_get_rows",
            "moodlewsrestformat": "json",
            "entity": "registrations",
            "ids": f'["{self.unclear}"]',
        }
        address = f"{self.keys['MOODLE_BASE_URL']}/webservice/rest/server.php"
        answer = httpx2.post(address, data=form)
        rows = json.loads(answer.json()["rows"])
        return rows[0]["total_fees"] if rows else None


def school_mapping(folder: Path) -> Path:
    """The mapping of a school that shows no registration without its fees."""
    line = 'total_fees = { from = "Program_Price", type = "money", currency = "Currency" }'
    strict = line.replace(" }", ", required = true }")
    text = mapping_text("btec")
    assert text.count(line) == 1
    file = folder / "school.toml"
    file.write_text(text.replace(line, strict), encoding="utf-8")
    return file


def spoil_fees(keys: Mapping[str, str], fees: str) -> str:
    """Writes fees that cannot be read into one registration, as the office might; its id."""
    with httpx2.Client(base_url=keys["ZOHO_API_URL"]) as crm:
        token = crm.post(
            "/oauth/v2/token",
            data={
                "grant_type": "refresh_token",
                "refresh_token": keys["ZOHO_REFRESH_TOKEN"],
                "client_id": keys["ZOHO_CLIENT_ID"],
                "client_secret": keys["ZOHO_CLIENT_SECRET"],
            },
        ).json()["access_token"]
        crm.headers["Authorization"] = f"Zoho-oauthtoken {token}"
        found = crm.get(f"/crm/v2/{REGISTRATIONS}", params={"per_page": 1}).json()["data"][0]
        record = {"id": found["id"], "Program_Price": fees}
        written = crm.put(f"/crm/v2/{REGISTRATIONS}", json={"data": [record]}).json()
        assert written["data"][0]["code"] == "SUCCESS", written
        return str(found["id"])


@asynccontextmanager
async def _open(folder: Path, site: Mapping[str, str]) -> AsyncIterator[Newcomer]:
    async with stage.sandbox(students=12, seed=7) as sandbox:
        values = stage.bridge_settings({**sandbox["env"], **site}, folder)
        values["MZI_MAPPING"] = str(school_mapping(folder))
        fees = _fees_of_no_other_run() if site else UNCLEAR
        unclear = await anyio.to_thread.run_sync(spoil_fees, values, fees)
        async with stage.bridge(values, unset=UNSET) as url:
            yield Newcomer(url, values, unclear, fees.replace(",", "") + ".00")


def _fees_of_no_other_run() -> str:
    """A real site keeps what earlier runs left there."""
    return f"{1 + secrets.randbelow(999)},{secrets.randbelow(1000):03}"


@contextmanager
def newcomer(folder: Path, site: Mapping[str, str]) -> Iterator[Newcomer]:
    """`site`: the address and token of a real Moodle; empty for the emulated one."""
    with (
        anyio.from_thread.start_blocking_portal() as portal,
        portal.wrap_async_context_manager(_open(folder, site)) as found,
    ):
        yield found
