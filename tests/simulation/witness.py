"""Watches every call that reaches the emulators, and says which the rules forbid."""

from __future__ import annotations

import json
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Mapping, Set
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mzi_bridge.sandbox.moodle import Site
from tests.simulation.virtual_time import START

Key = tuple[str, str]
"""(CRM module, record id)."""


@dataclass
class History:
    """What happened, in ids and epoch seconds, and what should not have."""

    now: Callable[[], float]
    lines: deque[str] = field(default_factory=deque)
    wrongs: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    deleted: dict[Key, list[float]] = field(default_factory=dict)
    restored: dict[Key, list[float]] = field(default_factory=dict)
    accepted: dict[Key, float] = field(default_factory=dict)
    read: dict[Key, float] = field(default_factory=dict)
    shown: dict[Key, float] = field(default_factory=dict)
    written: dict[Key, float] = field(default_factory=dict)
    behind_reads: dict[str, Callable[[str], None]] = field(default_factory=dict)
    """Module → what befalls the next record of it that the CRM shows, before the answer is
    under way."""
    behind_writes: dict[str, Callable[[], None]] = field(default_factory=dict)
    """Record id → what follows once a write of that record has left for Moodle."""

    def tell(self, what: str) -> None:
        self.lines.append(f"{self.now() - START:.3f} {what}")

    def wrong(self, what: str) -> None:
        self.tell(f"WRONG: {what}")
        self.wrongs.append(what)


class Witness:
    """Stands between an emulator's fault layer and the emulator: sees calls that take effect."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        message = await receive()
        body: bytes = message.get("body", b"")

        async def again() -> Message:
            return message

        answer = bytearray()
        status = 0

        async def sent(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            else:
                answer.extend(message.get("body", b""))
            await send(message)

        async def go_on() -> tuple[int, bytes]:
            await self._app(scope, again, sent)
            return status, bytes(answer)

        await self.see(scope, body, go_on)

    async def see(
        self, scope: Scope, body: bytes, go_on: Callable[[], Awaitable[tuple[int, bytes]]]
    ) -> None:
        await go_on()


class CrmWitness(Witness):
    """Notes which records were read, and when."""

    def __init__(self, app: ASGIApp, history: History) -> None:
        super().__init__(app)
        self._history = history

    async def see(
        self, scope: Scope, body: bytes, go_on: Callable[[], Awaitable[tuple[int, bytes]]]
    ) -> None:
        status, answer = await go_on()
        parts = scope["path"].split("/")
        query = scope["query_string"].decode()
        self._history.tell(f"crm {scope['method']} {scope['path']} {status}")
        if scope["method"] != "GET" or parts[1:3] != ["crm", "v2"] or parts[-1] == "deleted":
            return
        now, module = self._history.now(), parts[3]
        if len(parts) > 5:
            return
        if len(parts) == 5 and status in (200, 204):
            self._history.read[module, parts[4]] = now
        asked = parse_qs(query).get("ids", [""])[0] if status in (200, 204) else ""
        for record_id in filter(None, asked.split(",")):
            self._history.read[module, record_id] = now
        if status == 200:
            for record in json.loads(answer).get("data", ()):
                self._history.read[module, record["id"]] = now
                self._history.shown[module, record["id"]] = now
                if befall := self._history.behind_reads.pop(module, None):
                    befall(record["id"])


class MoodleWitness(Witness):
    """Compares rows and photos before and after each write. `had_photo`: whether the CRM has
    this very picture of the student, and had it before this second."""

    def __init__(
        self,
        app: ASGIApp,
        site: Site,
        modules: Mapping[str, str],
        history: History,
        had_photo: Callable[[str, bytes, int], bool],
    ) -> None:
        super().__init__(app)
        self._site = site
        self._module_of = {entity: module for module, entity in modules.items()}
        self._history = history
        self._had_photo = had_photo
        self._tombstones: dict[str, deque[float]] = {}

    async def see(
        self, scope: Scope, body: bytes, go_on: Callable[[], Awaitable[tuple[int, bytes]]]
    ) -> None:
        form = {name: values[-1] for name, values in parse_qs(body.decode()).items()}
        function = form.get("wsfunction", "")
        if function.startswith("local_mzi_upsert_"):
            entity = function.removeprefix("local_mzi_upsert_")
            rows = json.loads(form["records"])
            await self._upsert(entity, rows, go_on)
        elif function == "local_mzi_confirm_rows":
            entity, rows = form["entity"], json.loads(form["records"])
            await self._confirm(entity, rows, go_on)
        elif function == "local_mzi_set_photo":
            await self._photos(json.loads(form["photos"]), go_on)
        elif function == "local_mzi_delete_records":
            ids = json.loads(form["ids"])
            options = json.loads(form.get("options", "{}"))
            await self._delete(form["entity"], ids, options.get("brake") == "confirmed", go_on)
        else:
            status, _ = await go_on()
            self._history.tell(f"moodle {function} {status}")

    async def _upsert(
        self,
        entity: str,
        rows: list[dict[str, Any]],
        go_on: Callable[[], Awaitable[tuple[int, bytes]]],
    ) -> None:
        key = self._site.tables[entity].entity.key
        before = {row[key]: self._versions(entity, row[key]) for row in rows}
        status, answer = await go_on()
        self._told(f"upsert {entity}", [row[key] for row in rows], status, answer)
        for row in rows:
            self._judge_write(entity, row[key], row, before[row[key]])

    async def _confirm(
        self,
        entity: str,
        rows: list[dict[str, Any]],
        go_on: Callable[[], Awaitable[tuple[int, bytes]]],
    ) -> None:
        """Of rows with another content than the stored ones nothing is touched."""
        table = self._site.tables[entity]
        sent = {row[table.entity.key]: row for row in rows}
        before = {record_id: self._versions(entity, record_id) for record_id in sent}
        status, answer = await go_on()
        self._told(f"confirm {entity}", list(sent), status, answer)
        for record_id, row in sent.items():
            stored = table.get(record_id)
            if stored is not None and stored.row["content_hash"] == row["content_hash"]:
                self._judge_write(entity, record_id, row, before[record_id])
            elif self._versions(entity, record_id) != before[record_id]:
                self._history.wrong(f"confirmed, and another content: {entity} {record_id}")

    async def _delete(
        self,
        entity: str,
        ids: list[str],
        confirmed: bool,
        go_on: Callable[[], Awaitable[tuple[int, bytes]]],
    ) -> None:
        for record_id in ids:
            known = self._history.deleted.get((self._module_of[entity], record_id), [])
            if not known:
                self._history.wrong(f"delete without proof: {entity} {record_id}")
        table = self._site.tables[entity]
        living = {stored.row[table.entity.key] for stored in table.all() if not stored.deleted}
        status, answer = await go_on()
        self._told(f"delete {entity}", ids, status, answer)
        if not confirmed:
            self._count_tombstones(entity, living, ids)
        for record_id in ids:
            stored = table.get(record_id)
            if stored is not None and stored.deleted:
                self._note_write(entity, record_id)

    async def _photos(
        self,
        rows: list[dict[str, Any]],
        go_on: Callable[[], Awaitable[tuple[int, bytes]]],
    ) -> None:
        read = {row["zoho_student_id"]: row["read_time"] for row in rows}
        before = {record_id: self._picture(record_id) for record_id in read}
        status, answer = await go_on()
        self._told("set_photo", list(read), status, answer)
        for record_id, picture in sorted(before.items()):
            if picture is None or self._picture(record_id) is not None:
                continue
            if self._had_photo(record_id, picture, read[record_id]):
                self._history.wrong(f"a photo was taken away that the CRM has: {record_id}")

    def _picture(self, record_id: str) -> bytes | None:
        stored = self._site.photos.get(record_id)
        return None if stored is None else stored.image

    def _count_tombstones(self, entity: str, living: Set[str], ids: list[str]) -> None:
        """At most max(10, 2 %) within an hour that nobody confirmed."""
        table, now = self._site.tables[entity], self._history.now()
        hour = self._tombstones.setdefault(entity, deque())
        for record_id in ids:
            stored = table.get(record_id)
            if record_id in living and stored is not None and stored.deleted:
                hour.append(now)
        while hour and hour[0] <= now - 3600.0:
            hour.popleft()
        if len(hour) > max(10, len(living) // 50):
            self._history.wrong(f"{len(hour)} tombstones within an hour: {entity}")

    def _judge_write(
        self, entity: str, record_id: str, row: Mapping[str, Any], before: Mapping[str, Any] | None
    ) -> None:
        after = self._versions(entity, record_id)
        if after is None:
            return
        self._note_write(entity, record_id)
        shown = self._history.shown.get((self._module_of[entity], record_id), 0.0)
        if row["read_time"] > shown:
            self._history.wrong(f"a read was dated later than it was: {entity} {record_id}")
        if before is None:
            return
        if after["modified_time"] < before["modified_time"]:
            self._history.wrong(f"an older version was written: {entity} {record_id}")
        if before["deleted_at"] is not None and after["deleted_at"] is None:
            module = self._module_of[entity]
            if (module, record_id) not in self._history.restored:
                self._history.wrong(f"a tombstone was lifted: {entity} {record_id}")
            if row["read_time"] <= before["deleted_at"]:
                self._history.wrong(f"an older read lifted a tombstone: {entity} {record_id}")

    def _note_write(self, entity: str, record_id: str) -> None:
        self._history.written[self._module_of[entity], record_id] = self._history.now()

    def _versions(self, entity: str, record_id: str) -> dict[str, Any] | None:
        stored = self._site.tables[entity].get(record_id)
        if stored is None:
            return None
        return {name: stored.row[name] for name in ("modified_time", "deleted_at", "synced_at")}

    def _told(self, what: str, ids: list[str], status: int, answer: bytes) -> None:
        actions: Counter[str] = Counter()
        try:
            actions.update(result["action"] for result in json.loads(answer)["results"])
        except (ValueError, KeyError, TypeError):
            actions["no result"] += 1
        self._history.tell(
            f"moodle {what} {status} {','.join(ids)} {dict(sorted(actions.items()))}"
        )
        self._history.counts.update({f"moodle {action}": n for action, n in actions.items()})
