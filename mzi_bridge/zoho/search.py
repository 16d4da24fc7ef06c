"""Search in a module. The index lags behind writes by some seconds, and Zoho gives no more
than 2,000 rows of one search: never the way to learn whether a record exists."""

from __future__ import annotations

from collections.abc import Mapping

from mzi_bridge.zoho.criteria import Criteria
from mzi_bridge.zoho.errors import BadArgument
from mzi_bridge.zoho.naming import module_path
from mzi_bridge.zoho.records import PAGE_LIMIT, page_params
from mzi_bridge.zoho.rows import Page, page_of
from mzi_bridge.zoho.transport import Call, Sender

RESULT_LIMIT = 2000


class Search:
    """The search family of one API version. Each method gives one page, counted from 1."""

    def __init__(self, transport: Sender, version: str) -> None:
        self._transport = transport
        self._root = f"/crm/{version}"

    async def by_criteria(
        self, module: str, criteria: Criteria, page: int = 1, per_page: int = PAGE_LIMIT
    ) -> Page:
        """Records that meet the criteria (`criteria.where`, `all_of`, `any_of`)."""
        return await self._search(module, {"criteria": criteria.text}, page, per_page)

    async def by_email(
        self, module: str, email: str, page: int = 1, per_page: int = PAGE_LIMIT
    ) -> Page:
        """Records with this address in any e-mail field."""
        return await self._search(module, {"email": email}, page, per_page)

    async def by_phone(
        self, module: str, phone: str, page: int = 1, per_page: int = PAGE_LIMIT
    ) -> Page:
        """Records with this number in any phone field."""
        return await self._search(module, {"phone": phone}, page, per_page)

    async def by_word(
        self, module: str, word: str, page: int = 1, per_page: int = PAGE_LIMIT
    ) -> Page:
        """Records with this word anywhere; Zoho wants at least two characters."""
        return await self._search(module, {"word": word}, page, per_page)

    async def _search(
        self, module: str, wanted: Mapping[str, str], page: int, per_page: int
    ) -> Page:
        if not all(wanted.values()):
            raise BadArgument("A search for nothing is not sent.")
        if page * per_page > RESULT_LIMIT:
            raise BadArgument(f"Zoho gives no more than {RESULT_LIMIT} rows of a search.")
        call = Call(
            "search",
            "GET",
            f"{self._root}/{module_path(module)}/search",
            {**wanted, **page_params(page, per_page)},
        )
        return page_of(await self._transport.call(call), per_page=per_page)
