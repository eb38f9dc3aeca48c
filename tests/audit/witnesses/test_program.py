"""The witness of examples/witness by itself: what it must refuse and what it must not forget."""

import base64
import http.client
import random
import subprocess
import sys
import threading
import time

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit.tlog import merkle, notes
from audit.tlog.notes import ED25519, Vkey
from tests.audit.witnesses.conftest import PROGRAM

pytestmark = pytest.mark.req("AUD-06")

SECRET = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
ORIGIN = "log.example/one"
KEY = Vkey(ORIGIN, ED25519, SECRET.public_key().public_bytes_raw())


class Log:
    """A log of our own making, which may lie."""

    def __init__(self, seed=b"true"):
        self.leaves = [merkle.leaf_hash(seed + bytes([i % 256])) for i in range(600)]

    def node(self, level, number):
        first = number << level
        return merkle.complete_root(self.leaves[first : first + (1 << level)])

    def note(self, size, *, root=None, origin=ORIGIN, secret=SECRET):
        found = merkle.root(size, self.node) if root is None else root
        body = notes.Checkpoint(origin, size, found).body
        return notes.note(body, [notes.signature_line(KEY, secret.sign(body.encode()))])

    def request(self, old, new, *, note=None, proof=None):
        if proof is None:
            proof = merkle.consistency_proof(old, new, self.node) if 0 < old <= new else []
        lines = [f"old {old}", *(base64.b64encode(one).decode() for one in proof)]
        return "\n".join([*lines, "", note or self.note(new)])


@pytest.fixture
def log():
    return Log()


@pytest.fixture
def running(witness):
    found = witness()
    (found.folder / "logs").write_text(f"# the logs\n\n{KEY}\n")
    return found


def ask(running, body, method="POST", path="/add-checkpoint"):
    connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=10)
    try:
        connection.request(method, path, body.encode() if isinstance(body, str) else body)
        response = connection.getresponse()
        return response.status, response.read().decode(), response.headers["Content-Type"]
    finally:
        connection.close()


def test_it_cosigns_a_log_that_merely_grows(running, log):
    key, old = Vkey.parse(running.vkey), 0

    for new in (0, 1, 2, 3, 7, 8, 8, 255, 256, 257, 512, 600):
        status, lines, _type = ask(running, log.request(old, new))
        assert status == 200
        note = notes.parse_note(log.note(new) + lines)
        assert note.by(key)
        assert abs(note.time_of(key) - time.time()) < 60
        old = new


@pytest.mark.parametrize("old", [1, 2, 3, 4, 100, 256, 511])
def test_every_step_to_a_larger_size_needs_its_proof(running, log, old):
    ask(running, log.request(0, old))
    wrong = [
        log.request(old, 512, proof=[]),
        log.request(old, 512, proof=merkle.consistency_proof(old, 511, log.node)),
        log.request(old, 512, proof=merkle.consistency_proof(old, 512, log.node)[:-1]),
        log.request(old, 512, proof=[*merkle.consistency_proof(old, 512, log.node), bytes(32)]),
        Log(b"false").request(old, 512),
        Log(b"false").request(old, old),
        log.request(old, old, proof=[bytes(32)]),
    ]

    assert [ask(running, each)[0] for each in wrong] == [422] * len(wrong)
    assert running.seen() == {ORIGIN: old}


def test_it_names_the_size_it_knows_to_whoever_errs(running, log):
    ask(running, log.request(0, 300))

    for old, new in ((0, 300), (0, 600), (299, 300), (200, 250)):
        assert ask(running, log.request(old, new)) == (409, "300\n", "text/x.tlog.size")


def test_a_first_checkpoint_comes_without_proof(running, log):
    assert ask(running, log.request(0, 5, proof=[bytes(32)]))[0] == 422
    assert ask(running, log.request(0, 0, note=log.note(0, root=bytes(32))))[0] == 422


def test_it_serves_none_but_its_logs_and_their_keys(running, log):
    stranger = Ed25519PrivateKey.from_private_bytes(bytes(32))
    other = log.note(5).replace("— log", "— other")
    unsigned = log.note(5).split("— ")[0]

    assert ask(running, log.request(0, 5, note=log.note(5, origin="log.example/two")))[0] == 404
    assert ask(running, log.request(0, 5, note=log.note(5, secret=stranger)))[0] == 403
    assert ask(running, log.request(0, 5, note=other))[0] == 403
    assert ask(running, log.request(0, 5, note=unsigned))[0] == 403
    assert running.seen() == {}


MALFORMED = {
    "nothing": "",
    "no note": "old 0\n\n",
    "no old size": "new 0\n\n{note}",
    "a leading zero": "old 00\n\n{note}",
    "a negative size": "old -1\n\n{note}",
    "a larger old size": "old 6\n\n{note}",
    "a proof that is no base64": "old 0\n***\n\n{note}",
    "a short hash": "old 0\nAAAA\n\n{note}",
    "64 hashes": "old 0\n" + "A" * 43 + "=\n" * 1 + ("A" * 43 + "=\n") * 63 + "\n{note}",
    "a half signature": "old 0\n\n{body}\n— log.example/one AAAA\n",
    "a control character": "old 0\n\n{note}\t",
    "no UTF-8": b"old 0\n\n\xff\xfe",
}


@pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED)
def test_what_is_malformed_is_told_so(running, log, body):
    if isinstance(body, str):
        note = log.note(5)
        body = body.replace("{note}", note).replace("{body}", note.split("\n\n")[0] + "\n")

    assert ask(running, body)[0] == 400
    assert ask(running, log.request(0, 5))[0] == 200


def test_it_reads_no_more_than_a_request_may_have(running):
    assert ask(running, "x" * 70_000)[0] == 413
    assert ask(running, "", path="/other")[0] == 404
    assert ask(running, None, "GET", "/../key")[0] == 404


def test_it_serves_the_newest_note_with_its_own_line(running, log):
    import hashlib

    path = f"/{hashlib.sha256(ORIGIN.encode()).hexdigest()}/checkpoint"
    assert ask(running, None, "GET", path)[0] == 404
    ask(running, log.request(0, 5))

    status, text, _type = ask(running, None, "GET", path)

    assert status == 200
    assert notes.parse_note(text).by(Vkey.parse(running.vkey))
    assert notes.parse_note(text).by(KEY)


def test_two_requests_at_once_are_one_after_the_other(running, log):
    ask(running, log.request(0, 10))
    answers = []

    def send(new):
        answers.append((ask(running, log.request(10, new))[0], new))

    threads = [threading.Thread(target=send, args=(new,)) for new in (20, 30, 40, 50)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    won = [new for status, new in answers if status == 200]
    assert len(won) == 1
    assert running.seen() == {ORIGIN: won[0]}


def test_two_witnesses_do_not_share_a_memory(running):
    command = [sys.executable, str(PROGRAM), "--name", "w", "--state", str(running.folder)]

    found = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)

    assert found.returncode == 1
    assert "Another witness uses this state folder" in found.stderr


@pytest.mark.fault
@pytest.mark.slow
def test_whatever_kills_it_it_remembers_what_it_signed(running, log):
    """Killed while it answers, a few times over: it never knows less than it has told."""
    chance = random.Random(7)
    told = 0
    for _ in range(8):
        killer = threading.Timer(chance.uniform(0.01, 0.2), running.process.kill)
        killer.start()
        try:
            while told < 590:
                status, _lines, _type = ask(running, log.request(told, told + 1))
                if status == 409:
                    told = running.seen()[ORIGIN]
                else:
                    told += status == 200
        except (OSError, http.client.HTTPException):
            pass
        killer.join()
        running.kill()
        vkey = running.vkey
        running.start()
        assert running.vkey == vkey
        known = running.seen().get(ORIGIN, 0)
        assert told <= known <= told + 1
        told = known

    assert ask(running, Log(b"false").request(told, 595))[0] == 422
    assert told > 8
