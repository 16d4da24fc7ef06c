"""A page's form as a browser without JavaScript would send it."""

from __future__ import annotations

from html.parser import HTMLParser


class _Form(HTMLParser):
    """The fields of the first form of class `editor`, in order; `buttons` are (name, value)."""

    def __init__(self, wanted: str) -> None:
        super().__init__()
        self._wanted = wanted
        self._inside = False
        self._select: str | None = None
        self._options: list[tuple[str | None, bool]] = []
        self._area: str | None = None
        self._text = ""
        self._in_option = False
        self.fields: list[tuple[str, str]] = []
        self.buttons: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self._inside = self._wanted in (given.get("class") or "", given.get("action") or "")
        if not self._inside:
            return
        name = given.get("name") or ""
        if tag == "button" and name:
            self.buttons.append((name, given.get("value") or ""))
        elif tag == "input" and name:
            self._take_input(name, given)
        elif tag == "select":
            self._select, self._options = name, []
        elif tag == "option" and self._select is not None:
            self._options.append((given.get("value"), "selected" in given))
            self._in_option, self._text = True, ""
        elif tag == "textarea":
            self._area, self._text = name, ""

    def _take_input(self, name: str, given: dict[str, str | None]) -> None:
        if given.get("type") == "checkbox" and "checked" not in given:
            return
        if given.get("type") != "file":
            self.fields.append((name, given.get("value") or ""))

    def handle_data(self, data: str) -> None:
        self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        elif tag == "option" and self._in_option:
            value, selected = self._options[-1]
            self._options[-1] = (self._text if value is None else value, selected)
            self._in_option = False
        elif tag == "select" and self._select is not None:
            chosen = [value for value, selected in self._options if selected]
            first = [value for value, _ in self._options]
            value = (chosen or first or [""])[0]
            self.fields.append((self._select, value or ""))
            self._select = None
        elif tag == "textarea" and self._area is not None:
            text = self._text.removeprefix("\n").replace("\n", "\r\n")
            self.fields.append((self._area, text))
            self._area = None


def form_of(page: str, wanted: str = "editor") -> dict[str, list[str]]:
    """Name → values of the form with this class or action."""
    parser = _parsed(page, wanted)
    found: dict[str, list[str]] = {}
    for name, value in parser.fields:
        found.setdefault(name, []).append(value)
    return found


def buttons_of(page: str, wanted: str = "editor") -> list[tuple[str, str]]:
    return _parsed(page, wanted).buttons


def _parsed(page: str, wanted: str) -> _Form:
    parser = _Form(wanted)
    parser.feed(page)
    parser.close()
    return parser
