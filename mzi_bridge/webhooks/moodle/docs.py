"""Renders the page on events from the tables that the routes use:
`python -m mzi_bridge.webhooks.moodle.docs`, run in the repository's root."""

from __future__ import annotations

from pathlib import Path

from mzi_bridge.pipeline.facts import EVENT_TYPES
from mzi_bridge.webhooks.moodle.envelope import IMPORTED, MOST_EVENTS, MOST_RECORDS
from mzi_bridge.webhooks.moodle.operations import (
    EVENTS_PATH,
    GRADES_PATH,
    IMPORT_PATH,
    REQUESTS_PATH,
)
from mzi_bridge.webhooks.moodle.routes import GRADE_EVENTS
from mzi_bridge.webhooks.reasons import (
    MEANING,
    OF_EVENTS,
    RefusalReason,
    shown_error,
    status_of,
)

PAGE = Path("docs/events.md")
_SHARED = (
    RefusalReason.METHOD_NOT_ALLOWED,
    RefusalReason.ADDRESS_NOT_ALLOWED,
    RefusalReason.UNKNOWN_EVENT,
    RefusalReason.NO_SECRET_CONFIGURED,
    RefusalReason.WRONG_SIGNATURE,
    RefusalReason.WRONG_TOKEN,
    RefusalReason.NOT_JSON,
    RefusalReason.NOT_AN_OBJECT,
    RefusalReason.BAD_ENCODING,
    RefusalReason.TOO_DEEP,
    RefusalReason.DUPLICATE_KEY,
    RefusalReason.JOURNAL_UNAVAILABLE,
)


def events_page() -> str:
    """The page in Markdown."""
    types = ", ".join(f"`{name}`" for name in EVENT_TYPES)
    grades = " or ".join(f"`{name}`" for name in sorted(GRADE_EVENTS))
    imports = ", ".join(f"`{kind}` (as `{event}`)" for kind, event in IMPORTED.items())
    refusals = "".join(
        f"| `{reason}` | {status_of(reason)} | `{shown_error(reason)}` | {MEANING[reason]} |\n"
        for reason in RefusalReason
        if reason in OF_EVENTS or reason in _SHARED
    )
    return f"""# Events of Moodle

The plugin posts what happens in Moodle; the bridge answers once it is stored, and writes it into
the CRM afterwards. A refusal means that nothing was stored. After 503, or no answer at all, send
it again: an event is taken in once by its id, and a repeat is answered as the first was.

## Addresses

| address (`POST`, JSON) | takes |
|---|---|
| `{EVENTS_PATH}/<event>` | events of that type |
| `{EVENTS_PATH}/batch` | events of any types |
| `{REQUESTS_PATH}` | `request_submitted` |
| `{GRADES_PATH}` | {grades} |
| `{IMPORT_PATH}/<kind>` | records to import: {imports} |

Types: {types}.

The body is one envelope, or `{{"events": [...]}}` with at most {MOST_EVENTS}. An envelope has
`event_id` (a UUID), `event_type`, `timestamp` (when it happened, ISO 8601 with offset), `source`,
`moodle_url`, `tenant_id` and `data`; `mzi_bridge/pipeline/facts.py` says what `data` holds. An
import is `{{"tenant_id", "source", "moodle_url", "records": [...]}}` with at most {MOST_RECORDS}
records in the shape of `data`; its ids are made of the content, so the same again changes nothing.

## Proof

Each proof that is sent must be right, and one must be.

- **Standard Webhooks**: `webhook-id` (of a single event its `event_id`), `webhook-timestamp` (epoch
  seconds of sending) and `webhook-signature`: `v1,` and the base64 of HMAC-SHA256 over
  `<id>.<timestamp>.<raw body>`, several parted by spaces while keys rotate. Keys:
  `MZI_EVENT_SECRETS`.
- **Token**: `X-Moodle-Token` (`MZI_EVENT_TOKENS`), `X-Tenant-ID` and, for a single event,
  `X-Event-ID`.

`webhook-timestamp`, or else each event's `timestamp`, must be within five minutes of the bridge's
clock. `tenant_id` and `X-Tenant-ID` must be `MZI_TENANT`. `MZI_WEBHOOK_ALLOWED_IPS` counts here,
too.

## Answers

One event: `{{"success": true, "message", "event_id", "timestamp"}}`. `message` is `accepted` (it
will be written) or `noted`, and then `reason` says why nothing is: `not_mapped`, `switched_off`,
`no_class`, `no_student`, `no_letter`, or `superseded` by something newer.

A batch or an import: 200 with `results`, one for each event in order: `event_id`, `success`,
`message`, `reason`. An event that is none (`bad_envelope`, `unknown_event`) or comes under
another one's id (`event_id_reused`) is not stored; the others are.

A post of 100 events is answered within four times what a bare commit of as many rows into the same
journal takes, by the median and by the p95 of 1,000 events: `scripts/bench events` measures both in
turn. The CRM has no part in the answer.

## Refusals

Problem details (RFC 9457: `type`, `title`, `status`, `detail`) with `success` false, `message` and
`error` (the word), `event_id` null and `timestamp`. The log names the reason. Past
`MZI_AUTH_FAILURES` a minute, an address that proves nothing gets 429 `too_many_failures`.

| reason in the log | status | error in the answer | meaning |
|---|---|---|---|
{refusals}| – | 413 | `body_too_large` | The body is larger than `MZI_BODY_LIMIT`. |
| – | 408 | `body_too_slow` | The body did not arrive in time. |
"""


if __name__ == "__main__":
    PAGE.write_text(events_page(), encoding="utf-8")
