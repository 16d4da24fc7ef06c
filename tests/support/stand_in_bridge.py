"""A bridge that answers the extension API by the contract and remembers what it was asked.

As a program, `python -m tests.support.stand_in_bridge`, it serves until it is ended.
`PUT /_mode` with {"mode": …} says how it is; `GET /_calls` tells what came.
"""

from __future__ import annotations

import copy
import json
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.support import extension_answers as answers
from tests.support.extension_answers import Json

KEY = "mzi_stand_in_key_0123456789"
WELL = "well"
MODES = (WELL, "unauthorized", "forbidden", "down", "other_site", "no_way", "not_json")

Answer = tuple[int, Any]


class Bridge:
    """What stands behind the API, as far as the pages can tell."""

    def __init__(self) -> None:
        self.mode = WELL
        self.calls: list[Json] = []
        self.mapping = copy.deepcopy(answers.MAPPING)
        self.runs: list[Json] = [copy.deepcopy(answers.RUN)]

    def answer(self, method: str, path: str, query: Json, body: Json | None, key: str) -> Answer:
        self.calls.append({"method": method, "path": path, "query": query, "body": body})
        if key != f"Bearer {KEY}" or self.mode == "unauthorized":
            return 401, answers.problem(401, "unauthorized")
        if self.mode == "forbidden":
            return 403, answers.problem(403, "scope_missing")
        if self.mode == "down":
            return 503, answers.problem(503, "journal_unavailable")
        if self.mode == "not_json":
            return 200, "<html>a proxy</html>"
        return self._route(method, path.removeprefix("/api/v1").strip("/").split("/"), query, body)

    def _route(self, method: str, parts: list[str], query: Json, body: Json | None) -> Answer:
        match method, parts:
            case "GET", ["extension", "state"]:
                return 200, answers.STATE
            case "POST", ["extension", "ping"]:
                return 200, self._ping((body or {})["site"])
            case "GET", ["extension", "modules"]:
                return 200, answers.MODULES
            case "GET", ["extension", "field-mappings", module] if module == answers.MODULE:
                return 200, self.mapping
            case "PUT", ["extension", "field-mappings", module] if module == answers.MODULE:
                return self._put(body or {})
            case "GET", ["extension", "sync-history"]:
                return 200, self._history()
            case "POST", ["admin", "full-sync"]:
                return self._start([answers.MODULE], "full")
            case "POST", ["sync", entity]:
                return self._start([entity], query.get("mode", "delta"))
            case "POST", ["extension", "syncs", run, action]:
                return self._steer(int(run), action)
        return 404, answers.problem(404, "not_found")

    def _ping(self, site: str) -> Json:
        if self.mode == "no_way":
            told = {"error": "unauthorized", "message": "The token is wrong.", "fix": "Enter it."}
            return {
                **answers.PING,
                "moodle": {"reached": False, "site": "", "same_site": False} | told,
            }
        other = self.mode == "other_site"
        seen = "https://other.example.org" if other else site
        moodle = answers.PING["moodle"] | {"site": seen, "same_site": not other}
        return {**answers.PING, "moodle": moodle}

    def _put(self, body: Json) -> Answer:
        if body["base_version"] != self.mapping["version"]:
            return 409, answers.problem(409, "mapping_changed")
        if "No_Such_Field" in json.dumps(body["table"]):
            return 422, answers.INVALID
        saved = {**self.mapping, "table": body["table"]}
        if not body["dry_run"]:
            saved["version"] += 1
            self.mapping = saved
        return 200, saved

    def _history(self) -> Json:
        for run in self.runs:
            if run["state"] == "running":
                run["counts"]["unchanged"] = min(100, run["counts"].get("unchanged", 0) + 25)
                run["seconds_left"] = 100.0 - run["counts"]["unchanged"]
                if run["counts"]["unchanged"] == 100:
                    run |= {"state": "done", "finished_at": answers.NOW, "seconds_left": None}
        return {"runs": self.runs}

    def _start(self, modules: list[str], mode: str) -> Answer:
        if any(run["finished_at"] is None for run in self.runs):
            return 409, answers.problem(409, "sync_running")
        run = copy.deepcopy(answers.RUN) | {
            "id": self.runs[0]["id"] + 1,
            "modules": modules,
            "mode": mode,
            "state": "running",
            "counts": {},
            "finished_at": None,
            "seconds_left": 100.0,
        }
        self.runs.insert(0, run)
        return 202, answers.job(run)

    def _steer(self, number: int, action: str) -> Answer:
        found = next((run for run in self.runs if run["id"] == number), None)
        if found is None:
            return 404, answers.problem(404, "no_such_sync")
        found["state"] = {"pause": "paused", "resume": "running", "cancel": "cancelled"}[action]
        if action == "cancel":
            found |= {"finished_at": answers.NOW, "seconds_left": None}
        return 202, answers.job(found)


def handler(bridge: Bridge) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def _serve(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            raw = self.rfile.read(length)
            body = json.loads(raw) if raw else None
            parts = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            answer: Any
            if parts.path == "/_mode":
                bridge.mode = (body or {})["mode"]
                status, answer = 200, {}
            elif parts.path == "/_calls":
                status, answer = 200, bridge.calls
            else:
                key = self.headers.get("Authorization", "")
                status, answer = bridge.answer(self.command, parts.path, query, body, key)
            self._send(status, answer)

        def _send(self, status: int, answer: Any) -> None:
            text = answer if isinstance(answer, str) else json.dumps(answer)
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_words: Any) -> None:
            """Says nothing."""

        do_GET = do_POST = do_PUT = _serve

    return Handler


def begin() -> None:
    """Serves on a free port in a process of its own; prints its id and its address and returns."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler(Bridge()))
    child = os.fork()
    if child:
        address = f"http://127.0.0.1:{server.server_address[1]}"
        print(json.dumps({"pid": child, "url": address}), flush=True)
        return
    os.setsid()
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):
        os.dup2(nothing, stream)
    server.serve_forever()


if __name__ == "__main__":
    begin()
