"""Real witnesses on loopback: processes of examples/witness, and servers that misbehave."""

import json
import subprocess
import sys
import threading
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from audit import sealing
from audit.models import Tree
from audit.witnesses.configuration import configured
from audit.witnesses.publishing import Publisher
from config.places import BASE_DIR
from tests.audit.log import LOG, write

PROGRAM = BASE_DIR / "examples" / "witness" / "witness.py"


class Process:
    """A witness of examples/witness in a process of its own. It keeps its port and its state."""

    def __init__(self, folder: Path, name: str) -> None:
        self.name, self.folder, self.port = name, folder, 0
        self.process = None
        self.vkey = ""

    def start(self) -> "Process":
        command = [sys.executable, "-I", str(PROGRAM), "--name", self.name, "--state",
                   str(self.folder), "--listen", f"127.0.0.1:{self.port}"]  # fmt: skip
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.vkey = self.process.stdout.readline().decode().strip()
        self.port = int(self.process.stdout.readline().decode().rpartition(":")[2])
        return self

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def trust(self, *logs) -> "Process":
        """Serve these logs by the keys that sign them."""
        keys = []
        for log in logs or (LOG,):
            origin = Tree.objects.get(controller_id=log).origin
            keys += [str(one) for one in sealing.log_keys(origin)]
        (self.folder / "logs").write_text("\n".join(keys) + "\n")
        return self

    def seen(self) -> dict[str, int]:
        """The sizes it has cosigned, by origin."""
        path = self.folder / "checkpoints"
        notes = json.loads(path.read_text()) if path.exists() else {}
        return {origin: int(note.split("\n")[1]) for origin, note in notes.items()}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@pytest.fixture
def stack():
    with ExitStack() as found:
        yield found


@pytest.fixture
def witness(tmp_path, stack):
    """Starts one: `witness()`, `witness("w2")`."""

    def start(name="witness.example/w1"):
        folder = tmp_path / name.replace("/", "-")
        found = Process(folder, name).start()
        stack.callback(found.kill)
        return found

    return start


@pytest.fixture
def configure(tmp_path, settings, stack):
    """Writes the witnesses' file and gives their publishers: `configure({"kind": ...}, ...)`."""
    path = tmp_path / "witnesses.toml"

    def write_file(*tables):
        lines = []
        for table in tables:
            values = {"every": 1, "timeout": 2, **table}
            lines += ["[[witness]]", *(f"{key} = {json.dumps(v)}" for key, v in values.items()), ""]
        path.write_text("\n".join(lines))
        settings.WITNESSES = str(path)
        publishers = [Publisher(one) for one in configured()]
        for one in publishers:
            stack.callback(one.close)
        return publishers

    return write_file


@pytest.fixture
def cosigner(witness, configure):
    """A running witness that knows the log, and its publisher."""

    def make(name="witness.example/w1", **more):
        found = witness(name).trust()
        (publisher,) = configure(as_table(found, **more))
        return found, publisher

    return make


def as_table(found, **more):
    return {"name": found.name, "kind": "http", "url": found.url, "vkey": found.vkey, **more}


def grow(count=1, log=LOG):
    """More entries in the log, placed and signed; returns its size."""
    write(count, controller_id=log)
    sealing.seal_all()
    return Tree.objects.get(controller_id=log).size


@pytest.fixture
def server(stack):
    """A server of one answer: `server(respond)` gives its address; `respond(handler, body)`."""

    def start(respond):
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                respond(self, self.rfile.read(int(self.headers["Content-Length"])))

            def do_GET(self):
                self.send_error(404)

            def log_message(self, *_args):
                pass

        found = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        found.daemon_threads = True
        found.block_on_close = False
        found.handle_error = lambda *_: None  # a client that gives up is what some tests are about
        thread = threading.Thread(target=found.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        stack.callback(thread.join)
        stack.callback(found.server_close)
        stack.callback(found.shutdown)
        return f"http://127.0.0.1:{found.server_port}"

    return start


def answer(handler, body=b"", status=200, content_type="text/plain"):
    handler.send_response(status)
    handler.send_header("Content-Type", content_type)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)
