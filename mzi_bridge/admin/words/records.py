"""What may keep one record back, in words."""

from __future__ import annotations

from collections.abc import Mapping

from mzi_bridge.admin.text import N_
from mzi_bridge.admin.words.reason import Reason

AGAIN = N_("The bridge tries again by itself.")
REPORT = N_("Report it with the lines of the bridge's log of this minute.")
VALUE = N_("Correct the value in the CRM; the change is carried over by itself.")
MAPPING = N_("Check the field mapping, or correct the record in the CRM.")

RECORDS: Mapping[str, Reason] = {
    "required": Reason(N_("A value that must be there is missing."), VALUE),
    "wrong_type": Reason(N_("A value is of another kind than its column."), MAPPING),
    "invalid_value": Reason(N_("A value is not one that its column can take."), VALUE),
    "out_of_range": Reason(N_("A number or date is out of range."), VALUE),
    "too_long": Reason(N_("A text is longer than its column."), VALUE),
    "too_precise": Reason(N_("A number has more decimals than its column."), VALUE),
    "ambiguous": Reason(N_("A value can be read in two ways."), VALUE),
    "duplicate": Reason(N_("The same row is there twice."), VALUE),
    "incomplete": Reason(N_("The CRM did not show all of the record."), AGAIN),
    "denied": Reason(N_("The mapping may not read this field."), MAPPING),
    "projection": Reason(N_("The record does not fit the field mapping."), MAPPING),
    "poison": Reason(
        N_("The bridge was stopped again and again while it held this record."),
        N_("Look at the record in the CRM, then try it again."),
    ),
    "rejected": Reason(N_("Moodle refuses this record."), VALUE),
    "stale": Reason(N_("Moodle has a newer version of the record."), AGAIN),
    "held": Reason(N_("The change waits for your word."), N_("Look at it under Held changes.")),
    "discarded": Reason(N_("An operator has decided against this change.")),
    "superseded": Reason(N_("Something newer took its place.")),
    "in_doubt": Reason(N_("The CRM did not show the record when asked again."), AGAIN),
    "over_the_cap": Reason(
        N_("More deletions or endings came than are applied without asking."),
        N_("Look at them, then confirm or discard them."),
    ),
    "brake_on": Reason(
        N_("The module's brake is on since others wait."), N_("Decide about the changes that wait.")
    ),
    "not_shown_by_crm": Reason(
        N_("The CRM neither shows the record nor calls it deleted."),
        N_("If it is gone for good, send a delete event for it."),
    ),
    "not_shown_by_id": Reason(
        N_("The CRM lists the record but does not show it by its id."),
        N_("Look at the record in the CRM."),
    ),
    "parent_not_in_crm": Reason(
        N_("The CRM does not have the record that is named."),
        N_("Name another in the CRM, or restore that one."),
    ),
    "deleted_in_crm": Reason(N_("The CRM lists the record as deleted.")),
    "file_gone": Reason(N_("The file is no longer where it was.")),
    "file_refused": Reason(
        N_("The CRM refuses a file of the request."),
        N_("The request itself stands; hand the file in by hand."),
    ),
    "file_too_large": Reason(
        N_("A file is larger than the CRM takes."), N_("Hand a smaller file in.")
    ),
    "photo_not_an_image": Reason(
        N_("The photo is not an image."), N_("Upload a JPEG or PNG in the CRM.")
    ),
    "photo_too_large": Reason(
        N_("The photo is too large."), N_("Upload a smaller photo in the CRM.")
    ),
    "key_not_unique": Reason(
        N_("The CRM does not keep the key field unique."),
        N_("Mark the key field as unique in the CRM."),
    ),
    "look_unfinished": Reason(N_("Too many requests changed to look through all."), AGAIN),
    "looked_for": Reason(N_("The bridge looks whether a lost write is there."), AGAIN),
    "record_gone": Reason(
        N_("The CRM no longer has the record."), N_("Restore it in the CRM, or discard the write.")
    ),
    "facts_erased": Reason(
        N_("What was to be written is no longer kept."),
        N_("Enter it in the CRM by hand, then discard this."),
    ),
    "bad_record_id": Reason(N_("A record's id cannot be used."), REPORT),
    "bad_record_key": Reason(N_("A record's key cannot be used."), REPORT),
    "bad_module": Reason(N_("A module's name cannot be used."), REPORT),
    "bad_time": Reason(N_("A time is out of range."), REPORT),
    "bad_event_id": Reason(N_("An event's id cannot be used."), REPORT),
    "bad_event_type": Reason(N_("An event's type cannot be used."), REPORT),
}
