"""Templates: one environment a language, escaping always, an unknown name a fault."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property, partial
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from mzi_bridge.admin.language import Language, Languages
from mzi_bridge.admin.static_files import static_url

EXTENSIONS = ("jinja2.ext.i18n",)


class Rendering:
    """Renders templates of `admin/templates` in a language. `globals` are there for each."""

    def __init__(self, languages: Languages, globals: Mapping[str, Any]) -> None:
        self._languages = languages
        self._globals = globals

    @cached_property
    def _environments(self) -> Mapping[str, Environment]:
        """Made for the first page."""
        languages = self._languages.all()
        given = {"languages": languages, **self._globals}
        return {language.code: _environment(language, given) for language in languages}

    def render(self, language: Language, template: str, context: Mapping[str, Any]) -> str:
        return self._environments[language.code].get_template(template).render(context)


def environment() -> Environment:
    """As templates are parsed, without a language: for the catalogue's extraction, too."""
    return Environment(
        loader=PackageLoader("mzi_bridge.admin"),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=EXTENSIONS,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _environment(language: Language, globals: Mapping[str, Any]) -> Environment:
    made = environment()
    # Typed by the extension at run time only.
    install: Any = made
    install.install_gettext_callables(language.gettext, partial(_plural, language), newstyle=True)
    made.globals.update(globals, language=language, static=static_url, arrow=language.arrow)
    made.filters.update(
        say=language.say,
        number=language.number,
        percent=language.percent,
        time=language.time,
        iso=language.iso,
        span=language.span,
    )
    return made


def _plural(language: Language, one: str, many: str, number: int) -> str:
    return language.catalogue.ngettext(one, many, number)
