"""Renders the webhooks page from the tables that the routes use:
`python -m mzi_bridge.webhooks.docs`, run in the repository's root."""

from __future__ import annotations

from pathlib import Path

from mzi_bridge.pipeline.channel_terms import WEBHOOK_PATH
from mzi_bridge.webhooks.operations import WORKFLOW_PATH
from mzi_bridge.webhooks.reasons import MEANING, OF_EVENTS, RefusalReason, shown_error, status_of
from mzi_bridge.webhooks.workflow import EVENTS, ID_FIELDS

PAGE = Path("docs/webhooks.md")


def webhooks_page() -> str:
    """The page in Markdown."""
    events = "".join(
        f"| `{WORKFLOW_PATH}/{event.name}` | {event.entity} | {event.operation} |\n"
        for event in EVENTS.values()
    )
    refusals = "".join(
        f"| `{reason}` | {status_of(reason)} | `{shown_error(reason)}` | {MEANING[reason]} |\n"
        for reason in RefusalReason
        if reason not in OF_EVENTS
    )
    names = ", ".join(f"`{name}`" for name in ID_FIELDS)
    return f"""# Webhooks

The bridge answers `202 {{"accepted": n}}` once n distinct records are durably stored as changed;
it reads the records themselves from the CRM afterwards. A refusal means that nothing
was stored; after 503, or no answer at all, send it again, since doing so twice does no harm.

## Notification channels

`POST {WEBHOOK_PATH}` takes the callbacks of the channels that `mzi channels setup` registers. The
sender is proven by the token that Zoho echoes; while a token is rotated, the previous one is good,
too.

## Workflow webhooks

A CRM rule may call these addresses with `POST`, with a JSON object or a form. The body names the
record in the first of {names} that is filled: text of digits, a list, or ids joined by commas.
The rest of the body is ignored. The sender is proven by one of the secrets of
`MZI_WEBHOOK_SECRETS`, in the header `X-MZI-Token` or the body field `token` (never in the
address), or by `X-Zoho-Signature`, the hexadecimal HMAC-SHA256 of the raw body with a key of
`MZI_SIGNATURE_SECRETS`. Each one that is sent must be right.

| address | entity | operation |
|---|---|---|
{events}
## Refusals

Problem details (RFC 9457); `error` is the word. The log names the reason. A sender that is not
proven is told no more than the third column, and past `MZI_AUTH_FAILURES` a minute gets 429
`too_many_failures`; what is proven is taken in all the same.

| reason in the log | status | error in the answer | meaning |
|---|---|---|---|
{refusals}| – | 413 | `body_too_large` | The body is larger than `MZI_BODY_LIMIT`. |
| – | 408 | `body_too_slow` | The body did not arrive in time. |
"""


if __name__ == "__main__":
    PAGE.write_text(webhooks_page(), encoding="utf-8")
