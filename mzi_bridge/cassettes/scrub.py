"""Takes secrets and personal values out of what a cassette keeps. Pure and idempotent.

Everything is replaced that is not known to be harmless: keys, CRM ids, times of change,
booleans, money by shape and currency codes stay.
"""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import parse_qsl, urlencode

SCRUBBED = "scrubbed"
SECRET_NAMES = {
    "access_token",
    "api_domain",
    "refresh_token",
    "client_id",
    "client_secret",
    "wstoken",
    "token",
    "code",
}
ID_NAMES = {"id", "Parent_Id"}
PROTOCOL_NUMBERS = {"count", "index", "page", "per_page", "expires_in"}
PROTOCOL_WORDS = {
    "action": {"inserted", "updated", "unchanged", "stale", "deleted", "rejected"},
    "token_type": {"Bearer"},
}
KEPT_HEADERS = {"content-type", "date"}
SAMPLE_DATE = "2001-02-03"
SAMPLE_MONEY_TEXT = "1,250.00"
SAMPLE_NUMBER = 1250

_ID = re.compile(r"\d{15,20}")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:[+-]\d\d:\d\d|Z)")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_AMOUNT = r"\d{1,3}(?:[.,\s]?\d{3})*(?:[.,]\d{1,2})?"
_WORD = r"(?:[$€£]|USD|EUR|GBP|JOD|JD|TL|TRY)"
_MONEY = re.compile(rf"{_WORD}\s?{_AMOUNT}|{_AMOUNT}\s?{_WORD}|{_AMOUNT}[.,]\d{{2}}")
_SHORT_NUMBER = re.compile(r"\d{1,9}")
_CURRENCY = re.compile(r"[A-Z]{3}")


def scrub_json(body: bytes) -> bytes:
    """A JSON answer with its values replaced; what is no JSON becomes empty."""
    if not body:
        return body
    try:
        value = json.loads(body)
    except ValueError:
        return b""
    return json.dumps(scrub_answer(value), ensure_ascii=False).encode()


def scrub_answer(value: Any) -> Any:
    """An answer, of the CRM or of Moodle: the words of the protocols stay, all else is replaced."""
    return _value("", value)


def scrub_form(body: bytes) -> bytes:
    """A form whose secrets are replaced, its other fields byte for byte as they were."""
    fields = parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=True)
    return urlencode(
        [(name, SCRUBBED if name in SECRET_NAMES else value) for name, value in fields]
    ).encode()


def scrub_notification(body: bytes) -> bytes:
    """A notification with its token replaced and nothing but ids of the record left."""
    notice = json.loads(body)
    kept = {"module", "ids", "operation", "channel_id", "server_time", "resource_uri"}
    return json.dumps(
        {key: value for key, value in notice.items() if key in kept} | {"token": SCRUBBED}
    ).encode()


def _value(key: str, value: Any) -> Any:
    if key in SECRET_NAMES:
        return SCRUBBED
    if key in PROTOCOL_NUMBERS and isinstance(value, int):
        return value
    if isinstance(value, str) and _is_protocol(key, value):
        return value
    if isinstance(value, dict):
        return {inner: _value(key if inner == "name" else inner, v) for inner, v in value.items()}
    if isinstance(value, list):
        return [_value(key, item) for item in value]
    if isinstance(value, str):
        return _text(key, value)
    if isinstance(value, float):
        return SAMPLE_NUMBER + 0.5
    if isinstance(value, int) and not isinstance(value, bool):
        return SAMPLE_NUMBER
    return value


def _is_protocol(key: str, text: str) -> bool:
    return text in PROTOCOL_WORDS.get(key, ())


def _text(key: str, text: str) -> str:
    if not text or (key in ID_NAMES and _ID.fullmatch(text)):
        return text
    if _TIME.fullmatch(text):
        return text if key in ("Modified_Time", "Created_Time") else f"{SAMPLE_DATE}T04:05:06+00:00"
    if _DATE.fullmatch(text):
        return SAMPLE_DATE
    if _SHORT_NUMBER.fullmatch(text):
        return str(SAMPLE_NUMBER)
    if _MONEY.fullmatch(text):
        return SAMPLE_MONEY_TEXT
    if _CURRENCY.fullmatch(text) and "urrency" in key:
        return text
    return f"{key}@example.com".lower() if "@" in text else f"{key} text"
