"""A receiver: a real HTTP server on loopback that does to its callers what it is told to."""

import base64
import hashlib
import hmac
import json
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import SHUT_RDWR

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


@dataclass
class Heard:
    headers: dict
    raw: bytes
    status: int = 0

    @property
    def event(self):
        return json.loads(self.raw)

    @property
    def signed(self):
        return f"{self.headers['webhook-id']}.{self.headers['webhook-timestamp']}.".encode() + (
            self.raw
        )

    @property
    def signatures(self):
        return self.headers["webhook-signature"].split(" ")

    def is_signed_with(self, secret):
        """As a stranger checks it, by the text of Standard Webhooks alone."""
        if secret.startswith("whpk_"):
            key = Ed25519PublicKey.from_public_bytes(base64.b64decode(secret[5:]))
            key.verify(base64.b64decode(self.signatures[0].removeprefix("v1a,")), self.signed)
            return True
        key = base64.b64decode(secret.removeprefix("whsec_"))
        wanted = base64.b64encode(hmac.new(key, self.signed, hashlib.sha256).digest()).decode()
        return f"v1,{wanted}" in self.signatures


@dataclass
class Manners:
    """How the receiver behaves. `statuses` are used up, then it answers `status`."""

    status: int = 204
    statuses: list = field(default_factory=list)
    headers: dict = field(default_factory=dict)
    body: bytes = b""
    allows: dict = field(default_factory=lambda: {"WebHook-Allowed-Origin": "*"})
    decide: object = None
    seconds: float = 0.0
    raw: bytes | None = None
    """Said instead of any answer."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        manners = self.server.manners
        raw = self.rfile.read(int(self.headers["Content-Length"]))
        heard = Heard({name.lower(): value for name, value in self.headers.items()}, raw)
        with self.server.lock:
            heard.status = self._status(manners, heard)
            self.server.heard.append(heard)
        if manners.seconds:
            self.server.over.wait(manners.seconds)
        if manners.raw is not None:
            self.wfile.write(manners.raw)
            self.close_connection = True
            return
        self._answer(heard.status, manners.headers, manners.body)

    def do_OPTIONS(self):
        self.server.asked.append({name.lower(): value for name, value in self.headers.items()})
        self._answer(200, self.server.manners.allows, b"")

    def _status(self, manners, heard):
        if manners.decide is not None:
            return manners.decide(heard)
        return manners.statuses.pop(0) if manners.statuses else manners.status

    def _answer(self, status, headers, body):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args):
        """Keeps quiet."""


class Ear(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.manners, self.heard, self.asked = Manners(), [], []
        self.lock, self.over = threading.Lock(), threading.Event()
        self.connections, self.sockets = 0, []

    def process_request(self, request, client_address):
        self.connections += 1
        self.sockets.append(request)
        super().process_request(request, client_address)

    def handle_error(self, request, client_address):
        """A caller that hangs up is expected."""

    def hang_up(self):
        """End every connection, as receivers do with idle ones."""
        for one in self.sockets:
            with suppress(OSError):
                one.shutdown(SHUT_RDWR)

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}/events"

    @property
    def taken(self):
        """What it has said yes to."""
        return [one for one in self.heard if 200 <= one.status < 300]


@contextmanager
def listening():
    ear = Ear()
    thread = threading.Thread(target=ear.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield ear
    finally:
        ear.over.set()
        ear.shutdown()
        thread.join()
        ear.server_close()
