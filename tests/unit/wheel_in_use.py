"""Uses an unpacked wheel, in a process and a folder of its own: started with the folder's path."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from pathlib import Path

import anyio
import httpx2
from cryptography.fernet import Fernet

import mzi_bridge
from mzi_bridge.admin.routes import PAGES
from mzi_bridge.app import create_app
from mzi_bridge.mapping import load_preset, shipped_presets
from mzi_bridge.sandbox.moodle import load_contract
from mzi_bridge.settings import Settings

TOKEN = "an-admin-token-of-thirty-two-characters"
SETTINGS = {
    "DATABASE_URL": "sqlite:///used.sqlite3",
    "MZI_SECRET_KEY": Fernet.generate_key().decode(),
    "ADMIN_TOKEN": TOKEN,
}
OPEN = ("/admin/sign-in", "/docs", "/redoc", "/docs/errors", "/openapi.json")
CONSOLE = tuple(
    f"/admin{page.path}"
    for page in PAGES
    if page.look is not None
    and "{" not in page.path
    and not page.path.endswith(("/live", "/export", "/reset"))
)
LOADED = re.compile(r'(?:src|href)="([^"#]+\.(?:js|css|svg|png))"')
OWN = {"sec-fetch-site": "same-origin"}


async def use() -> None:
    """What a browser asks for, and what each page loads."""
    app = create_app(Settings.model_validate(SETTINGS))
    http = httpx2.AsyncClient(
        base_url="http://localhost",
        transport=httpx2.ASGITransport(app),
        headers={"accept-language": "ar"},
    )
    async with app.router.lifespan_context(app), http:
        loaded = await looked_at(http, OPEN)
        await http.post("/admin/sign-in", data={"token": TOKEN}, headers=OWN)
        loaded |= await looked_at(http, CONSOLE)
        assert len(loaded) > 8, loaded
        for path in loaded:
            assert (await http.get(path)).status_code == 200, path


async def looked_at(http: httpx2.AsyncClient, pages: Iterable[str]) -> set[str]:
    loaded: set[str] = set()
    for page in pages:
        answer = await http.get(page)
        assert answer.status_code == 200, f"{page}: {answer.status_code}"
        assert not page.startswith("/admin") or 'lang="ar"' in answer.text, page
        loaded.update(str(answer.url.join(link)) for link in LOADED.findall(answer.text))
    return loaded


def main(home: Path) -> None:
    assert Path(mzi_bridge.__file__ or "").is_relative_to(home), "not the wheel"
    for preset in shipped_presets():
        load_preset(preset)
    assert len(shipped_presets()) > 1
    load_contract()
    anyio.run(use)


main(Path(sys.argv[1]))
sys.stdout.write("used\n")
