"""The catalogue of texts: `python -m mzi_bridge.admin.catalogue`, run in the repository's root,
adds new texts to each `locale/*.po`, to be translated, and takes out those that nothing says."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from jinja2.ext import babel_extract

from mzi_bridge.admin.rendering import environment
from mzi_bridge.admin.words.settings import described

FOLDER = Path(__file__).parent
LOCALE = FOLDER / "locale"
KEYWORDS = {"N_": None, "gettext": None, "ngettext": (1, 2), "counted": (1, 2)}
DROPPED = tuple(
    f'"{name}:'.encode()
    for name in (
        "Project-Id-Version",
        "Report-Msgid-Bugs-To",
        "POT-Creation-Date",
        "PO-Revision-Date",
        "Last-Translator",
        "Language-Team",
        "Generated-By",
    )
)

Msgid = str | tuple[str, str]


def texts() -> frozenset[Msgid]:
    """Every text of templates and code; one with a plural as a pair."""
    return frozenset(_marked(_in_code()) | _marked(_in_templates()) | described())


def catalogue(code: str) -> Catalog:
    """The texts of a language as they are in its file."""
    with (LOCALE / f"{code}.po").open("rb") as source:
        return read_po(source, locale=code)


def renewed(code: str) -> Catalog:
    """The catalogue with every text and no other, what is translated kept."""
    known = catalogue(code) if (LOCALE / f"{code}.po").exists() else Catalog(locale=code)
    new = Catalog(locale=code, fuzzy=False, header_comment=f"# Texts of the console: {code}.")
    for text in sorted(texts(), key=str):
        found = known.get(text if isinstance(text, str) else text[0])
        new.add(text, found.string if found is not None and found.id == text else None)
    return new


def save(code: str, new: Catalog) -> None:
    """Writes the file of a language, without what changes at each writing."""
    written = io.BytesIO()
    write_po(written, new, width=100, sort_output=True)
    kept = [line for line in written.getvalue().splitlines(True) if not line.startswith(DROPPED)]
    (LOCALE / f"{code}.po").write_bytes(b"".join(kept))


def write_catalogues() -> None:
    for file in LOCALE.glob("*.po"):
        save(file.stem, renewed(file.stem))


def _marked(found: Iterator[Msgid]) -> set[Msgid]:
    return {text for text in found if text}


def _in_code() -> Iterator[Msgid]:
    for file in sorted(FOLDER.rglob("*.py")):
        with file.open("rb") as source:
            for _, message, _, _ in extract("python", source, keywords=KEYWORDS):
                yield _msgid(message)


def _in_templates() -> Iterator[Msgid]:
    made = environment()
    options = {"trim_blocks": "true", "lstrip_blocks": "true", "newstyle_gettext": "true"}
    for file in sorted((FOLDER / "templates").glob("*.html")):
        # A template that cannot be read is a fault, not one without texts.
        made.parse(file.read_text())
        with file.open("rb") as source:
            for _, _, message, _ in babel_extract(source, list(KEYWORDS), [], options):
                yield _msgid(message)


def _msgid(message: object) -> Msgid:
    if isinstance(message, tuple | list):
        words = [word for word in message if isinstance(word, str)]
        return (words[0], words[1]) if len(words) > 1 else words[0]
    return str(message)


if __name__ == "__main__":
    write_catalogues()
