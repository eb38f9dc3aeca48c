"""A receipt, and the record of the answer in the log (CON-14)."""

import json

import pytest

from audit import proofs, sealing
from audit.canonical import canonical
from consent.proofs import entry_of
from consent.receipts import receipt
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
