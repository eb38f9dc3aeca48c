"""What tests of connectors need: people, a loop to run in, and a system that answers as told."""

import asyncio
import json
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from uuid import UUID

import pytest

from registry.connectors.contract import ConnectorError, Person, Verb

ASHA = UUID("01890000-0000-7000-8000-000000000001")
RAVI = UUID("01890000-0000-7000-8000-000000000002")


def person(subject=ASHA, number=1, **more):
    identifiers = more.pop("identifiers", {"email": ("asha@example.in",), "crm": ("CRM-1",)})
    step = UUID(int=subject.int + number * 1000)
    return Person(step=step, subject=subject, key=f"{step.hex}-1", identifiers=identifiers, **more)


def run(connector, do):
    """What `do(connector)` gives, with the connector opened for it."""

    async def opened():
        async with connector as it:
            return await do(it)

    return asyncio.run(opened())


def tell(connector, *people, verb=Verb.ERASE):
    return run(connector, lambda it: it.tell(verb, people))


def status(connector, *people):
    return run(connector, lambda it: it.status(people))


def probe(connector, *people, verb=Verb.ERASE):
    return run(connector, lambda it: it.probe(verb, people))


def check(connector):
    return run(connector, lambda it: it.check())


def refused(do):
    """The error that a call ends with."""
    with pytest.raises(ConnectorError) as caught:
        do()
    return caught.value


@dataclass
class Heard:
    method: str
    path: str
    headers: dict
    body: object


@dataclass
class System:
    """Answers each call with `answer(heard)` -> (status, JSON or bytes, headers)."""

    url: str = ""
    heard: list[Heard] = field(default_factory=list)
    answer: object = lambda heard: (200, {}, {})

    def say(self, status=200, said=None, **headers):
        self.answer = lambda heard: (status, said, headers)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        system = self.server.system
        names = {name.lower(): value for name, value in self.headers.items()}
        heard = Heard(self.command, self.path, names, json.loads(body) if body else None)
        system.heard.append(heard)
        status, said, headers = system.answer(heard)
        content = (
            said if isinstance(said, bytes) else b"" if said is None else json.dumps(said).encode()
        )
        self.send_response(status)
        for name, value in {"Content-Length": str(len(content)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_PUT = do_DELETE = do_PATCH = do_POST  # noqa: N815 (the names are the server's)

    def log_message(self, *_args):
        """Silence."""


class Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request, client_address):
        """Whoever asks may hang up."""


@contextmanager
def answering():
    server = Server(("127.0.0.1", 0), Handler)
    server.system = System(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.system
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
