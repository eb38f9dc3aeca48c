"""A service that hears recalls: a real HTTP server on loopback that answers as told."""

import base64
import hashlib
import hmac
import json
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from work import services as work


@dataclass
class Heard:
    headers: dict
    raw: bytes

    @property
    def event(self):
        return json.loads(self.raw)

    @property
    def data(self):
        return self.event["data"]

    def is_signed_with(self, secret):
        """As a stranger checks it, by the text of Standard Webhooks alone."""
        key = base64.b64decode(secret.removeprefix("whsec_"))
        signed = f"{self.headers['webhook-id']}.{self.headers['webhook-timestamp']}.".encode()
        wanted = hmac.new(key, signed + self.raw, hashlib.sha256).digest()
        return (
            f"v1,{base64.b64encode(wanted).decode()}" in self.headers["webhook-signature"].split()
        )


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        raw = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.heard.append(Heard(headers, raw))
        statuses = self.server.statuses
        self.send_response(statuses.pop(0) if statuses else 204)
        if self.server.location:
            self.send_header("Location", self.server.location)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_args):
        """Keeps quiet."""


class Ear(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.heard = []
        self.statuses = []
        self.location = ""

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}/recalls"


@contextmanager
def listening():
    ear = Ear()
    thread = threading.Thread(target=ear.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield ear
    finally:
        ear.shutdown()
        thread.join()
        ear.server_close()


def work_off(**options):
    """Do every job that is due."""
    while work.run_available(worker="recall-test", **options):
        pass
