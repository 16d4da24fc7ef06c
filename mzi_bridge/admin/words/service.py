"""What may keep the bridge itself from its work, in words."""

from __future__ import annotations

from collections.abc import Mapping

from mzi_bridge.admin.text import N_
from mzi_bridge.admin.words.reason import Reason

AGAIN = N_("The bridge tries again by itself.")
REPORT = N_("Report it with the lines of the bridge's log of this minute.")
SETTINGS = N_("An administrator corrects the settings and starts the bridge again.")
ANEW = N_("Open the page again and choose anew.")

SERVICE: Mapping[str, Reason] = {
    "database_unreachable": Reason(
        N_("The bridge's database cannot be reached."), N_("Check that the database server runs.")
    ),
    "database_locked": Reason(N_("Another process holds the bridge's database."), AGAIN),
    "database_full": Reason(
        N_("The disk of the bridge's database is full."), N_("Free disk space.")
    ),
    "database_read_only": Reason(
        N_("The bridge may not write its database."), N_("Give the bridge's user write access.")
    ),
    "database_pool_exhausted": Reason(N_("All connections to the database are in use."), AGAIN),
    "database_conflict": Reason(N_("Two writers met in the database."), AGAIN),
    "database_damaged": Reason(
        N_("The bridge's database is damaged."),
        N_("Restore it from a backup, then run a full sync."),
    ),
    "database_directory_missing": Reason(N_("The folder of the database is missing."), SETTINGS),
    "database_file_denied": Reason(N_("The database file cannot be opened."), SETTINGS),
    "database_login_refused": Reason(N_("The database server refuses the bridge."), SETTINGS),
    "sqlite_too_old": Reason(N_("The database program is too old."), SETTINGS),
    "schema_newer": Reason(N_("The database is of a newer bridge."), N_("Start the newer bridge.")),
    "journal_closed": Reason(N_("The bridge is stopping."), N_("Open the page again in a minute.")),
    "lock_busy": Reason(
        N_("Another process of the bridge does the same work."), N_("Try again in a minute.")
    ),
    "lock_lost": Reason(N_("Another process took the work over."), AGAIN),
    "lease_lost": Reason(N_("Another process took the work over."), AGAIN),
    "secret_key_missing": Reason(
        N_("No secret key is set."), N_("An administrator sets MZI_SECRET_KEY.")
    ),
    "secret_key_malformed": Reason(
        N_("The secret key is not one."), N_("An administrator sets MZI_SECRET_KEY.")
    ),
    "settings": Reason(N_("A setting is missing or wrong."), SETTINGS),
    "mapping_invalid": Reason(
        N_("The field mapping has faults."), N_("Correct the mapping; the details name each fault.")
    ),
    "mapping_changed": Reason(N_("Somebody else saved the mapping meanwhile."), ANEW),
    "no_such_version": Reason(N_("There is no such version of the mapping."), ANEW),
    "module_not_mapped": Reason(N_("No mapping knows this module."), ANEW),
    "students_not_mapped": Reason(
        N_("The mapping has no students."), N_("Map the CRM's module of the students.")
    ),
    "number_not_mapped": Reason(
        N_("The mapping does not take the student's number from one field."),
        N_("Search by the CRM's id."),
    ),
    "not_a_student": Reason(N_("This module is not that of the students."), ANEW),
    "not_found": Reason(N_("Nothing was found.")),
    "moodle_disabled": Reason(
        N_("Delivery to Moodle is switched off."), N_("Set MOODLE_ENABLED to true.")
    ),
    "not_connected": Reason(
        N_("The bridge is not connected yet."), N_("Connect the CRM and Moodle first.")
    ),
    "not_whole": Reason(
        N_("The sync ended before it was whole."),
        N_("Start it again; it goes on where it stopped."),
    ),
    "sync_running": Reason(N_("Another sync is still running."), N_("Wait for its end.")),
    "reconcile_running": Reason(
        N_("Another comparison is still running."), N_("Wait for its end.")
    ),
    "no_such_sync": Reason(N_("There is no such sync."), ANEW),
    "sync_not_running": Reason(N_("The sync is not running."), ANEW),
    "sync_not_paused": Reason(N_("The sync is not paused."), ANEW),
    "abandoned": Reason(N_("The process that ran it is gone."), N_("Start it again.")),
    "stopped": Reason(N_("It was stopped."), N_("Start it again.")),
    "held_number_differs": Reason(
        N_("Another number of changes is held now, so nothing was confirmed."),
        N_("Look at them again, then confirm the number shown."),
    ),
    "not_utf8": Reason(N_("The file is no text in UTF-8."), N_("Save it as UTF-8.")),
    "search_too_short": Reason(N_("A search takes two characters or more.")),
    "nothing_chosen": Reason(N_("Nothing was chosen."), ANEW),
    "bad_number": Reason(N_("A number is missing, or it is none."), ANEW),
    "bad_argument": Reason(N_("The bridge asked for what cannot be sent."), REPORT),
    "bad_name": Reason(N_("The name is missing, too long or cannot be printed."), ANEW),
    "no_scope": Reason(N_("A key needs at least one scope."), ANEW),
    "unknown_scope": Reason(N_("There is no such scope."), ANEW),
    "already_expired": Reason(N_("The key would have ended already."), ANEW),
    "no_such_key": Reason(N_("There is no such key that counts."), ANEW),
    "not_json": Reason(N_("What was sent is not JSON."), ANEW),
    "notice_refused": Reason(
        N_("The public address did not take our own notice."),
        N_("Let the public address lead to this bridge."),
    ),
    "public_url_missing": Reason(
        N_("The public address is not set."), N_("An administrator sets WEBHOOK_BASE_URL.")
    ),
    "channel_failed": Reason(N_("Zoho registered no channel."), N_("Try again in a minute.")),
    "consent_refused": Reason(
        N_("Zoho gave no consent."),
        N_("Agree in Zoho with an administrator's account of the CRM, and begin again."),
    ),
    "consent_unknown": Reason(
        N_("This consent was not asked for in this session, or too long ago."),
        N_("Begin again with “Connect”."),
    ),
    "consent_without_token": Reason(
        N_("Zoho gave no lasting token for this consent."),
        N_("Take the application out of the account's connected apps in Zoho, and agree again."),
    ),
    "public_address_wrong": Reason(
        N_("Something else than this bridge answers at the public address."),
        N_("Let the address lead to this bridge: check DNS, proxy and certificate."),
    ),
    "mapping_too_large": Reason(
        N_("The file is too large for a mapping."), N_("Choose the mapping's own file.")
    ),
    "no_such_preset": Reason(N_("There is no preset of that name."), ANEW),
}
