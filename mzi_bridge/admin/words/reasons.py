"""What each reason word means, and what a person does about it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from mzi_bridge.admin.text import N_
from mzi_bridge.admin.words.reason import Reason
from mzi_bridge.admin.words.records import RECORDS
from mzi_bridge.admin.words.service import SERVICE
from mzi_bridge.admin.words.sides import SIDES

REASONS: Mapping[str, Reason] = MappingProxyType(
    {
        **SIDES,
        **RECORDS,
        **SERVICE,
        "not_permitted": Reason(
            N_("You may look at this, but not do it."),
            N_("Ask an operator to do it, or to make you one."),
        ),
        "cross_site": Reason(
            N_("The form did not come from a page of this console, so nothing was done."),
            N_("Open the page in the console and send the form from there."),
        ),
        "wrong_admin_token": Reason(
            N_("The token is wrong."),
            N_("Copy the value of ADMIN_TOKEN again, without spaces around it."),
        ),
        "too_many_tries": Reason(
            N_("Too many tries to sign in from your address."), N_("Wait some minutes.")
        ),
        "https_needed": Reason(
            N_("Signing in takes https, so that nobody on the way reads the token."),
            N_("Open the console by its https address."),
        ),
        "openid_issuer_unusable": Reason(
            N_("The sign-in service of your organisation cannot be used now."),
            N_("Try again later; an administrator checks MZI_OIDC_ISSUER."),
        ),
        "openid_issuer_differs": Reason(
            N_("The sign-in service gives itself another name than the settings do."),
            N_("An administrator sets MZI_OIDC_ISSUER exactly as the service writes it."),
        ),
        "openid_client_refused": Reason(
            N_("The sign-in service does not know the bridge."),
            N_("An administrator checks MZI_OIDC_CLIENT_ID and MZI_OIDC_CLIENT_SECRET."),
        ),
        "openid_code_refused": Reason(
            N_("This sign-in is used up or too old."), N_("Sign in again from this page.")
        ),
        "openid_state_unknown": Reason(
            N_("This sign-in was not begun in this browser, or is too old."),
            N_("Sign in again from this page."),
        ),
        "openid_not_agreed": Reason(
            N_("The sign-in service did not let you through, or you did not agree."),
            N_("Sign in again, and agree that the bridge learns your e-mail address."),
        ),
        "openid_token_refused": Reason(
            N_("The bridge does not believe the sign-in service's answer."),
            N_("Sign in again; if it happens again, an administrator looks at the details."),
        ),
        "openid_email_unverified": Reason(
            N_("The sign-in service does not say that your e-mail address is verified."),
            N_("Verify your address there, or ask an administrator to let you in by a role."),
        ),
        "openid_person_unknown": Reason(
            N_("You are not allowed into this console."),
            N_("Ask an administrator to put your e-mail address on the list."),
        ),
        "session_over": Reason(N_("That session was over already.")),
        "no_such_page": Reason(N_("There is no such page."), N_("Choose a page from the menu.")),
        "bad_request": Reason(
            N_("The bridge could not read this request."), N_("Open the page again.")
        ),
        "bug": Reason(
            N_("The bridge met a fault of its own."),
            N_("Report it with the lines of the bridge's log of this minute."),
        ),
    }
)
UNKNOWN = Reason(N_("The bridge gives this reason in its own words."))


def reason_of(word: str) -> Reason:
    """The texts of a reason word; a word that is new here gets `UNKNOWN`."""
    return REASONS.get(word, UNKNOWN)
