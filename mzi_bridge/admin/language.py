"""The languages of the console: texts, numbers and times as their readers write them."""

from __future__ import annotations

import gettext
import io
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from functools import cached_property
from importlib.resources import files

from babel import Locale
from babel.core import negotiate_locale
from babel.dates import format_datetime, format_time, format_timedelta
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent

from mzi_bridge.admin.text import Text

ENGLISH = "en"
ARABIC = "ar"
LANGUAGES = (ENGLISH, ARABIC)
LANGUAGE_NAMES = {ENGLISH: "English", ARABIC: "العربية"}
MINUTE = 60.0
DAY = 86_400.0


class Language:
    """One language as a page speaks it. Get one from `Languages`."""

    def __init__(self, code: str, catalogue: gettext.NullTranslations, zone: tzinfo) -> None:
        self.code = code
        self.locale = Locale(code)
        self.direction = "rtl" if self.locale.text_direction == "rtl" else "ltr"
        self.arrow = "←" if self.direction == "rtl" else "→"
        self.name = LANGUAGE_NAMES[code]
        self.catalogue = catalogue
        self._zone = zone

    def gettext(self, msgid: str) -> str:
        return self.catalogue.gettext(msgid) if msgid else ""

    def say(self, text: Text) -> str:
        """The text with its blanks filled."""
        if not text.many:
            return self.gettext(text.one) % text.blanks
        said = self.catalogue.ngettext(text.one, text.many, text.number)
        return said % {"number": self.number(text.number), **text.blanks}

    def number(self, value: float) -> str:
        return format_decimal(value, locale=self.locale)

    def percent(self, part: float) -> str:
        """`part` of 1, without decimals."""
        return format_percent(part, locale=self.locale)

    def time(self, at: float) -> str:
        """A moment (epoch seconds): day and time."""
        comma = "،" if self.direction == "rtl" else ","
        return format_datetime(self._there(at), f"d MMM y{comma} HH:mm", locale=self.locale)

    def hour(self, at: float) -> str:
        """The time of a moment, without its day."""
        return format_time(self._there(at), "HH:mm", locale=self.locale)

    def day(self, at: float) -> str:
        """The day of a moment, without its year."""
        return format_datetime(self._there(at), "d MMM", locale=self.locale)

    def span(self, seconds: float) -> str:
        """A length of time in its largest unit: `3 hours`."""
        return format_timedelta(round(seconds), threshold=1.2, locale=self.locale)

    def ago(self, at: float, now: float) -> str:
        """How long before or after `now`: `3 hours ago`, `in 5 minutes`."""
        # Nothing is "in 0 seconds".
        seconds = round(at - now) or -1
        return format_timedelta(seconds, threshold=1.2, add_direction=True, locale=self.locale)

    def iso(self, at: float) -> str:
        """A moment for machines."""
        return datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds")

    def _there(self, at: float) -> datetime:
        return datetime.fromtimestamp(at, self._zone)


class Languages:
    """English and Arabic, read once, for the first page; `zone` is the time zone in which moments
    are told."""

    def __init__(self, zone: tzinfo = UTC) -> None:
        self._zone = zone

    @cached_property
    def _known(self) -> Mapping[str, Language]:
        return {code: Language(code, _catalogue(code), self._zone) for code in LANGUAGES}

    def all(self) -> Sequence[Language]:
        return tuple(self._known.values())

    def choose(self, wish: str | None, accepted: str) -> Language:
        """The language of the wish (a code), else the best of an Accept-Language header."""
        if wish is not None and wish in self._known:
            return self._known[wish]
        found = negotiate_locale(_codes(accepted), LANGUAGES, sep="-")
        return self._known[found or ENGLISH]


def _codes(accepted: str) -> list[str]:
    """The codes of an Accept-Language header, the dearest first."""
    weighed: list[tuple[float, int, str]] = []
    for place, piece in enumerate(accepted[:1000].split(",")):
        code, _, weight = piece.strip().partition(";q=")
        try:
            value = float(weight or 1)
        except ValueError:
            continue
        if code and value > 0:
            weighed.append((-value, place, code))
    return [code for _, _, code in sorted(weighed)]


def _catalogue(code: str) -> gettext.NullTranslations:
    if code == ENGLISH:
        return gettext.NullTranslations()
    with files("mzi_bridge.admin").joinpath("locale", f"{code}.po").open("rb") as source:
        catalogue = read_po(source, locale=code)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
