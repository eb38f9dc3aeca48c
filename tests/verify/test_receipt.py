"""A receipt, and the record of the answer in the log (CON-14)."""

import base64
import json

import pytest

from audit import proofs, sealing
from audit.canonical import canonical
from consent.proofs import entry_of
from consent.receipts import receipt
from consent.records.files import file
from consent.transitions import State
from tests.portal import world
from tests.portal.world import MAPS, OFFERS
from tests.verify import kit
from tests.verify.kit import UNREADABLE, UNTRUSTED, VERIFIED, WRONG, Signer

pytestmark = [pytest.mark.django_db, pytest.mark.req("CON-14", "AUD-04")]


@pytest.fixture
def company():
    return world.make()


@pytest.fixture
def asha(company):
    return company.person()


class Kept:
    """What a person keeps of one answer."""

    def __init__(self, company, line, folder):
        sealing.seal_all()
        entry = entry_of(company.id, line.id)
        self.said = receipt(company.id, company.controller.name, line.id).as_dict()
        self.proof, self.record = str(proofs.proof(company.id, entry)), proofs.record(entry)
        self.vkey = str(sealing.log_key(self.proof.split("\n\n")[1].split("\n")[0]))
        self._folder = folder

    def paths(self, **changes):
        files = {"said": self.said, "proof": self.proof, "record": self.record, **changes}
        if not isinstance(files["said"], bytes):
            files["said"] = json.dumps(files["said"], indent=2, ensure_ascii=False)
        return kit.write(
            self._folder, **{name: files[name] for name in ("said", "proof", "record")}
        )


@pytest.fixture
def kept(company, asha, tmp_path):
    return Kept(company, company.yes(asha, language="hi", is_explicit=True), tmp_path)


def test_it_is_signed_and_what_it_says_is_in_the_log(kept, ask):
    found = ask("receipt", *kept.paths(), "--vkey", kept.vkey)

    assert found.code == VERIFIED, found.message
    assert found.facts["receipt"] == kept.said["receipt_id"]
    assert found.facts["event"] == "consent:given"


def test_alone(kept, only_cryptography):
    ended = kit.alone(only_cryptography, "receipt", *kept.paths(), "--vkey", kept.vkey)

    assert ended.returncode == VERIFIED, ended.stderr


def test_a_withdrawal_has_one_too(company, asha, kept, ask, tmp_path):
    line = company.answer(asha, OFFERS, State.WITHDRAWN, method="call_centre")
    later = Kept(company, line, tmp_path)

    assert ask("receipt", *later.paths(), "--vkey", later.vkey).code == VERIFIED
    mixed = later.paths(record=kept.record, proof=kept.proof)
    assert ask("receipt", *mixed, "--vkey", later.vkey).code == WRONG


@pytest.mark.parametrize("name", [
    "receipt_id", "event_state", "event_time", "purpose", "purpose_version", "language", "method",
    "channel", "given_by", "pii_principal_id", "validity_end",
])  # fmt: skip
def test_no_word_of_it_can_change(name, kept, ask):
    changed = {**kept.said, name: f"{kept.said[name]}0"}

    found = ask("receipt", *kept.paths(said=changed), "--vkey", kept.vkey)

    assert (found.code, "not signed" in found.message) == (WRONG, True)


@pytest.mark.parametrize("name", [
    "receipt_id", "event_state", "event_time", "purpose", "purpose_version", "language", "method",
    "channel", "given_by",
])  # fmt: skip
def test_a_receipt_signed_by_us_must_say_what_the_record_says(name, kept, ask):
    """The key could sign another receipt; it cannot change the record."""
    content = {key: value for key, value in kept.said.items() if key != "signature"}
    content[name] = f"{content[name]}0" if name != "event_time" else "2026-01-01T00:00:00+00:00"
    signed = kit.keys.sign(canonical(content))
    forged = {**content, "signature": {"key_id": "x", "ed25519": kit.text64(signed.value)}}

    found = ask("receipt", *kept.paths(said=forged), "--vkey", kept.vkey)

    assert (found.code, name in found.message) == (WRONG, True)


def test_another_answers_record_does_not_count(company, asha, kept, ask, tmp_path):
    other = Kept(company, company.yes(asha, MAPS), tmp_path)

    paths = kept.paths(record=other.record, proof=other.proof)

    assert ask("receipt", *paths, "--vkey", kept.vkey).code == WRONG


def test_without_a_pinned_key_it_is_nobodys(kept, ask):
    assert ask("receipt", *kept.paths()).code == UNTRUSTED
    eve = Signer(kept.vkey.split("+")[0], seed=b"\x66" * 32)
    assert ask("receipt", *kept.paths(), "--vkey", eve.vkey).code == WRONG


def test_the_key_that_counts_is_the_one_of_the_proofs_log(kept, ask):
    """Logs may share a key; and another log's key signs no receipts of this one."""
    shared = sealing.log_key("log.example/log/v1/system")
    assert ask("receipt", *kept.paths(), "--vkey", shared, "--vkey", kept.vkey).code == VERIFIED
    assert ask("receipt", *kept.paths(), "--vkey", shared).code == UNTRUSTED

    eve = Signer("log.example/log/v1/system", seed=b"\x66" * 32)
    content = {key: value for key, value in kept.said.items() if key != "signature"}
    forged = {**content, "signature": {"key_id": "x", "ed25519": eve.raw(canonical(content))}}
    paths = kept.paths(said=forged)
    assert ask("receipt", *paths, "--vkey", eve.vkey, "--vkey", kept.vkey).code == WRONG


@pytest.mark.parametrize("said", [
    b"", b"{}", b"[]", b"null", b'{"schema_version": "sammati-receipt-1"}', b"\xff", b"[" * 99_999,
    b'{"schema_version": "sammati-receipt-1", "signature": {"ed25519": 1}}',
    b'{"schema_version": "sammati-receipt-1", "signature": {"ed25519": "AAAA"}, "a": "\\ud800"}',
    b'{"schema_version": "sammati-receipt-1", "signature": {}, "signature": {}}',
])  # fmt: skip
def test_what_is_no_receipt_cannot_be_read(said, kept, ask):
    assert ask("receipt", *kept.paths(said=said), "--vkey", kept.vkey).code == UNREADABLE


class TestAFullReceipt:
    """One file: what was agreed to, signed, and the log's proof of it."""

    @pytest.fixture
    def line(self, company, asha):
        event = company.yes(asha, language="hi", is_explicit=True)
        sealing.seal_all()
        return event

    @pytest.fixture
    def given(self, company, line, tmp_path):
        """Writes the receipt in a form, changed if asked."""

        def write(form="json", change=lambda body: body):
            path = tmp_path / form
            path.write_bytes(change(file(form, company.id, line.id).body))
            return path

        return write

    @pytest.fixture
    def vkey(self, company, line):
        proof = str(proofs.proof(company.id, entry_of(company.id, line.id)))
        return str(sealing.log_key(proof.split("\n\n")[1].split("\n", maxsplit=1)[0]))

    def test_verifies_alone_with_the_proof_it_brings(self, given, ask, vkey, line):
        found = ask("receipt", given(), "--vkey", vkey)

        assert found.code == VERIFIED, found.message
        assert (found.facts["receipt"], found.facts["in_log"]) == (str(line.id), True)

    def test_verifies_without_anything_of_the_suite(self, given, vkey, only_cryptography):
        for form in ("json", "jws"):
            ended = kit.alone(only_cryptography, "receipt", given(form), "--vkey", vkey)
            assert ended.returncode == VERIFIED, ended.stderr

    def test_as_jws_is_signed_and_says_that_the_log_was_not_looked_at(self, given, ask, vkey):
        found = ask("receipt", given("jws"), "--vkey", vkey)

        assert (found.code, found.facts["in_log"]) == (VERIFIED, False)
        assert "not checked" in found.message

    def test_as_jws_counts_beside_a_proof_and_a_record(
        self, given, ask, vkey, company, line, tmp_path
    ):
        entry = entry_of(company.id, line.id)
        (tmp_path / "proof").write_text(str(proofs.proof(company.id, entry)))
        (tmp_path / "record").write_bytes(proofs.record(entry))

        paths = (given("jws"), tmp_path / "proof", tmp_path / "record")
        found = ask("receipt", *paths, "--vkey", vkey)

        assert (found.code, found.facts["in_log"]) == (VERIFIED, True)
        assert ask("receipt", *paths[:2], "--vkey", vkey).code == UNREADABLE

    @pytest.mark.parametrize(("old", "new"), [
        (b'"given"', b'"refused"'), (b"P365D", b"P9D"), (b"dpv:DirectMarketing", b"dpv:Marketing"),
        (b"pd:EmailAddress", b"pd:Age"), (b"Meera Iyer", b"Nobody"),
    ])  # fmt: skip
    def test_no_part_of_it_can_change(self, given, ask, vkey, old, new):
        def change(body):
            assert old in body
            return body.replace(old, new)

        assert ask("receipt", given(change=change), "--vkey", vkey).code == WRONG

    @pytest.mark.parametrize("part", [0, 1, 2])
    def test_no_part_of_a_jws_can_change(self, given, ask, vkey, part):
        def change(body):
            parts = body.split(b".")
            middle = len(parts[part]) // 2
            letter = b"A" if parts[part][middle : middle + 1] != b"A" else b"B"
            parts[part] = parts[part][:middle] + letter + parts[part][middle + 1 :]
            return b".".join(parts)

        assert ask("receipt", given("jws", change), "--vkey", vkey).code in (WRONG, UNREADABLE)

    @pytest.mark.parametrize("header", [
        {"alg": "none"}, {"alg": "HS256"}, {"typ": "JWT"}, {"crit": ["b64"]}, {"alg": None},
    ])  # fmt: skip
    def test_a_jws_signed_in_another_way_is_not_read(self, given, ask, vkey, header):
        def change(body):
            head, *rest = body.split(b".")
            said = {"alg": "EdDSA", "kid": "x", "typ": "sammati-receipt+json", **header}
            new = base64.urlsafe_b64encode(json.dumps(said).encode()).rstrip(b"=")
            return b".".join((new, *rest))

        assert ask("receipt", given("jws", change), "--vkey", vkey).code == UNREADABLE

    def test_another_companys_key_does_not_count(self, given, ask, vkey):
        eve = Signer(vkey.split("+")[0], seed=b"\x66" * 32)
        other = Signer("log.example/log/v1/01900000-0000-7000-8000-000000000001")
        for form in ("json", "jws"):
            assert ask("receipt", given(form), "--vkey", eve.vkey).code == WRONG
            assert ask("receipt", given(form), "--vkey", other.vkey).code == UNTRUSTED

    def test_the_proof_of_another_answer_does_not_count(
        self, given, ask, vkey, company, asha, tmp_path
    ):
        other = company.yes(asha, MAPS)
        sealing.seal_all()
        strange = json.loads(file("json", company.id, other.id).body)["log"]

        def change(body):
            return json.dumps({**json.loads(body), "log": strange}).encode()

        assert ask("receipt", given(change=change), "--vkey", vkey).code == WRONG

    @pytest.mark.parametrize("log", [
        {}, [], "x", {"proof": "x"}, {"proof": 1, "record": ""}, {"proof": "x", "record": "!"},
    ])  # fmt: skip
    def test_a_proof_that_is_none_cannot_be_read(self, given, ask, vkey, log):
        def change(body):
            return json.dumps({**json.loads(body), "log": log}).encode()

        assert ask("receipt", given(change=change), "--vkey", vkey).code == UNREADABLE
