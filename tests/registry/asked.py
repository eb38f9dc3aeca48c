"""A system that is asked over HTTP, with manners of its own."""

import json
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from registry import services_systems as systems
from tests.subjects.people import BY

KNOWN = {
    "customer": {"city": "Pune", "tier": "gold", "points": 12, "tags": ["a", "b"]},
    "changed": "2026-03-01T10:00:00Z",
}  # fmt: skip
FIELDS = {
    "city": "/customer/city", "tier": "/customer/tier", "points": "/customer/points",
    "shoe": "/customer/shoe",
}  # fmt: skip


@dataclass
class Manners:
    """How it answers."""

    status: int = 200
    said: Any = field(default_factory=lambda: KNOWN)
    raw: bytes | None = None
    headers: dict = field(default_factory=dict)
    before_seconds: float = 0.0
    a_byte_seconds: float = 0.0


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        manners = self.server.manners
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.heard.append((self.path, dict(self.headers), json.loads(body)))
        time.sleep(manners.before_seconds)
        content = json.dumps(manners.said).encode() if manners.raw is None else manners.raw
        self.send_response(manners.status)
        for name, value in {"Content-Length": str(len(content)), **manners.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        for byte in [content] if not manners.a_byte_seconds else content:
            self.wfile.write(byte if isinstance(byte, bytes) else bytes([byte]))
            self.wfile.flush()
            time.sleep(manners.a_byte_seconds)

    def log_message(self, *_args):
        """Silence."""


class Crm(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.manners, self.heard = Manners(), []

    def handle_error(self, request, client_address):
        """Whoever asks may hang up."""

    def url(self, host="127.0.0.1", scheme="http"):
        return f"{scheme}://{host}:{self.server_port}/people"


@contextmanager
def answering():
    server = Crm()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def http(company, url, code="live", secret="", **more):
    given = {"url": url, "identify_by": ["crm"], "fields": FIELDS, **more.pop("settings", {})}
    new = systems.NewSystem(code=code, name=code.title(), kind="http", settings=given, **more)
    return systems.record_system(by=BY, controller_id=company.id, new=new, secret=secret)
