"""Cosigners over HTTP: what goes out, what comes back, and what is believed."""

import base64
import time

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db.models.functions import Now

from audit import cosignatures
from audit.alarms import open_alarms
from audit.models import Checkpoint, Cosignature, Tree, WitnessFeed
from audit.tlog import notes
from audit.tlog.notes import COSIGNATURE, Vkey
from tests.audit.log import LOG, OTHER_LOG
from tests.audit.witnesses.conftest import answer, as_table, grow

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("AUD-06", "P5")]

# Not thirty-two zeros: that is a point under which a signature of zeros verifies now and then.
ROGUE = Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key().public_bytes_raw()


def due():
    WitnessFeed.objects.update(next_at=Now())


def feed(**key):
    return WitnessFeed.objects.get(**(key or {"controller_id": LOG}))


def kinds(log=LOG):
    return sorted(open_alarms([log]).values_list("kind", flat=True))


class TestCosigning:
    def test_the_witness_signs_the_newest_checkpoint(self, cosigner):
        grow(3)
        found, publisher = cosigner()

        assert publisher.step() is True

        checkpoint = Checkpoint.objects.get(controller_id=LOG)
        note = notes.parse_note(checkpoint.note + cosignatures.lines(checkpoint))
        key = Vkey.parse(found.vkey)
        assert note.by(key)
        assert abs(note.time_of(key) - time.time()) < 60
        assert (feed().size, feed().problem) == (checkpoint.size, "")

    def test_nothing_is_due_until_there_is_news(self, cosigner):
        grow()
        _found, publisher = cosigner()
        publisher.step()
        due()

        assert publisher.step() is False

    def test_checkpoints_between_are_left_out(self, cosigner):
        grow()
        found, publisher = cosigner()
        publisher.step()
        for _ in range(5):
            size = grow(100)
        due()

        publisher.step()

        assert list(found.seen().values()) == [size]
        assert Cosignature.objects.count() == 2

    def test_a_lost_answer_is_asked_for_again(self, cosigner):
        grow(2)
        found, publisher = cosigner()
        publisher.step()
        size = grow(400)
        due()
        publisher.step()
        WitnessFeed.objects.update(size=2, next_at=Now())  # as if the last answer had been lost

        publisher.step()

        assert list(found.seen().values()) == [size]
        assert (feed().size, kinds()) == (size, [])

    def test_every_log_reaches_the_witness_or_the_named_ones(self, witness, configure):
        grow()
        grow(log=OTHER_LOG)
        found = witness().trust(LOG, OTHER_LOG)
        (publisher,) = configure(as_table(found, logs=[str(OTHER_LOG)]))

        while publisher.step():
            pass

        assert list(found.seen()) == [Tree.objects.get(controller_id=OTHER_LOG).origin]

    @pytest.mark.req("P10")
    def test_nothing_but_the_note_and_hashes_goes_out(self, server, configure, witness):
        grow(300)
        sent = []

        def respond(handler, body):
            sent.append((handler.path, dict(handler.headers), body.decode()))
            answer(handler, status=404)

        key = witness().vkey
        table = {"name": "w", "kind": "http", "url": server(respond) + "/sub/", "vkey": key}
        (publisher,) = configure(table)

        publisher.step()

        ((path, headers, body),) = sent
        assert path == "/sub/add-checkpoint"
        assert body == f"old 0\n\n{Checkpoint.objects.get().note}"
        assert "Cookie" not in headers
        assert "Authorization" not in headers


def rogue(respond):
    """A server's behaviour as a table of the file; its key is one that nobody has."""
    key = Vkey("rogue.example", COSIGNATURE, ROGUE)
    return {"name": "rogue", "kind": "http", "url": respond, "vkey": str(key)}


def drip(handler, _body):
    """A byte at a time, for ever: each read succeeds in time, the whole never does."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
    while True:
        handler.wfile.write(b"x")
        time.sleep(0.2)


def hang(handler, _body):
    time.sleep(5)


def flood(handler, _body):
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n")
    while True:
        handler.wfile.write(b"x" * 65_536)


def away(handler, _body):
    handler.send_response(307)
    handler.send_header("Location", "http://127.0.0.1:1/add-checkpoint")
    handler.send_header("Content-Length", "0")
    handler.end_headers()


def cut(handler, _body):
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\nhalf")
    handler.close_connection = True


def mail(handler, _body):
    handler.wfile.write(b"220 mail.example\r\n")
    handler.close_connection = True


def says(status, body=b"", content_type="text/plain"):
    return lambda handler, _body: answer(handler, body, status, content_type)


SIZE = "text/x.tlog.size"
OTHER_LINE = "— other.example AAAAAAAAAAAA\n"
LINE = (
    "— rogue.example "
    + base64.b64encode(Vkey("rogue.example", COSIGNATURE, ROGUE).key_id + bytes(72)).decode()
)
MISBEHAVIOUR = {
    "drips": (drip, "slow"),
    "hangs": (hang, "slow"),
    "floods": (flood, "too_long"),
    "redirects": (away, "redirected"),
    "cuts off": (cut, "unreachable"),
    "speaks no HTTP": (mail, "unreachable"),
    "does not know the log": (says(404), "unknown_log"),
    "does not trust the key": (says(403), "untrusted_key"),
    "calls it malformed": (says(400), "refused"),
    "has a fault": (says(500), "busy"),
    "is overrun": (says(429), "busy"),
    "says nothing": (says(200), "garbled"),
    "says no text": (says(200, b"\xff\xfe"), "garbled"),
    "says no line": (says(200, b"all is well\n"), "garbled"),
    "signs with another key": (says(200, OTHER_LINE.encode()), "bad_signature"),
    "signs wrongly": (says(200, f"{LINE}\n".encode()), "bad_signature"),
    "conflicts with itself": (says(409, b"0\n", SIZE), "conflict"),
    "conflicts without a size": (says(409, b"many\n", SIZE), "garbled"),
    "conflicts with a huge size": (says(409, b"9" * 400 + b"\n", SIZE), "garbled"),
    "conflicts in another type": (says(409, b"1\n"), "garbled"),
}  # fmt: skip


class TestMisbehaviour:
    @pytest.mark.parametrize(("respond", "problem"), MISBEHAVIOUR.values(), ids=MISBEHAVIOUR)
    def test_is_noted_and_believed_in_nothing(self, server, configure, respond, problem):
        grow(5)
        (publisher,) = configure({**rogue(server(respond)), "timeout": 1})
        start = time.monotonic()

        assert publisher.step() is True

        assert time.monotonic() - start < 4
        found = feed()
        assert (found.problem, found.size, found.tries) == (problem, 0, 1)
        assert not Cosignature.objects.exists()
        assert kinds() == []

    def test_waits_longer_each_time(self, server, configure):
        grow()
        (publisher,) = configure(rogue(server(says(500))))
        pauses = []
        for _ in range(9):
            due()
            before = time.time()
            publisher.step()
            pauses.append(feed().next_at.timestamp() - before)

        assert feed().tries == 9
        assert 0.4 < pauses[0] < 2
        assert 60 <= pauses[-1] < 190

    def test_a_witness_nobody_can_reach_is_left_alone_for_every_log(self, configure):
        grow()
        grow(log=OTHER_LOG)
        (publisher,) = configure(rogue("http://127.0.0.1:1"))

        assert publisher.step() is True
        assert publisher.step() is False

    def test_a_cosignature_from_the_future_is_no_cosignature(self, server, configure):
        grow()
        secret = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
        key = Vkey("future.example", COSIGNATURE, secret.public_key().public_bytes_raw())

        body = notes.parse_note(Checkpoint.objects.get().note).body

        def respond(handler, _body):
            seconds = int(time.time()) + 3600
            signed = secret.sign(notes.cosigned(body, seconds))
            answer(handler, notes.signature_line(key, signed, seconds=seconds).encode())

        table = {"name": "f", "kind": "http", "url": server(respond), "vkey": str(key)}
        (publisher,) = configure(table)

        publisher.step()

        assert feed().problem == "bad_time"
        assert not Cosignature.objects.exists()

    def test_lines_of_others_are_left_out(self, server, configure):
        grow()
        secret = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
        key = Vkey("good.example", COSIGNATURE, secret.public_key().public_bytes_raw())
        body = notes.parse_note(Checkpoint.objects.get().note).body

        def respond(handler, _body):
            seconds = int(time.time())
            line = notes.signature_line(
                key, secret.sign(notes.cosigned(body, seconds)), seconds=seconds
            )
            answer(handler, f"{OTHER_LINE}{line}".encode())

        table = {"name": "g", "kind": "http", "url": server(respond), "vkey": str(key)}
        (publisher,) = configure(table)

        publisher.step()

        (kept,) = Cosignature.objects.all()
        assert kept.line.startswith("— good.example ")
        assert kept.line.count("\n") == 1
