"""The shapes a setting can have, each with a refusal that says what was expected.

No refusal quotes the value: it could be a secret that stands in the wrong line.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Annotated, Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cryptography.fernet import Fernet
from pydantic import AfterValidator, BeforeValidator, SecretStr, ValidationInfo

Network = IPv4Network | IPv6Network

SECRET_MIN = 20
EVENT_KEY_PREFIX = "whsec_"
EVENT_KEY_BYTES = range(24, 65)
GRADE_BANDS = 3
ADMIN_TOKEN_MIN = 32
_LOCAL_NAMES = {"localhost", "ip6-localhost"}
_DATABASE = re.compile(r"(sqlite(\+aiosqlite)?|postgres(ql)?(\+psycopg)?)://")


def is_loopback(host: str) -> bool:
    """Whether a host name or address literal means this machine, without asking DNS."""
    if host.lower() in _LOCAL_NAMES:
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _split(value: Any) -> Any:
    if isinstance(value, str):
        return tuple(part for part in (piece.strip() for piece in value.split(",")) if part)
    return value


def _checked_url(value: str, info: ValidationInfo) -> str:
    try:
        parts = urlsplit(value)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise ValueError("is not a URL") from None
    if parts.scheme not in {"http", "https"} or not host:
        raise ValueError("must be a full URL that begins with https://")
    if re.search(r"[\s\\\x00-\x1f]", value):
        raise ValueError("must not hold spaces or backslashes")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError("must not hold a user, a password, a query or a fragment")
    plain_hosts = info.data.get("plain_http_hosts", ())
    if parts.scheme == "http" and not is_loopback(host) and host not in plain_hosts:
        raise ValueError("must use https (http only to this machine or MZI_PLAIN_HTTP_HOSTS)")
    return value.rstrip("/")


def _issuer(value: str, info: ValidationInfo) -> str:
    """An issuer is compared letter by letter: its last slash is part of it."""
    _checked_url(value, info)
    return value


def _people(words: tuple[str, ...]) -> tuple[str, ...]:
    for position, word in enumerate(words, start=1):
        if not re.fullmatch(r"[^@=\s]*@[^@=\s]+\.[^@=\s]+|[\w:/.-]+=\S+", word):
            raise ValueError(
                f"entry {position} is not an e-mail address, an @domain or claim=value"
            )
    return words


def _time_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        if name != "UTC":
            raise ValueError("is not a time zone that this machine knows") from None
    return name


def _has_its_key(value: bool, info: ValidationInfo) -> bool:
    if value and info.data.get("signature_secrets") == ():
        raise ValueError("must not be on while MZI_SIGNATURE_SECRETS is empty")
    return value


def _database_url(value: SecretStr) -> SecretStr:
    """Only the kind of database: the journal reads the rest, and names what is wrong in it."""
    if not _DATABASE.match(value.get_secret_value()):
        raise ValueError("must begin with sqlite:// or postgresql://")
    return value


def _networks(values: tuple[str, ...]) -> tuple[Network, ...]:
    networks = []
    for position, value in enumerate(values, start=1):
        try:
            networks.append(ip_network(value))
        except ValueError:
            raise ValueError(f"entry {position} is not an address or a CIDR range") from None
    return tuple(networks)


def _origins(values: tuple[str, ...]) -> tuple[str, ...]:
    """As a browser writes them: scheme and host in small letters, no path, no usual port."""
    for position, value in enumerate(values, start=1):
        try:
            parts = urlsplit(value)
            host, port = parts.hostname or "", parts.port
        except ValueError:
            host, parts, port = "", urlsplit(""), None
        shown = f"[{host}]" if ":" in host else host
        usual = {"https": 443, "http": 80}.get(parts.scheme)
        exact = f"{parts.scheme}://{shown}" + (f":{port}" if port not in (None, usual) else "")
        if not re.fullmatch(r"[0-9a-z.:-]+", host) or value != exact:
            raise ValueError(f"entry {position} must be an origin, as https://school.example.org")
        if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(host)):
            raise ValueError(f"entry {position} must use https (http only to this machine)")
    return values


def _header_safe(secret: str, least: int) -> str | None:
    if len(secret) < least:
        return f"must have at least {least} characters"
    if not re.fullmatch(r"[\x21-\x7e]+", secret):
        return "must be printable ASCII without spaces"
    return None


def _strong(least: int) -> Callable[[SecretStr], SecretStr]:
    def check(value: SecretStr) -> SecretStr:
        if problem := _header_safe(value.get_secret_value(), least):
            raise ValueError(problem)
        return value

    return check


def _strong_each(values: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
    for position, value in enumerate(values, start=1):
        if problem := _header_safe(value.get_secret_value(), SECRET_MIN):
            raise ValueError(f"entry {position} {problem}")
    return values


def _fernet_keys(values: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
    for position, value in enumerate(values, start=1):
        try:
            Fernet(value.get_secret_value())
        except ValueError:
            raise ValueError(
                f"entry {position} is not a Fernet key (32 bytes, URL-safe base64)"
            ) from None
    return values


def _event_keys(values: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
    for position, value in enumerate(values, start=1):
        prefix, encoded = value.get_secret_value().partition("_")[::2]
        try:
            length = len(base64.b64decode(encoded, validate=True))
        except binascii.Error:
            length = 0
        if f"{prefix}_" != EVENT_KEY_PREFIX or length not in EVENT_KEY_BYTES:
            raise ValueError(
                f"entry {position} must be whsec_ and the base64 of 24 to 64 random bytes"
            )
    return values


def _grade_bands(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return tuple(Decimal(part) for part in _split(value))
    except InvalidOperation:
        raise ValueError("must be three numbers") from None


def _falling(bands: tuple[Decimal, ...]) -> tuple[Decimal, ...]:
    if len(bands) != GRADE_BANDS or not all(band.is_finite() for band in bands):
        raise ValueError("must be three numbers")
    if not 100 >= bands[0] > bands[1] > bands[2] > 0:
        raise ValueError("must fall from at most 100 to more than 0: distinction, merit, pass")
    return bands


Url = Annotated[str, AfterValidator(_checked_url)]
IssuerUrl = Annotated[str, AfterValidator(_issuer)]
TimeZone = Annotated[str, AfterValidator(_time_zone)]
SignatureSwitch = Annotated[bool, AfterValidator(_has_its_key)]
DatabaseUrl = Annotated[SecretStr, AfterValidator(_database_url)]
Words = Annotated[tuple[str, ...], BeforeValidator(_split)]
People = Annotated[tuple[str, ...], BeforeValidator(_split), AfterValidator(_people)]
Networks = Annotated[tuple[Network, ...], BeforeValidator(lambda value: _networks(_split(value)))]
Origins = Annotated[tuple[str, ...], BeforeValidator(_split), AfterValidator(_origins)]
AdminToken = Annotated[SecretStr, AfterValidator(_strong(ADMIN_TOKEN_MIN))]
Secrets = Annotated[tuple[SecretStr, ...], BeforeValidator(_split), AfterValidator(_strong_each)]
FernetKeys = Annotated[tuple[SecretStr, ...], BeforeValidator(_split), AfterValidator(_fernet_keys)]
EventKeys = Annotated[tuple[SecretStr, ...], BeforeValidator(_split), AfterValidator(_event_keys)]
GradeBands = Annotated[tuple[Decimal, ...], BeforeValidator(_grade_bands), AfterValidator(_falling)]
