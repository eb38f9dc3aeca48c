"""A witness for transparency logs, in one file: C2SP tlog-witness with Ed25519 cosignatures.

    python3 witness.py --name witness.example/w1 --state /var/lib/witness --listen 127.0.0.1:8790

Run it on a machine that those who run the log cannot reach: it remembers the largest checkpoint it
has seen of each log, and signs a newer one only with a proof that the log merely grew. It needs
Python 3.11 and the package `cryptography`, and prints its verifier key when it starts.

The state folder holds
    key          the witness's secret key, made on the first start
    logs         the verifier keys of the logs it serves, one a line; read anew when it changes
    checkpoints  what it has seen; written and synced before it answers
"""  # noqa: INP001 (a program beside the packages)

import argparse
import base64
import binascii
import fcntl
import hashlib
import json
import os
import re
import sys
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

LONGEST_REQUEST = 65_536
LONGEST_PROOF = 63
SECONDS_FOR_A_REQUEST = 10
LOG_KEY, COSIGNATURE_KEY = 1, 4
NUMBER = re.compile(r"0|[1-9][0-9]{0,18}")


class RefusalError(Exception):
    """An answer that is not 200."""

    def __init__(self, status: int, text: str, content_type: str = "text/plain") -> None:
        super().__init__(text)
        self.status, self.text, self.content_type = status, text, content_type


# --- Notes -------------------------------------------------------------------------------------


def key_id(name: str, kind: int, raw: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + bytes([kind]) + raw).digest()[:4]


def vkey(name: str, kind: int, raw: bytes) -> str:
    return (
        f"{name}+{key_id(name, kind, raw).hex()}+{base64.b64encode(bytes([kind]) + raw).decode()}"
    )


def parse_vkey(text: str) -> tuple[str, bytes, bytes]:
    """A log's name, the key's id and its 32 bytes. Raises ValueError."""
    name, number, material = text.split("+", 2)
    raw = base64.b64decode(material, validate=True)
    if len(raw) != 33 or raw[0] != LOG_KEY or key_id(name, LOG_KEY, raw[1:]).hex() != number:
        raise ValueError("not an Ed25519 verifier key")
    return name, bytes.fromhex(number), raw[1:]


def unbase64(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise RefusalError(400, "not base64") from None


def number(text: str) -> int:
    if not NUMBER.fullmatch(text):
        raise RefusalError(400, "not a size")
    return int(text)


def parse_request(raw: bytes) -> tuple[int, list[bytes], str]:
    """The old size, the consistency proof, and the checkpoint's note."""
    try:
        head, _, note = raw.decode().partition("\n\n")
    except UnicodeDecodeError:
        raise RefusalError(400, "not UTF-8") from None
    word, _, size = head.split("\n")[0].partition(" ")
    proof = [unbase64(line) for line in head.split("\n")[1:]]
    if word != "old" or len(proof) > LONGEST_PROOF or any(len(one) != 32 for one in proof):
        raise RefusalError(400, "not an add-checkpoint request")
    return number(size), proof, note


def parse_checkpoint(note: str) -> tuple[str, str, int, bytes, list[tuple[str, bytes]]]:
    """The signed body, its origin, size and root, and the signatures as (name, id and value)."""
    body, found, rest = note.rpartition("\n\n")
    lines, signatures = body.split("\n"), rest.split("\n")
    if not found or len(lines) < 3 or not all(lines) or signatures.pop() != "":
        raise RefusalError(400, "not a checkpoint")
    if any(ord(one) < 32 and one != "\n" for one in note):
        raise RefusalError(400, "not a note")
    root, pairs = unbase64(lines[2]), []
    for line in signatures:
        dash, _, named = line.partition(" ")
        name, _, value = named.partition(" ")
        if dash != "—" or not name or len(unbase64(value)) < 5:
            raise RefusalError(400, "not a signature line")
        pairs.append((name, unbase64(value)))
    if len(root) != 32:
        raise RefusalError(400, "not a root hash")
    return body + "\n", lines[0], number(lines[1]), root, pairs


# --- RFC 6962 section 2.1.2 --------------------------------------------------------------------


def node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\1" + left + right).digest()


def is_consistent(old: int, new: int, roots: tuple[bytes, bytes], proof: list[bytes]) -> bool:
    """Whether the tree of `old` leaves begins the tree of `new` (RFC 9162 section 2.1.4.2)."""
    if old == 0:
        return not proof
    if old == new:
        return not proof and roots[0] == roots[1]
    path = list(proof) if old & (old - 1) else [roots[0], *proof]
    return bool(proof) and both_roots(old - 1, new - 1, path) == roots


def both_roots(first: int, second: int, path: list[bytes]) -> tuple[bytes, bytes] | None:
    """The roots before and after that a proof leads to; None where it is too long or too short."""
    while first & 1:
        first, second = first >> 1, second >> 1
    before = after = path[0]
    for sibling in path[1:]:
        if second == 0:
            return None
        if first & 1 or first == second:
            before, after = node(sibling, before), node(sibling, after)
            while not first & 1 and first:
                first, second = first >> 1, second >> 1
        else:
            after = node(after, sibling)
        first, second = first >> 1, second >> 1
    return None if second else (before, after)


# --- The witness -------------------------------------------------------------------------------


class Witness:
    """Its key, its logs, and what it has seen. One process alone may hold a state folder."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name, self.folder = name, folder
        folder.mkdir(parents=True, exist_ok=True)
        self._held = open(folder / "lock", "w")  # noqa: SIM115 (for as long as the process lives)
        fcntl.flock(self._held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        self._key = Ed25519PrivateKey.from_private_bytes(self._secret())
        self.raw = self._key.public_key().public_bytes_raw()
        self._one_at_a_time = threading.Lock()
        seen = folder / "checkpoints"
        self._seen: dict[str, str] = json.loads(seen.read_text()) if seen.exists() else {}

    def _secret(self) -> bytes:
        path = self.folder / "key"
        if not path.exists():
            write(path, Ed25519PrivateKey.generate().private_bytes_raw(), mode=0o600)
        return path.read_bytes()

    def keys_of(self, origin: str) -> dict[bytes, bytes]:
        """The keys that may sign a log's checkpoints, by id."""
        path, found = self.folder / "logs", {}
        for line in path.read_text().splitlines() if path.exists() else []:
            if line.strip() and not line.startswith("#"):
                name, number, raw = parse_vkey(line.strip())
                if name == origin:
                    found[number] = raw
        return found

    def add_checkpoint(self, raw: bytes) -> str:
        """The cosignature of a newer checkpoint. Raises RefusalError."""
        old, proof, note = parse_request(raw)
        body, origin, size, root, signatures = parse_checkpoint(note)
        self._is_signed(body, origin, signatures)
        if old > size:
            raise RefusalError(400, "the old size is larger than the checkpoint")
        with self._one_at_a_time:
            known, known_root = self._latest(origin)
            if old != known:
                raise RefusalError(409, f"{known}\n", "text/x.tlog.size")
            if size == 0 and root != hashlib.sha256(b"").digest():
                raise RefusalError(422, "not the root of the empty tree")
            if not is_consistent(old, size, (known_root, root), proof):
                raise RefusalError(422, "the log did not merely grow")
            line = self._cosign(body)
            self._keep(origin, note + line)
        return line

    def checkpoint(self, origin_hash: str) -> str:
        """The newest note it signed of the log whose origin has this hash. Raises RefusalError."""
        for origin, note in self._seen.items():
            if hashlib.sha256(origin.encode()).hexdigest() == origin_hash:
                return note
        raise RefusalError(404, "no such log")

    def _is_signed(self, body: str, origin: str, signatures: list[tuple[str, bytes]]) -> None:
        trusted = self.keys_of(origin)
        if not trusted:
            raise RefusalError(404, "unknown log")
        ours = [v for name, v in signatures if name == origin and v[:4] in trusted]
        if not ours:
            raise RefusalError(403, "no signature by a key of this log")
        for value in ours:
            try:
                key = Ed25519PublicKey.from_public_bytes(trusted[value[:4]])
                key.verify(value[4:], body.encode())
            except InvalidSignature:
                raise RefusalError(403, "a signature does not verify") from None

    def _latest(self, origin: str) -> tuple[int, bytes]:
        if origin not in self._seen:
            return 0, b""
        _body, _origin, size, root, _signatures = parse_checkpoint(self._seen[origin])
        return size, root

    def _cosign(self, body: str) -> str:
        seconds = int(time.time())
        value = self._key.sign(f"cosignature/v1\ntime {seconds}\n{body}".encode())
        number = key_id(self.name, COSIGNATURE_KEY, self.raw)
        told = base64.b64encode(number + seconds.to_bytes(8) + value).decode()
        return f"— {self.name} {told}\n"

    def _keep(self, origin: str, note: str) -> None:
        """On disk before anybody is told; a kill at any instant leaves the old or the new state."""
        seen = {**self._seen, origin: note}
        write(self.folder / "checkpoints", json.dumps(seen).encode())
        self._seen = seen


def write(path: Path, content: bytes, mode: int = 0o644) -> None:
    new = path.with_suffix(".new")
    file = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(file, "wb") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(file)
    os.replace(new, path)
    folder = os.open(path.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)


class Handler(BaseHTTPRequestHandler):
    """POST /add-checkpoint, GET /<origin hash>/checkpoint."""

    protocol_version = "HTTP/1.1"
    timeout = SECONDS_FOR_A_REQUEST
    witness: Witness

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > LONGEST_REQUEST:
            self.close_connection = True
            self._answer(413, "a request has a length, and at most 64 kB\n")
            return
        raw = self.rfile.read(int(length))
        if self.path != "/add-checkpoint":
            self._answer(404, "not found\n")
            return
        self._answer_with(lambda: self.witness.add_checkpoint(raw))

    def do_GET(self) -> None:
        match = re.fullmatch(r"/([0-9a-f]{64})/checkpoint", self.path)
        if match is None:
            self._answer(404, "not found\n")
            return
        self._answer_with(lambda: self.witness.checkpoint(match.group(1)))

    def _answer_with(self, work: Callable[[], str]) -> None:
        try:
            self._answer(200, work())
        except RefusalError as refusal:
            self._answer(refusal.status, refusal.text, refusal.content_type)

    def _answer(self, status: int, text: str, content_type: str = "text/plain") -> None:
        raw = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)


def main() -> None:
    parser = argparse.ArgumentParser(description="A witness for transparency logs.")
    parser.add_argument("--name", required=True, help="as in its verifier key: host/name")
    parser.add_argument("--state", required=True, type=Path, help="a folder of its own")
    parser.add_argument("--listen", default="127.0.0.1:8790", help="host:port")
    given = parser.parse_args()
    if re.search(r"[\s+]", given.name):
        sys.exit("A witness's name has no spaces and no plus signs.")
    try:
        Handler.witness = Witness(given.name, given.state)
    except BlockingIOError:
        sys.exit("Another witness uses this state folder.")
    host, _, port = given.listen.rpartition(":")
    server = ThreadingHTTPServer((host, int(port)), Handler)
    server.daemon_threads = True
    key = vkey(given.name, COSIGNATURE_KEY, Handler.witness.raw)
    print(f"{key}\nlistening on {host}:{server.server_port}", flush=True)  # noqa: T201 (a program)
    server.serve_forever()


if __name__ == "__main__":
    main()
