"""The plugin's PHPUnit suite on a database of its own, without Composer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from scripts.disposable.account import remove_tree
from scripts.disposable.errors import Lack
from scripts.disposable.folder import Folder
from scripts.disposable.plugin import PluginState
from scripts.disposable.process import run, run_in_sight, which
from scripts.disposable.state import Stamp

_SUITE = "local_mzi_testsuite"
_LOCALE = "en_AU"
_PHPUNIT = Path("/usr/share/php/PHPUnit/Autoload.php")
_VFSSTREAM = Path("/usr/share/php/org/bovigo/vfs/autoload.php")
_LOCALES = Path("/usr/share/i18n/locales")

# Moodle looks for Composer's files; these three stand in for them with Debian's packages.
_STAND_INS = {
    "vendor/phpunit/phpunit/composer.json": "{}\n",
    "vendor/autoload.php": f"<?php\nrequire_once '{_PHPUNIT}';\nrequire_once '{_VFSSTREAM}';\n",
    "vendor/bin/phpunit": (
        "<?php\n"
        f"define('PHPUNIT_COMPOSER_INSTALL', '{_PHPUNIT}');\n"
        "require_once __DIR__ . '/../autoload.php';\n"
        "PHPUnit\\TextUI\\Command::main();\n"
    ),
}


def lacks() -> list[Lack]:
    parts = {
        Lack("PHPUnit", "phpunit"): _PHPUNIT.exists(),
        Lack("vfsStream", "php-mikey179-vfsstream"): _VFSSTREAM.exists(),
        Lack(f"locale {_LOCALE}", "locales"): (_LOCALES / _LOCALE).exists() and which("localedef"),
    }
    return [lack for lack, there in parts.items() if not there]


@dataclass(frozen=True)
class PhpUnit:
    folder: Folder
    say: Callable[[str], None]

    def run(self, arguments: Sequence[str]) -> int:
        """Runs the suite in sight and answers PHPUnit's exit code; installs it where needed."""
        plugin = self.folder.prepare()
        self._stand_in_for_composer()
        self._make_locale()
        self._make_site_data()
        try:
            self._install(plugin)
            command = self.folder.php.command(self._top / "vendor/bin/phpunit")
            suite = ["--testsuite", _SUITE, *arguments]
            return run_in_sight([*command, *suite], self.folder.account, self._top, self._env)
        finally:
            self.folder.phpunit_database.stop()

    @property
    def _top(self) -> Path:
        return self.folder.source.top

    @property
    def _env(self) -> dict[str, str]:
        return {"LOCPATH": str(self.folder.top / "locale")}

    @property
    def _stamp_file(self) -> Path:
        return self.folder.phpunit / "installed.json"

    def _stand_in_for_composer(self) -> None:
        if (self._top / "vendor/phpunit/phpunit/src").exists():
            return
        for name, text in _STAND_INS.items():
            path = self._top / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.unlink(missing_ok=True)
            path.write_text(text)

    def _make_locale(self) -> None:
        """Moodle's tests want Australian English; made here, it needs no root."""
        place = self.folder.account.make_folder(self.folder.top / "locale") / f"{_LOCALE}.UTF-8"
        if not place.exists():
            command = ["localedef", "-i", _LOCALE, "-f", "UTF-8", str(place)]
            run(command, self.folder.account, place.parent)

    def _make_site_data(self) -> None:
        """Moodle refuses any script without the site's own data, even where there is no site."""
        self.folder.account.make_folder(self.folder.live)
        self.folder.account.make_folder(self.folder.live / "moodledata")

    def _install(self, plugin: PluginState) -> None:
        """A change of version or db/ costs a new installation, which starts from nothing."""
        wanted = Stamp(self.folder.source.version(), PluginState(plugin.version, plugin.schema))
        if Stamp.load(self._stamp_file) != wanted:
            self.say("installing PHPUnit's tables (about a minute)")
            self.folder.phpunit_database.stop()
            remove_tree(self.folder.phpunit)
            self.folder.account.make_folder(self.folder.phpunit)
            self.folder.phpunit_database.start()
            self._util("--install")
            wanted.save(self._stamp_file, self.folder.account)
        else:
            self.folder.phpunit_database.start()
        (self._top / "phpunit.xml").unlink(missing_ok=True)
        self._util("--buildconfig")

    def _util(self, option: str) -> None:
        script = self.folder.source.script("admin/tool/phpunit/cli/util.php")
        command = self.folder.php.command(script, option)
        run(command, self.folder.account, self._top, env=self._env)
