"""A real HTTP server on loopback that answers as told, or misbehaves as told."""

import json
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Behaviour = Callable[["Handler"], None]


@dataclass
class Seen:
    path: str
    headers: dict[str, str]
    body: Any


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: "Server"

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers["Content-Length"]))
        self.seen = Seen(self.path, dict(self.headers.items()), json.loads(raw))
        self.server.next_behaviour(self.seen)(self)

    def do_GET(self) -> None:
        self.seen = Seen(self.path, dict(self.headers.items()), None)
        self.server.next_behaviour(self.seen)(self)

    def answer(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        fields = {"Content-Type": "application/json", "X-Request-ID": self.headers["X-Request-ID"]}
        for name, value in {**fields, **_dashed(headers)}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        """Keeps quiet."""


def _dashed(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.seen: list[Seen] = []
        self.script: list[Behaviour] = []
        self.otherwise: Behaviour = honest

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def next_behaviour(self, seen: Seen) -> Behaviour:
        self.seen.append(seen)
        return self.script.pop(0) if self.script else self.otherwise

    def handle_error(self, *_args: object) -> None:
        """A client that hung up is what some tests are about."""


@contextmanager
def serving() -> Iterator[Server]:
    server = Server()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def in_seconds(seconds: float) -> str:
    return (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat().replace("+00:00", "Z")


def permit(**context: Any) -> dict[str, Any]:
    return {
        "decision": True,
        "context": {
            "decision_id": "018f-decision",
            "reason_code": "PERMIT",
            "basis": {"IN": "consent"},
            "packs": ["IN"],
            "consent_record": "018f-consent",
            "policy_version": "2026-11-01.1",
            "valid_until": in_seconds(60),
            "legal_refs": ["DPDP s.6(1)"],
            "obligations": [],
            **context,
        },
    }


def refusal(code: str = "CONSENT_WITHDRAWN") -> dict[str, Any]:
    return {
        "decision": False,
        "context": {
            "decision_id": "018f-denial",
            "reason_code": code,
            "reasons": [{"code": code, "rule": "R60", "pack": "IN", "refs": ["DPDP s.6(4)"]}],
            "reason_admin": {"en": "Consent was withdrawn."},
            "reason_user": {"en": "You withdrew your consent."},
            "packs": ["IN"],
            "legal_refs": ["DPDP s.6(4)"],
            "cure": {"code": "NEW_CONSENT", "text": "Ask again.", "url": "https://x.example/p"},
            "obligations": [],
        },
    }


def honest(handler: Handler) -> None:
    """Permits everybody whose id does not begin with "no"."""
    body = handler.seen.body
    if handler.path.endswith("/evaluations"):
        found = {"evaluations": [_decide(item["resource"]["id"]) for item in body["evaluations"]]}
    elif handler.path.startswith("/access/"):
        found = _decide(body["resource"]["id"])
    else:
        found = {"id": "018f-event", "state": "given"}
    status = 201 if handler.path.startswith("/api/") else 200
    handler.answer(status, json.dumps(found).encode())


def _decide(subject: str) -> dict[str, Any]:
    return refusal() if subject.startswith("no") else permit(decision_id=f"decision-{subject}")


def says(found: Any, status: int = 200, **headers: str) -> Behaviour:
    body = found if isinstance(found, bytes) else json.dumps(found).encode()
    return lambda handler: handler.answer(status, body, **headers)


def waits(seconds: float, then: Behaviour) -> Behaviour:
    def behave(handler: Handler) -> None:
        time.sleep(seconds)
        then(handler)

    return behave


def drips(start: bytes, byte: bytes, seconds: float) -> Behaviour:
    """Never silent for long and never done."""

    def behave(handler: Handler) -> None:
        ends = time.monotonic() + seconds
        handler.wfile.write(start)
        while time.monotonic() < ends:
            handler.wfile.write(byte)
            handler.wfile.flush()
            time.sleep(0.02)
        handler.close_connection = True

    return behave


def half_an_answer(handler: Handler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n")
    handler.wfile.write(
        b'Content-Length: 500\r\n\r\n{"decision": true, "context": {"decision_id": "1"'
    )
    handler.close_connection = True


def hangs_up(handler: Handler) -> None:
    handler.close_connection = True


def resets(handler: Handler) -> None:
    linger = struct.pack("ii", 1, 0)
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    handler.connection.close()
    handler.close_connection = True


def not_http(handler: Handler) -> None:
    handler.wfile.write(b"\x00\x01decision: true\r\n\r\n")
    handler.close_connection = True


def huge(handler: Handler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n")
    handler.wfile.write(b'Content-Length: 900000000\r\n\r\n{"decision": true, "context": {"x": "')
    for _ in range(900):
        handler.wfile.write(b"x" * 1_000_000)


def in_another_order(handler: Handler) -> None:
    """Answers for the same people, last first, as a batch that lost its order would."""
    items = handler.seen.body["evaluations"]
    found = [_decide(item["resource"]["id"]) for item in reversed(items)]
    handler.answer(200, json.dumps({"evaluations": found}).encode())
