"""What can go wrong with Zoho, named by what to do next.

    RetryLater
    ├── RateLimited         429: too many calls at once
    ├── ServerFault         5xx
    ├── BadAnswer           HTML, truncated or otherwise unreadable
    ├── Unreachable         no answer; nothing was changed by it
    ├── UnknownEffect       a write was sent and its reply lost: it may have happened
    ├── BulkFailed  BulkLost  BulkTooSlow
    └── CreditsReserved     background work: what is left of the day is kept for live work
    PauseLink
    ├── CreditsUsedUp       the day's API credits are spent
    ├── TokenThrottled      the accounts server wants fewer token requests
    ├── TokenRefused        no token can be had, or none is accepted
    └── ScopeMissing        the token may not use this API
    RejectRecord
    └── RecordRefused       the CRM refuses this one record or file
    OperatorError
    ├── UnknownRegion  InvalidModule  NoPermission  InvalidQuery  WrongHost
    ├── FileTooLarge  RedirectRefused
    └── RequestRefused      any other refusal of the whole request
    ContractError
    ├── BadArgument         we asked for something the API has no words for
    └── UnexpectedAnswer    readable, but of a shape no documentation allows

`code` is Zoho's own error word. No message holds Zoho's free text, a URL or a value of a
record: Zoho's words can quote what was sent.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Self

from mzi_bridge.errors import (
    ContractError,
    OperatorError,
    PauseLink,
    RejectRecord,
    RetryLater,
)
from mzi_bridge.zoho_scopes import LISTED_SCOPES


class ZohoRetryLater(RetryLater):
    """A passing fault of Zoho's or of the way there.

    `effect_unknown` is true when the request was a write that may have been carried out.
    """

    word: ClassVar[str] = "zoho_fault"
    advice: ClassVar[str] = "The call is tried again later."

    def __init__(
        self,
        message: str,
        *,
        code: str = "",
        retry_after: float | None = None,
        effect_unknown: bool = False,
    ) -> None:
        super().__init__(message, reason=self.word, fix=self.advice, retry_after=retry_after)
        self.code = code
        self.effect_unknown = effect_unknown

    def again(self, retry_after: float) -> Self:
        """The same fault, told to a later caller without asking Zoho again."""
        return type(self)(self.message, code=self.code, retry_after=retry_after)


class RateLimited(ZohoRetryLater):
    word = "rate_limited"
    advice = "Wait, or lower the number of calls under way at once."


class ServerFault(ZohoRetryLater):
    word = "server_fault"
    advice = "Wait; if it lasts, look at Zoho's status page."


class BadAnswer(ZohoRetryLater):
    word = "bad_answer"
    advice = "Wait; if it lasts, look for a proxy or a login page between here and Zoho."


class Unreachable(ZohoRetryLater):
    word = "unreachable"
    advice = "Check the network, DNS and the configured Zoho URLs."


class UnknownEffect(ZohoRetryLater):
    """The write was sent; whether it happened is not known. Send again only what is
    idempotent (update, upsert, delete); before an insert, look whether it is there."""

    word = "unknown_effect"
    advice = "Look in the CRM before sending an insert again."

    def __init__(self, message: str, *, code: str = "", retry_after: float | None = None) -> None:
        super().__init__(message, code=code, retry_after=retry_after, effect_unknown=True)


class BulkFailed(ZohoRetryLater):
    """The bulk read ended in FAILURE."""

    word = "bulk_failed"
    advice = "It is begun anew later; if it lasts, look at Zoho's status page."


class BulkLost(ZohoRetryLater):
    """Zoho forgot the bulk read, or its file, which it keeps for a day."""

    word = "bulk_lost"
    advice = "It is begun anew later."


class BulkTooSlow(ZohoRetryLater):
    """The bulk read was neither finished nor failed within the time it is waited for."""

    word = "bulk_too_slow"
    advice = "It is begun anew later; if it lasts, look at Zoho's status page."


class CreditsReserved(ZohoRetryLater):
    """Background work was not sent: `retry_after` says when credits will be free again."""

    word = "credits_reserved"
    advice = "Wait, buy more credits in Zoho CRM, or lower MZI_ZOHO_CREDIT_RESERVE."


class ZohoPauseLink(PauseLink):
    """Nothing can be had from Zoho until credentials or quota are in order again."""

    word: ClassVar[str] = "zoho_paused"
    advice: ClassVar[str] = ""

    def __init__(
        self,
        message: str,
        *,
        code: str = "",
        fix: str = "",
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message, reason=self.word, fix=fix or self.advice, retry_after=retry_after)
        self.code = code

    def again(self, retry_after: float) -> Self:
        """The same fault, told to a later caller without asking Zoho again."""
        return type(self)(self.message, code=self.code, fix=self.fix, retry_after=retry_after)


class CreditsUsedUp(ZohoPauseLink):
    word = "credits_used_up"
    advice = "Wait for the rolling 24 hours to free credits, or buy more in Zoho CRM."


class TokenThrottled(ZohoPauseLink):
    word = "token_throttled"
    advice = "Wait: Zoho allows 10 access tokens in 10 minutes for one refresh token."


class TokenRefused(ZohoPauseLink):
    word = "token_refused"
    advice = "Make a new refresh token in the Zoho API console and set ZOHO_REFRESH_TOKEN."


class ScopeMissing(ZohoPauseLink):
    word = "scope_missing"
    advice = f"Make a refresh token with the scopes {LISTED_SCOPES}."


class RecordRefused(RejectRecord):
    """The CRM refuses this record, id or file. `field` is the field's API name, if named."""

    def __init__(self, message: str, *, code: str = "", field: str | None = None) -> None:
        super().__init__(
            message,
            reason=code.lower() or "record_refused",
            fix="Correct the record in the CRM, or the mapping, and replay it.",
        )
        self.code = code
        self.field = field


class ZohoOperatorError(OperatorError):
    word: ClassVar[str] = "zoho_setting"
    advice: ClassVar[str] = ""

    def __init__(self, message: str, *, code: str = "", fix: str = "") -> None:
        super().__init__(message, reason=self.word, fix=fix or self.advice)
        self.code = code


class UnknownRegion(ZohoOperatorError):
    word = "unknown_region"

    def __init__(self, name: str, known: Sequence[str]) -> None:
        super().__init__(
            f"There is no Zoho data centre {name!r}.",
            fix=f"Use one of {', '.join(known)}, or give both the accounts and the API URL.",
        )


class InvalidModule(ZohoOperatorError):
    word = "invalid_module"
    advice = "Check the module's API name in the mapping (Setup, APIs, API names)."


class NoPermission(ZohoOperatorError):
    word = "no_permission"
    advice = "Give the user who made the token access to this module in their CRM profile."


class InvalidQuery(ZohoOperatorError):
    word = "invalid_query"
    advice = "Correct the criteria or the COQL statement."


class WrongHost(ZohoOperatorError):
    word = "wrong_host"
    advice = "Check ZOHO_REGION, ZOHO_API_URL and the API version of this family."


class FileTooLarge(ZohoOperatorError):
    word = "file_too_large"
    advice = "Make the file smaller."


class RedirectRefused(ZohoOperatorError):
    word = "redirect_refused"
    advice = "Use the redirect URI that is registered for this client in the API console."


class RequestRefused(ZohoOperatorError):
    word = "request_refused"
    advice = "Look the code up in Zoho's list of API errors."


class BadArgument(ContractError):
    """The caller asked for what cannot be sent; nothing was sent."""

    def __init__(self, message: str) -> None:
        super().__init__(message, reason="bad_argument", fix="This is a bug: report it.")


class UnexpectedAnswer(ContractError):
    """A readable answer of a shape that no documentation of Zoho's allows."""

    def __init__(self, message: str) -> None:
        super().__init__(
            message,
            reason="unexpected_answer",
            fix="Report it with the operation's name; Zoho may have changed its API.",
        )
