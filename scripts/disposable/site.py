"""A disposable Moodle site: install it, keep it current with the plugin, put it back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from scripts.disposable.account import REPOSITORY, remove_tree
from scripts.disposable.errors import SiteError
from scripts.disposable.folder import Folder
from scripts.disposable.plugin import PluginState
from scripts.disposable.process import run
from scripts.disposable.state import Stamp
from scripts.disposable.users import User, made_up_users

_STUDENTS_BY_DEFAULT = 20
_USERS_SHOWN = 100  # one variable of the environment holds 128 kB
_ADMIN_MAIL = "admin@example.org"
_CONFIGURE = "configure_site.php"
_COMMAND = REPOSITORY / "scripts" / "moodle_site"


@dataclass(frozen=True)
class Site:
    folder: Folder
    say: Callable[[str], None]

    def up(self, users: Sequence[User] | None = None) -> None:
        """Installs the site, or starts it and upgrades it to the plugin's code of now.

        `users` None: those of the last time, else a few made up.
        """
        self._keep_users(users)
        plugin = self.folder.prepare()
        if self._stamp() is None:
            self._install(plugin)
        self.folder.database.start()
        self._bring_current(plugin)
        if not self.folder.snapshot.exists():
            self._take_snapshot()
        self.folder.web.start()

    def reset(self) -> None:
        """Puts back the site as `up` left it at first, with the plugin's code of now."""
        if not self.folder.snapshot.exists():
            raise SiteError(f"there is no {self.folder.family} site to reset: run `up` first")
        self.folder.web.stop()
        self.folder.database.stop()
        self._copy(self.folder.snapshot, self.folder.live)
        plugin = self.folder.prepare()
        self.folder.database.start()
        if self._bring_current(plugin):
            self._take_snapshot()
        self.folder.web.start()

    def running(self) -> bool:
        return self.folder.top.exists() and self._stamp() is not None and self.folder.web.running()

    def facts(self) -> dict[str, object]:
        """What tests need to reach the site; it holds secrets.

        `weak_token` is refused by the plugin's capability; `cli` runs a Moodle CLI script,
        `run` a PHP file of ours.
        """
        stamp, identity = self._stamp(), self.folder.identity
        return {
            "base_url": f"http://127.0.0.1:{identity.web_port}",
            "token": stamp.token if stamp else "",
            "weak_token": stamp.weak_token if stamp else "",
            "db": self.folder.family,
            "wwwroot_dir": str(self.folder.source.web_root),
            "phpunit": f"{_COMMAND} phpunit --db {self.folder.family}",
            "run": f"{_COMMAND} run --db {self.folder.family} --",
            "cli": f"{_COMMAND} cli --db {self.folder.family} --",
            "admin_username": "admin",
            "admin_password": identity.admin_password,
            "user_password": identity.user_password,
            "users": json.loads(self._users_file.read_text())[:_USERS_SHOWN],
        }

    def run_script(self, file: Path, stdin: str | None = None) -> str:
        """Runs a PHP file from outside Moodle, with the path of config.php as its argument.

        Answers what it printed; raises `SiteError` with its last words if it fails.
        """
        script = self.folder.account.write(self.folder.top / file.name, file.read_text())
        config = str(self.folder.source.top / "config.php")
        return self.folder.php.run(script, config, stdin=stdin)

    @property
    def _stamp_file(self) -> Path:
        return self.folder.live / "site.json"

    def _stamp(self) -> Stamp | None:
        return Stamp.load(self._stamp_file)

    def _install(self, plugin: PluginState) -> None:
        self.say("installing Moodle (about a minute)")
        self.folder.database.stop()
        remove_tree(self.folder.live)
        self.folder.account.make_folder(self.folder.live / "moodledata")
        self.folder.account.own(self.folder.live)
        self.folder.database.start()
        # The password is on a command line here, so it is a throwaway: the next step sets another.
        names = ("--fullname=MZI test site", "--shortname=mzi", f"--adminemail={_ADMIN_MAIL}")
        options = ("--agree-license", "--lang=en", "--adminpass=Throwaway-1", *names)
        self._cli("admin/cli/install_database.php", *options)
        Stamp(self.folder.source.version(), plugin).save(self._stamp_file, self.folder.account)

    def _bring_current(self, plugin: PluginState) -> bool:
        """Upgrades, names the bridge's token and creates users where needed; whether it did."""
        before = self._stamp()
        if before is None:
            raise SiteError("the site's folder is damaged: run `down`, then `up`")
        now = replace(before, source=self.folder.source.version(), plugin=plugin)
        if self._needs_upgrade(before, now):
            self._upgrade(before, now)
        elif before.plugin.files != plugin.files:
            self._cli("admin/cli/purge_caches.php")
        if plugin.version and (not before.token or before.plugin.schema != plugin.schema):
            now = replace(now, token=self._set_up_bridge())
            now = replace(now, weak_token=self._own_script("weak_token.php").strip())
        users = self._users_file.read_text()
        told = users + Path(__file__).with_name(_CONFIGURE).read_text()
        now = replace(now, users=hashlib.sha256(told.encode()).hexdigest())
        if before.users != now.users:
            self._configure(json.loads(users))
        now.save(self._stamp_file, self.folder.account)
        return now != before

    @staticmethod
    def _needs_upgrade(before: Stamp, now: Stamp) -> bool:
        return (before.source, before.plugin.schema) != (now.source, now.plugin.schema)

    def _upgrade(self, before: Stamp, now: Stamp) -> None:
        """Moodle upgrades by version number only, so anything but a higher one starts afresh."""
        changed = before.plugin.schema != now.plugin.schema
        higher = int(now.plugin.version or 0) > int(before.plugin.version or 0)
        if changed and before.plugin.version and not higher:
            self.say("the plugin's db/ changed without a higher version: installing it afresh")
            self._cli("admin/cli/uninstall_plugins.php", "--plugins=local_mzi,enrol_mzi", "--run")
        self.say("upgrading the site")
        self._cli("admin/cli/upgrade.php", "--non-interactive")

    def _set_up_bridge(self) -> str:
        said = self._cli("local/mzi/cli/setup_bridge.php", "--json", "--show-token")
        return str(json.loads(said)["token"])

    def _configure(self, users: list[User]) -> None:
        identity = self.folder.identity
        wanted = {
            "admin_password": identity.admin_password,
            "user_password": identity.user_password,
            "users": users,
        }
        self._own_script(_CONFIGURE, stdin=json.dumps(wanted))

    def _own_script(self, name: str, stdin: str | None = None) -> str:
        return self.run_script(Path(__file__).with_name(name), stdin)

    @property
    def _users_file(self) -> Path:
        return self.folder.top / "users.json"

    def _keep_users(self, users: Sequence[User] | None) -> None:
        self.folder.account.make_folder(self.folder.top)
        if users is None and self._users_file.exists():
            return
        wanted = made_up_users(_STUDENTS_BY_DEFAULT) if users is None else users
        self.folder.account.write(self._users_file, json.dumps(list(wanted)))

    def _take_snapshot(self) -> None:
        self.folder.database.stop()
        self._copy(self.folder.live, self.folder.snapshot)
        self.folder.database.start()

    @staticmethod
    def _copy(origin: Path, target: Path) -> None:
        remove_tree(target)
        run(["cp", "-a", "--reflink=auto", origin, target], None, origin.parent)

    def _cli(self, script: str, *arguments: str) -> str:
        return self.folder.php.run(self.folder.source.script(script), *arguments)
