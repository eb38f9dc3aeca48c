"""Timestamp authorities, as OpenSSL runs one."""

import hashlib
import subprocess

import pytest
from django.db.models.functions import Now
from rfc3161_client import decode_timestamp_response

from audit import cosignatures
from audit.models import Checkpoint, Cosignature, WitnessFeed
from audit.tlog import notes
from audit.witnesses.der import in_order
from tests.audit.log import LOG
from tests.audit.witnesses.conftest import answer, grow

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("AUD-06")]

REPLY = "application/timestamp-reply"
CONFIG = """
[tsa]
default_tsa = one
[one]
serial = {folder}/serial
crypto_device = builtin
signer_cert = {folder}/tsa.pem
certs = {folder}/root.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha512
accuracy = secs:1
ess_cert_id_alg = sha256
"""


class Authority:
    """A root, a stamping certificate under it, and `openssl ts -reply`."""

    def __init__(self, folder, usage="critical,timeStamping"):
        folder.mkdir()
        self.folder = folder
        self.asked = []
        (folder / "ts.cnf").write_text(CONFIG.format(folder=folder))
        (folder / "serial").write_text("01\n")
        (folder / "usage").write_text(f"extendedKeyUsage={usage}\nbasicConstraints=CA:FALSE\n")
        self.openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                     "-nodes", "-keyout", "root.key", "-out", "root.pem", "-days", "30",
                     "-subj", "/CN=Root")  # fmt: skip
        self.openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                     "-keyout", "tsa.key", "-out", "tsa.csr", "-subj", "/CN=Authority")  # fmt: skip
        self.certify("tsa.pem")

    def certify(self, name):
        """A certificate of the stamping key for the uses that are noted."""
        self.openssl("x509", "-req", "-in", "tsa.csr", "-CA", "root.pem", "-CAkey", "root.key",
                     "-CAcreateserial", "-out", name, "-days", "30",
                     "-extfile", "usage")  # fmt: skip

    def openssl(self, *arguments):
        return subprocess.run(
            ["openssl", *arguments], cwd=self.folder, check=True, capture_output=True
        ).stdout

    def stamp(self, query):
        (self.folder / "query").write_bytes(query)
        self.openssl("ts", "-reply", "-config", "ts.cnf", "-queryfile", "query", "-out", "reply")
        return (self.folder / "reply").read_bytes()

    def respond(self, handler, body):
        self.asked.append((handler.headers["Content-Type"], body))
        answer(handler, self.stamp(body), content_type=REPLY)


@pytest.fixture
def authority(tmp_path):
    return Authority(tmp_path / "tsa")


@pytest.fixture
def stamping(server, configure, authority):
    """The publisher of an authority: `stamping()`, or one that answers otherwise."""

    def make(respond=None, roots=None, **more):
        url = server(respond or authority.respond)
        roots = str(roots or authority.folder / "root.pem")
        table = {"name": "tsa", "kind": "rfc3161", "url": url, "roots": roots, "timeout": 5}
        (publisher,) = configure({**table, **more})
        return publisher

    return make


def feed():
    return WitnessFeed.objects.get(controller_id=LOG)


def test_the_body_of_the_checkpoint_is_stamped_and_the_response_kept(stamping, authority):
    grow(3)

    stamping().step()

    (kept,) = Cosignature.objects.all()
    assert (kept.size, kept.line, feed().problem) == (3, "", "")
    checkpoint = Checkpoint.objects.get()
    assert cosignatures.of(checkpoint) == [kept]
    assert cosignatures.lines(checkpoint) == ""
    stamp = decode_timestamp_response(in_order(bytes(kept.token))).tst_info
    assert stamp.message_imprint.message == hashlib.sha256(body_of(checkpoint)).digest()
    assert stamp.gen_time == kept.at


def body_of(checkpoint):
    return notes.parse_note(checkpoint.note).body.encode()


def test_openssl_verifies_what_is_kept(stamping, authority):
    grow(3)
    stamping().step()
    (authority.folder / "body").write_bytes(body_of(Checkpoint.objects.get()))
    (authority.folder / "kept").write_bytes(bytes(Cosignature.objects.get().token))

    said = authority.openssl("ts", "-verify", "-data", "body", "-in", "kept", "-CAfile", "root.pem")

    assert b"OK" in said


@pytest.mark.req("P10")
def test_only_a_hash_goes_out(stamping, authority):
    grow()
    stamping().step()

    ((content_type, query),) = authority.asked
    assert content_type == "application/timestamp-query"
    assert len(query) < 100
    assert hashlib.sha256(body_of(Checkpoint.objects.get())).digest() in query


def test_a_stamp_is_asked_for_as_often_as_configured(stamping):
    grow()
    publisher = stamping(every=3600)
    publisher.step()
    grow()

    assert publisher.step() is False
    WitnessFeed.objects.update(next_at=Now())
    assert publisher.step() is True
    assert Cosignature.objects.count() == 2


def test_a_replayed_stamp_is_refused(stamping, authority):
    """The same checkpoint, the same authority, another request's stamp."""
    grow()
    query = ["ts", "-query", "-data", "body", "-sha256", "-cert", "-out", "old"]
    (authority.folder / "body").write_bytes(body_of(Checkpoint.objects.get()))
    authority.openssl(*query)
    old = authority.stamp((authority.folder / "old").read_bytes())

    stamping(lambda handler, _body: answer(handler, old, content_type=REPLY)).step()

    assert (feed().problem, Cosignature.objects.count()) == ("foreign", 0)


def test_a_stamp_over_something_else_is_refused(stamping, authority):
    grow()

    def respond(handler, body):
        digest = hashlib.sha256(body_of(checkpoint)).digest()
        other = body.replace(digest, hashlib.sha256(b"something else").digest())
        answer(handler, authority.stamp(other), content_type=REPLY)

    checkpoint = Checkpoint.objects.get()
    stamping(respond).step()

    assert (feed().problem, Cosignature.objects.count()) == ("foreign", 0)


def test_a_stamp_of_another_authority_is_refused(stamping, tmp_path):
    grow()
    other = Authority(tmp_path / "other")

    stamping(other.respond).step()

    assert (feed().problem, Cosignature.objects.count()) == ("bad_signature", 0)


@pytest.mark.parametrize("usage", ["critical,serverAuth", "critical,timeStamping"])
def test_a_stamp_by_a_certificate_for_other_uses_is_refused(stamping, authority, usage):
    """The same key and root and the right words, signed as mail is: only the use differs."""
    grow()
    (authority.folder / "usage").write_text(f"extendedKeyUsage={usage}\n")
    authority.certify("web.pem")

    def respond(handler, body):
        authority.stamp(body)
        authority.openssl("ts", "-reply", "-in", "reply", "-token_out", "-out", "token")
        authority.openssl("cms", "-verify", "-noverify", "-inform", "DER", "-in", "token",
                          "-out", "told")  # fmt: skip
        token = authority.openssl(
            "cms", "-sign", "-nodetach", "-binary", "-outform", "DER", "-in", "told", "-md",
            "sha256", "-econtent_type", "1.2.840.113549.1.9.16.1.4", "-signer", "web.pem",
            "-inkey", "tsa.key",
        )  # fmt: skip
        inside = b"\x30\x03\x02\x01\x00" + token
        answer(handler, b"\x30\x82" + len(inside).to_bytes(2) + inside, content_type=REPLY)

    stamping(respond).step()

    is_for_stamps = usage.endswith("timeStamping")
    assert feed().problem == ("" if is_for_stamps else "bad_signature")
    assert Cosignature.objects.exists() == is_for_stamps


def test_an_edited_stamp_is_refused(stamping, authority):
    grow()

    def respond(handler, body):
        raw = bytearray(authority.stamp(body))
        raw[-1] ^= 1  # in the signature
        answer(handler, bytes(raw), content_type=REPLY)

    stamping(respond).step()

    assert (feed().problem, Cosignature.objects.count()) == ("bad_signature", 0)


REFUSED = bytes.fromhex("30053003020102")
WRONG = {
    "rejects": (REFUSED, REPLY, 200, "refused"),
    "is garbled": (b"\x30\x82", REPLY, 200, "garbled"),
    "is empty": (b"", REPLY, 200, "garbled"),
    "is a page": (b"<html>", "text/html", 200, "garbled"),
    "needs a login": (b"", "text/html", 401, "refused"),
    "is down": (b"", "text/html", 503, "busy"),
}


@pytest.mark.parametrize(("body", "content_type", "status", "problem"), WRONG.values(), ids=WRONG)
def test_any_other_answer_is_a_trouble(stamping, body, content_type, status, problem):
    grow()

    stamping(lambda handler, _body: answer(handler, body, status, content_type)).step()

    assert (feed().problem, Cosignature.objects.count()) == (problem, 0)


def test_the_stamps_over_an_entry_are_found(stamping):
    grow()
    publisher = stamping()
    publisher.step()
    grow(2)
    WitnessFeed.objects.update(next_at=Now())
    publisher.step()

    assert [one.size for one in cosignatures.stamps(LOG, covering=1)] == [1]
    assert [one.size for one in cosignatures.stamps(LOG, covering=2)] == [3]
    assert cosignatures.stamps(LOG, covering=4) == []
    assert cosignatures.newest(LOG) is None
