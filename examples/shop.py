"""A company's own site, beside `make run`: `shop.py [.local/demo.json]`, then http://127.0.0.1:8099.

Its page asks a demo person for choices with the embedded notice, and lists the events it heard of;
it believes them only if signed, and confirms each. Nothing leaves this machine.
"""  # noqa: INP001 (a program beside the packages)

import html
import json
import sys
from collections import deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
from sammati_client import ChangeEvent, EventRefused, RequestFailed, Sammati, Secrets, read_event
from sammati_client.webhooks import LARGEST, agreement

PURPOSE = "marketing.email.offers"
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>A shop</title>
<h1>A shop</h1>
<p><a data-sammati href="{link}">Your privacy choices</a></p>
<h2>Events heard</h2>
<ul>{events}</ul>
<script src="{suite}/static/portal/collect.js" defer></script></html>"""


class Hearer:
    """One service of the demo that is called with events."""

    def __init__(self, demo: dict[str, Any], told: dict[str, str]) -> None:
        same = [one for one in demo["services"] if one["controller"] == told["controller"]]
        self.key = next(one["key"] for one in same if one["id"] == told["service"])
        self.service, self.suite = told["service"], demo["base_url"]
        self.secrets, self.events = Secrets(told["secret"]), deque[ChangeEvent](maxlen=50)
        self.person = next(
            one["id"]
            for one in demo["subjects"]
            if one["controller"] == told["controller"] and one["state"] == "given"
        )

    def heard(self, event: ChangeEvent) -> None:
        """Here a shop would act; then it says that it has."""
        if event.id not in {one.id for one in self.events}:
            self.events.appendleft(event)
        with Sammati(self.suite, service=self.service, key=self.key) as client:
            client.events.confirm(events=[event.id])

    def link(self, origin: str) -> str:
        """Where this person is asked, for a quarter of an hour."""
        body = {"subject": self.person, "origin": origin, "purposes": [PURPOSE]}
        head = {"Authorization": f"Bearer {self.key}"}
        answer = httpx.post(f"{self.suite}/api/v1/collect/tickets", json=body, headers=head)
        return str(answer.raise_for_status().json()["url"])


class Shop(ThreadingHTTPServer):
    """Listens on this machine alone."""

    def __init__(self, demo: dict[str, Any]) -> None:
        self.origin, self.suite = demo["shop"], demo["base_url"]
        called = [one for one in demo["subscribers"] if one["url"].startswith(self.origin)]
        self.hearers = {urlsplit(one["url"]).path: Hearer(demo, one) for one in called}
        super().__init__(("127.0.0.1", urlsplit(self.origin).port or 80), Visit)


class Visit(BaseHTTPRequestHandler):
    server: Shop

    def do_OPTIONS(self) -> None:
        """Whether it wants to be called: by the suite of the demo."""
        suite = urlsplit(self.server.suite).hostname or ""
        self._answer(200, headers=agreement(dict(self.headers), suite))

    def do_POST(self) -> None:
        hearer = self.server.hearers.get(self.path)
        length = self.headers["Content-Length"] or ""
        if hearer is None or not length.isdecimal() or int(length) > LARGEST:
            return self._answer(400)
        try:
            event = read_event(self.rfile.read(int(length)), dict(self.headers), hearer.secrets)
            hearer.heard(event)
        except EventRefused:
            return self._answer(400)
        except RequestFailed as failed:  # it comes again
            print(failed)  # noqa: T201 (a program)
            return self._answer(503)
        print(f"{event.position:8} {event.kind:24} {event.subject}")  # noqa: T201 (a program)
        return self._answer(204)

    def do_GET(self) -> None:
        if self.path != "/":
            return self._answer(404)
        hearers = list(self.server.hearers.values())
        events = [one for hearer in hearers for one in hearer.events]
        lines = "".join(
            f"<li><code>{html.escape(f'{one.kind} {one.purpose or one.about}')}</code>"
            for one in events
        )
        link = html.escape(hearers[0].link(self.server.origin))
        page = PAGE.format(link=link, events=lines, suite=html.escape(self.server.suite))
        return self._answer(200, page.encode(), {"Content-Type": "text/html; charset=utf-8"})

    def _answer(
        self, status: int, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> None:
        self.send_response(status)
        for name, value in {**(headers or {}), "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        """What it heard is printed, nothing else."""


def main(demo_file: Path) -> None:
    shop = Shop(json.loads(demo_file.read_text()))
    print(f"A shop at {shop.origin}; Ctrl-C closes it.")  # noqa: T201 (a program)
    try:
        shop.serve_forever()
    except KeyboardInterrupt:
        shop.server_close()


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else ".local/demo.json"))
