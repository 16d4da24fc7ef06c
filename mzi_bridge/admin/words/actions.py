"""The words of the audit log: actions, outcomes, roles, and who is nobody by name."""

from __future__ import annotations

from types import MappingProxyType

from mzi_bridge.admin.text import N_, Text

ACTIONS = MappingProxyType(
    {
        "sign_in": N_("Signed in"),
        "sign_out": N_("Signed out"),
        "revoke_session": N_("Ended a session"),
        "start_sync": N_("Started a sync"),
        "pause_sync": N_("Paused a sync"),
        "resume_sync": N_("Went on with a sync"),
        "cancel_sync": N_("Cancelled a sync"),
        "retry_dead": N_("Tried given-up records again"),
        "discard_dead": N_("Discarded given-up records"),
        "retry_push": N_("Tried writes into the CRM again"),
        "discard_push": N_("Discarded a write into the CRM"),
        "confirm_held": N_("Confirmed held changes"),
        "discard_held": N_("Discarded held changes"),
        "reopen_held": N_("Held a discarded change again"),
        "set_up_channels": N_("Registered channels"),
        "renew_channels": N_("Renewed channels"),
        "delete_channel": N_("Ended a channel"),
        "test_channel": N_("Sent a test notice"),
        "start_reconcile": N_("Compared both sides"),
        "start_repair": N_("Compared both sides and mended"),
        "run_diagnostics": N_("Examined everything"),
        "key_created": N_("Made an API key"),
        "key_revoked": N_("Revoked an API key"),
        "search_record": N_("Looked for a record"),
        "preview_record": N_("Looked at what would change in a record"),
        "carry_record": N_("Carried a record over"),
        "resync_student": N_("Carried a student over with all records"),
        "connect_zoho": N_("Entered the application in Zoho"),
        "check_zoho": N_("Checked the connection to Zoho"),
        "check_moodle": N_("Checked the connection to Moodle"),
        "new_event_key": N_("Made a signing key for Moodle"),
        "check_mapping": N_("Checked the mapping"),
        "draft_mapping": N_("Worked at a draft of a mapping"),
        "preview_mapping": N_("Tried a draft of a mapping on a record"),
        "save_mapping": N_("Saved a mapping"),
        "carry_module": N_("Carried a module over"),
        "roll_back_mapping": N_("Took a mapping back"),
        "reset_mapping": N_("Began again from a preset"),
        "import_mapping": N_("Imported a mapping"),
        "change_settings": N_("Changed settings"),
        "take_back_setting": N_("Took a setting back"),
    }
)
OUTCOMES = MappingProxyType(
    {
        "done": N_("Done"),
        "begun": N_("Begun, end unknown"),
        "bug": N_("A fault of the bridge"),
    }
)
ROLES = MappingProxyType({"viewer": N_("Viewer"), "operator": N_("Operator")})
ACTORS = MappingProxyType({"admin-token": N_("Administrator (token)"), "": N_("Nobody signed in")})


def action_text(word: str) -> Text:
    return _known(ACTIONS, word)


def outcome_text(word: str) -> Text:
    return _known(OUTCOMES, word)


def role_text(word: str) -> Text:
    return _known(ROLES, word)


def actor_text(word: str) -> Text:
    return _known(ACTORS, word)


def _known(words: MappingProxyType[str, str], word: str) -> Text:
    return Text(words[word]) if word in words else Text("%(word)s", {"word": word})
