"""What Zoho and Moodle may answer, in words."""

from __future__ import annotations

from collections.abc import Mapping

from mzi_bridge.admin.text import N_
from mzi_bridge.admin.words.reason import Reason

AGAIN = N_("The bridge tries again by itself.")
REPORT = N_("Report it with the lines of the bridge's log of this minute.")
VALUE = N_("Correct the value in the CRM; the change is carried over by itself.")
MAPPING = N_("Check the field mapping, or correct the record in the CRM.")
SETTINGS = N_("An administrator corrects the settings and starts the bridge again.")
SET_UP = N_("In Moodle open “Access of the bridge” and press “Check and mend”.")

SIDES: Mapping[str, Reason] = {
    "rate_limited": Reason(N_("Zoho asks the bridge to slow down."), AGAIN),
    "server_fault": Reason(N_("Zoho had a fault of its own."), AGAIN),
    "bad_answer": Reason(N_("An answer of Zoho could not be read."), AGAIN),
    "unreachable": Reason(
        N_("The other side cannot be reached."),
        N_("Check the address and the network; the bridge tries again by itself."),
    ),
    "unknown_effect": Reason(N_("A write was sent and no answer came."), AGAIN),
    "bulk_failed": Reason(N_("Zoho could not finish a bulk read."), AGAIN),
    "bulk_lost": Reason(N_("Zoho no longer has a bulk read."), AGAIN),
    "bulk_too_slow": Reason(N_("A bulk read took too long."), AGAIN),
    "credits_reserved": Reason(
        N_("The rest of today's API credits is kept for live changes."),
        N_("It goes on when credits come free; a larger edition has more."),
    ),
    "credits_used_up": Reason(
        N_("Today's API credits of Zoho are used up."),
        N_("It goes on when credits come free; see which program uses them."),
    ),
    "token_throttled": Reason(N_("Zoho gave too many tokens in a short time."), AGAIN),
    "token_refused": Reason(
        N_("Zoho does not accept the bridge's consent any more."), N_("Connect Zoho anew.")
    ),
    "scope_missing": Reason(
        N_("The consent lacks a right that the bridge needs."),
        N_("Connect Zoho anew and agree to everything asked."),
    ),
    "record_refused": Reason(N_("The CRM refuses this record."), VALUE),
    "zoho_fault": Reason(N_("Zoho had a passing fault."), AGAIN),
    "zoho_paused": Reason(N_("Nothing can be had from Zoho now."), AGAIN),
    "zoho_setting": Reason(N_("A setting of the connection to Zoho is wrong."), SETTINGS),
    "unknown_region": Reason(N_("The region of Zoho is wrong."), SETTINGS),
    "invalid_module": Reason(N_("The CRM has no such module."), MAPPING),
    "no_permission": Reason(
        N_("The CRM user of the bridge may not do this."),
        N_("Give that user's profile the right in the CRM."),
    ),
    "invalid_query": Reason(N_("The CRM does not understand a question of the bridge."), REPORT),
    "wrong_host": Reason(N_("The address of Zoho is of another region."), SETTINGS),
    "redirect_refused": Reason(N_("The other side leads to another address."), SETTINGS),
    "request_refused": Reason(N_("Zoho does not accept the bridge's request."), REPORT),
    "unexpected_answer": Reason(N_("The other side answered in an unknown form."), REPORT),
    "crm_incomplete": Reason(N_("The CRM did not show all that it should."), AGAIN),
    "maintenance": Reason(
        N_("Moodle is under maintenance."),
        N_("Wait until the site is back; the bridge goes on by itself."),
    ),
    "moodle_exception": Reason(
        N_("Moodle met a fault of its own."), N_("Look into Moodle's error log.")
    ),
    "redirected": Reason(
        N_("Moodle leads to another address."),
        N_("Set MOODLE_BASE_URL exactly to the site's wwwroot."),
    ),
    "server_error": Reason(N_("The other side answers with a fault."), AGAIN),
    "throttled": Reason(N_("The other side asks the bridge to slow down."), AGAIN),
    "timeout": Reason(N_("The other side took too long to answer."), AGAIN),
    "too_large": Reason(N_("The other side finds the request too large."), REPORT),
    "web_services_off": Reason(N_("Web services are switched off in Moodle."), SET_UP),
    "wrong_address": Reason(
        N_("There is no Moodle at this address."),
        N_("Set MOODLE_BASE_URL exactly to the site's wwwroot."),
    ),
    "invalidtoken": Reason(N_("Moodle does not accept the bridge's token."), SET_UP),
    "accessexception": Reason(N_("Moodle does not let the bridge use its functions."), SET_UP),
    "nopermissions": Reason(N_("The bridge's Moodle user lacks a right."), SET_UP),
    "requireloginerror": Reason(N_("The bridge's Moodle user cannot sign in."), SET_UP),
    "servicerequireslogin": Reason(N_("The bridge's Moodle user cannot sign in."), SET_UP),
    "wsaccessusersuspended": Reason(
        N_("The bridge's Moodle user is suspended."), N_("Activate the user in Moodle.")
    ),
    "wsaccessuserdeleted": Reason(N_("The bridge's Moodle user is deleted."), SET_UP),
    "wsaccessuserunconfirmed": Reason(
        N_("The bridge's Moodle user is not confirmed."), N_("Confirm the user in Moodle.")
    ),
    "invalidrecord": Reason(
        N_("The plugin on the Moodle site lacks a function."),
        N_("Update the plugin local_mzi on the site."),
    ),
    "contract_broken": Reason(
        N_("Moodle's plugin answered otherwise than agreed."),
        N_("Update the plugin local_mzi and the bridge to the same release."),
    ),
    "contract_malformed": Reason(
        N_("The plugin's description of itself cannot be read."),
        N_("Update the plugin local_mzi and the bridge to the same release."),
    ),
    "unknown_student": Reason(
        N_("This Moodle user is not a known student."), N_("Link the user to the student's record.")
    ),
}
