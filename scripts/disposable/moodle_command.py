"""`scripts/moodle_site`: the command line over sites and PHPUnit."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from scripts.disposable import requirements
from scripts.disposable.database import FAMILIES
from scripts.disposable.errors import MachineLacks, SiteError
from scripts.disposable.folder import Folder
from scripts.disposable.phpunit import PhpUnit
from scripts.disposable.process import run_in_sight
from scripts.disposable.site import Site
from scripts.disposable.users import User, made_up_users, read_users

_HELP = """\
A disposable Moodle site with this repository's plugin, on servers of its own.

  up       install, or start and upgrade to the plugin's code of now
  reset    put the site back as `up` first left it
  stop     end the servers, keep the files
  down     end the servers and remove everything
  status   say whether it runs, and where
  phpunit  run the plugin's PHPUnit suite (arguments after -- go to PHPUnit)
  cli      run one of Moodle's CLI scripts on the site: cli -- admin/cli/cron.php --keep-alive=0
  run      run a PHP file of ours, which gets the path of config.php: run -- FILE < input
  lacks    name what the machine lacks for the site

MOODLE_DIR names a Moodle code directory (default /var/www/html/moodle); it stays as it is.
MZI_PLUGIN_DIR names another plugin directory, MZI_RUN_DIR another place than .run.
Exit codes: 0 well, 1 failed or not running, 2 wrong arguments, 3 the machine lacks something.
"""


def main(arguments: Sequence[str]) -> int:
    cut = arguments.index("--") if "--" in arguments else len(arguments)
    options = _parser().parse_args(arguments[:cut])
    try:
        return _run(options, arguments[cut + 1 :])
    except MachineLacks as lacks:
        print(f"moodle_site: {lacks}", file=sys.stderr)
        return 3
    except SiteError as error:
        print(f"moodle_site: {error}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    form = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser("moodle_site", description=_HELP, formatter_class=form)
    commands = ["up", "reset", "stop", "down", "status", "phpunit", "cli", "run", "lacks"]
    parser.add_argument("command", choices=commands)
    parser.add_argument("--db", choices=sorted(FAMILIES), default="pgsql")
    parser.add_argument("--json", action="store_true", help="print one line of JSON, with secrets")
    parser.add_argument("--students", type=int, metavar="N", help="have N made-up students")
    parser.add_argument("--users", metavar="FILE", help="have the users of a CSV file (- = stdin)")
    parser.add_argument("--packages", action="store_true", help="lacks: only Debian packages")
    parser.add_argument("--for-phpunit", action="store_true", help="lacks: for PHPUnit instead")
    return parser


def _run(options: argparse.Namespace, rest: Sequence[str]) -> int:
    if options.command == "lacks":
        return _lacks(options)
    folder = Folder.of(options.db)
    if options.command == "cli":
        with folder.beside_others():
            return _cli(folder, rest)
    with folder.alone():
        if options.command == "phpunit":
            requirements.require(requirements.phpunit_lacks(options.db))
            return PhpUnit(folder, _say).run(rest)
        if options.command in ("stop", "down"):
            (folder.stop if options.command == "stop" else folder.remove)()
            return 0
        if options.command == "run":
            return _run_file(Site(folder, _say), rest)
        return _site(options, Site(folder, _say))


def _site(options: argparse.Namespace, site: Site) -> int:
    if options.command == "status":
        if not site.running():
            print(f"no Moodle site is running on {options.db}", file=sys.stderr)
            return 1
    else:
        requirements.require(requirements.site_lacks(options.db))
        if options.command == "up":
            site.up(_users(options))
        else:
            site.reset()
    _show(site.facts(), options.json)
    return 0


def _cli(folder: Folder, words: Sequence[str]) -> int:
    if not words:
        raise SiteError("cli: name a script, e.g. -- admin/cli/cron.php --keep-alive=0")
    command = folder.php.command(folder.source.script(words[0]), *words[1:])
    return run_in_sight(command, folder.account, folder.source.top, {})


def _run_file(site: Site, words: Sequence[str]) -> int:
    if len(words) != 1 or not Path(words[0]).is_file():
        raise SiteError("run: name one PHP file")
    if not site.running():
        raise SiteError("run: the site is not up; scripts/moodle_site up starts it")
    print(site.run_script(Path(words[0]), sys.stdin.read()), end="")
    return 0


def _users(options: argparse.Namespace) -> list[User] | None:
    if options.users is not None:
        return read_users(options.users)
    return None if options.students is None else made_up_users(options.students)


def _show(facts: dict[str, object], as_json: bool) -> None:
    if as_json:
        print(json.dumps(facts))
        return
    print(f"Moodle on {facts['db']}: {facts['base_url']}")
    print(f"code: {facts['wwwroot_dir']}")
    print(f"PHPUnit: {facts['phpunit']}")
    print("passwords and the bridge's token: add --json")


def _lacks(options: argparse.Namespace) -> int:
    find = requirements.phpunit_lacks if options.for_phpunit else requirements.site_lacks
    lacks = find(options.db)
    if options.packages:
        packages = sorted({lack.package for lack in lacks if lack.package})
        print(*packages, sep="\n")
    elif lacks:
        print("; ".join(str(lack) for lack in lacks))
    return 3 if lacks else 0


def _say(line: str) -> None:
    print(f"moodle_site: {line}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
