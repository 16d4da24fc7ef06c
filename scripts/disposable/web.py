"""nginx and php-fpm for one site, with every file of theirs in one folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from scripts.disposable import php
from scripts.disposable.account import Account
from scripts.disposable.errors import Lack, MachineLacks
from scripts.disposable.process import Server, port_answers, which

_FPM = """\
[global]
daemonize = no
error_log = /dev/stderr

[moodle]
listen = {folder}/fpm.sock
pm = static
pm.max_children = {workers}
catch_workers_output = yes
"""

# PATH_INFO is split off for theme and file addresses; the denials stand before the .php rule,
# since nginx takes the first regular expression that fits.
_NGINX = """\
daemon off;
pid {folder}/nginx.own.pid;
error_log stderr;
worker_processes 1;

events {{
    worker_connections 256;
}}

http {{
    include /etc/nginx/mime.types;
    default_type application/octet-stream;
    access_log {folder}/access.log;
    client_body_temp_path {folder}/tmp-body;
    fastcgi_temp_path {folder}/tmp-fastcgi;
    proxy_temp_path {folder}/tmp-proxy;
    scgi_temp_path {folder}/tmp-scgi;
    uwsgi_temp_path {folder}/tmp-uwsgi;
    client_max_body_size 64m;

    server {{
        listen 127.0.0.1:{port};
        root {web_root};
        index index.php;

        location ~ (/vendor/|/node_modules/|/fixtures/|/behat/|/tests/|/\\.) {{
            return 404;
        }}
        location ~* (composer\\.(json|lock)|environment\\.xml|install\\.xml|phpunit\\.xml.*)$ {{
            return 404;
        }}
        location ~* /(readme|upgrade|upgrading|changes|install)[^/]*\\.(txt|md)$ {{
            return 404;
        }}
        location ~ [^/]\\.php(/|$) {{
            fastcgi_split_path_info ^(.+?\\.php)(/.*)$;
            fastcgi_pass unix:{folder}/fpm.sock;
            include /etc/nginx/fastcgi_params;
            fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;
            fastcgi_param PATH_INFO $fastcgi_path_info;
            fastcgi_read_timeout 300;
        }}
    }}
}}
"""


def lacks() -> list[Lack]:
    return php.fpm_lacks() + ([] if which("nginx") else [Lack("nginx", "nginx-light")])


@dataclass(frozen=True)
class Web:
    folder: Path
    account: Account
    port: int
    web_root: Path
    workers: int = 4

    @property
    def _fpm_socket(self) -> Path:
        return self.folder / "fpm.sock"

    def start(self) -> None:
        """Waits until the port answers; raises `MachineLacks` or `SiteError`."""
        self.account.make_folder(self.folder)
        names = {"folder": self.folder, "port": self.port, "web_root": self.web_root}
        self.account.write(self.folder / "fpm.conf", _FPM.format(workers=self.workers, **names))
        self.account.write(self.folder / "nginx.conf", _NGINX.format(**names))
        if not self._fpm().running():
            self._fpm_socket.unlink(missing_ok=True)
        self._fpm().start(self._fpm_socket.exists)
        self._nginx().start(lambda: port_answers(self.port))

    def stop(self) -> None:
        self._nginx().stop()
        self._fpm().stop()

    def running(self) -> bool:
        return self._nginx().running() and self._fpm().running()

    def _fpm(self) -> Server:
        log = ("-d", f"error_log={self.folder / 'php.log'}")
        config = ("-y", str(self.folder / "fpm.conf"))
        command = (php.fpm(), "--nodaemonize", *config, *php.settings(), *log)
        return Server("php-fpm", command, self.folder, self.account)

    def _nginx(self) -> Server:
        nginx = which("nginx")
        if nginx is None:
            raise MachineLacks(lacks())
        config = str(self.folder / "nginx.conf")
        command = (nginx, "-e", "stderr", "-c", config, "-p", str(self.folder))
        return Server("nginx", command, self.folder, self.account)
