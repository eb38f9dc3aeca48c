"""A record, its proof file and a pinned key (AUD-04)."""

import hashlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.models import Payload
from audit.tlog import merkle, notes
from tests.verify import kit
from tests.verify.kit import ORIGIN, UNREADABLE, UNTRUSTED, VERIFIED, WRONG, MadeUpLog, Signer

pytestmark = [pytest.mark.req("AUD-04", "P5")]

EVE = Signer(ORIGIN, seed=b"\x66" * 32)
W1, W2, W3 = (kit.witness(f"witness.example/w{n}", bytes([n]) * 32) for n in (1, 2, 3))
SALT = b"0123456789abcdef"
RECORD = b'{"at":1,"event":"consent:given","id":"01900000-0000-7000-8000-000000000001"}'


def salted(record=RECORD, salt=SALT):
    return hashlib.sha256(salt + record).digest()


@pytest.fixture
def small():
    """A made-up log whose fourth entry is the record."""
    entries = kit.numbered(9)
    entries[3] = salted()
    return MadeUpLog(entries)


@pytest.fixture
def files(tmp_path):
    def write(record, proof):
        return kit.write(tmp_path, **{"record.json": record, "record.tlog-proof": proof})

    return write


class TestRealLogs:
    @pytest.mark.parametrize("place", [0, 1, 127, 255, 256, 299])
    def test_a_record_is_in_the_log(self, place, log, ask, files):
        found = ask("proof", *files(log.record(place), log.proof(place)), "--vkey", log.vkey)

        assert found.code == VERIFIED, found.message
        assert found.facts["index"] == place
        assert found.facts["id"] == str(log.ids[place])
        assert found.facts["event"] == "decision:made"
        assert found.facts["key_is_pinned"] is True

    def test_without_django_and_without_the_suite(self, log, files, only_cryptography):
        paths = files(log.record(7), log.proof(7))

        ended = kit.alone(only_cryptography, "proof", *paths, "--vkey", log.vkey)

        assert ended.returncode == VERIFIED, ended.stderr
        assert "Entry 7 is in the log" in ended.stdout
        modules = ended.stderr.split("MODULES ")[1].split()
        tops = {name.split(".")[0] for name in modules}
        assert "cryptography" in tops
        assert not tops & {"django", "audit", "keys", "config", "psycopg", "msgspec", "tests"}

    def test_an_entry_by_its_commitment_alone(self, log, ask, files):
        kept = Payload.objects.get(id=log.ids[5])
        commitment = salted(bytes(kept.body), bytes(kept.salt)).hex()
        _, proof = files(b"", log.proof(5))

        found = ask("entry", commitment, proof, "--vkey", log.vkey)

        assert (found.code, found.facts["commitment"]) == (VERIFIED, commitment)
        assert ask("entry", "00" * 32, proof, "--vkey", log.vkey).code == WRONG

    def test_another_records_proof_is_none(self, log, ask, files):
        found = ask("proof", *files(log.record(7), log.proof(8)), "--vkey", log.vkey)

        assert found.code == WRONG
        assert "Entry 8" in found.message

    def test_the_same_proof_under_another_logs_checkpoint_is_none(self, log, other_log, ask, files):
        mine = notes.Proof.parse(log.proof(7))
        foreign = notes.Proof.parse(other_log.proof(7)).checkpoint
        swapped = str(notes.Proof(mine.index, mine.hashes, foreign, mine.extra))

        found = ask("proof", *files(log.record(7), swapped), "--vkey", log.vkey,
                    "--vkey", other_log.vkey)  # fmt: skip

        assert found.code == WRONG

    def test_no_byte_of_record_or_proof_can_change(self, log):
        record, proof = log.record(9), log.proof(9).encode()
        trust = kit.trusting(log.vkey)

        assert kit.stands(record, proof, trust)
        for at in range(len(record)):
            assert not kit.stands(kit.flipped(record, at, at % 8), proof, trust), at
        for at in range(len(proof)):
            assert not kit.stands(record, kit.flipped(proof, at, at % 8), trust), at


class TestTrust:
    def test_without_a_key_nothing_is_verified(self, small, ask, files):
        found = ask("proof", *files(RECORD, small.proof(3, extra=SALT)))

        assert found.code == UNTRUSTED
        assert "--vkey" in found.message

    def test_a_proof_has_no_keys_inside_that_could_be_trusted(self, small, ask, files):
        paths = files(RECORD, small.proof(3, extra=SALT))

        assert ask("proof", *paths, "--trust-contained-keys").code == UNTRUSTED

    def test_keys_come_from_a_file_too(self, small, ask, files, tmp_path):
        keys = tmp_path / "keys"
        keys.write_text(f"# the log\n\n{EVE.vkey}\n{small.signer.vkey}\n")

        found = ask("proof", *files(RECORD, small.proof(3, extra=SALT)), "--keys", keys)

        assert found.code == VERIFIED

    def test_a_log_signed_by_another_key_is_refused(self, ask, files):
        entries = kit.numbered(9)
        entries[3] = salted()
        resigned = MadeUpLog(entries, EVE)

        paths = files(RECORD, resigned.proof(3, extra=SALT))

        found = ask("proof", *paths, "--vkey", Signer(ORIGIN).vkey)
        assert found.code == WRONG
        assert "not signed by a trusted key" in found.message

    def test_a_key_of_another_log_does_not_count(self, small, ask, files):
        other = Signer("log.example/log/v1/other").vkey  # the same 32 bytes

        found = ask("proof", *files(RECORD, small.proof(3, extra=SALT)), "--vkey", other)

        assert found.code == UNTRUSTED

    def test_a_wrong_signature_with_a_trusted_keys_id_spoils_the_note(self, small, ask, files):
        proof = small.proof(3, extra=SALT)
        false = notes.signature_line(small.signer.vkey, bytes(64))

        head, _, line = proof.rpartition("— ")

        for text in (f"{proof}{false}", f"{head}{false}— {line}"):
            found = ask("proof", *files(RECORD, text), "--vkey", small.signer.vkey)
            assert (found.code, "is wrong" in found.message) == (WRONG, True)

    def test_signatures_of_strangers_are_passed_over(self, small, ask, files):
        proof = small.proof(3, extra=SALT)
        strange = f"— pq.example/later {kit.text64(bytes(4 + 2420))}\n"

        found = ask("proof", *files(RECORD, proof + strange), "--vkey", small.signer.vkey)

        assert found.code == VERIFIED


class TestWitnesses:
    AT = 1_790_000_000

    def cosigned(self, small, *witnesses):
        proof = small.proof(3, extra=SALT)
        body = notes.parse_note(notes.Proof.parse(proof).checkpoint).body
        return proof + "".join(one.cosign(body, self.AT + n) for n, one in enumerate(witnesses))

    def ask(self, ask, paths, small, *options):
        return ask("proof", *paths, "--vkey", small.signer.vkey, *options)

    def test_their_cosignatures_are_told_with_their_time(self, small, ask, files):
        paths = files(RECORD, self.cosigned(small, W1, W2))

        found = self.ask(ask, paths, small, "--witness", W1.vkey, "--witness", W2.vkey)

        assert found.facts["cosignatures"] == [
            {"witness": "witness.example/w1", "at": "2026-09-21T14:13:20Z"},
            {"witness": "witness.example/w2", "at": "2026-09-21T14:13:21Z"},
        ]

    @pytest.mark.parametrize(("need", "code"), [(0, 0), (1, 0), (2, 0), (3, 1)])
    def test_as_many_as_needed_of_those_known(self, need, code, small, ask, files):
        paths = files(RECORD, self.cosigned(small, W1, W3))
        known = [part for one in (W1, W2, W3) for part in ("--witness", one.vkey)]

        assert self.ask(ask, paths, small, *known, "--need", need).code == code

    def test_all_are_needed_when_nobody_says_how_many(self, small, ask, files):
        paths = files(RECORD, self.cosigned(small, W1))

        found = self.ask(ask, paths, small, "--witness", W1.vkey, "--witness", W2.vkey)

        assert (found.code, "1 of 2 witnesses" in found.message) == (WRONG, True)

    def test_one_witness_named_twice_counts_once(self, small, ask, files):
        paths = files(RECORD, self.cosigned(small, W1))
        twice = ["--witness", W1.vkey] * 2

        assert self.ask(ask, paths, small, *twice, "--need", 2).code == UNREADABLE

    def test_one_key_under_two_names_counts_once(self, small, ask, files):
        alias = kit.witness("witness.example/alias", b"\x01" * 32)
        paths = files(RECORD, self.cosigned(small, W1, alias))
        both = ["--witness", W1.vkey, "--witness", alias.vkey]

        assert self.ask(ask, paths, small, *both, "--need", 2).code == UNREADABLE

    def test_another_time_than_the_one_signed_is_refused(self, small, ask, files):
        proof = self.cosigned(small, W1)
        head, _, line = proof.rpartition(" ")
        raw = kit.base64.b64decode(line)
        later = raw[:4] + (self.AT + 1).to_bytes(8) + raw[12:]
        paths = files(RECORD, f"{head} {kit.text64(later)}\n")

        assert self.ask(ask, paths, small, "--witness", W1.vkey, "--need", 0).code == WRONG

    def test_a_logs_signature_is_no_cosignature(self, small, ask, files):
        paths = files(RECORD, small.proof(3, extra=SALT))
        as_witness = notes.Vkey(ORIGIN, notes.COSIGNATURE, small.signer.vkey.raw)

        assert self.ask(ask, paths, small, "--witness", as_witness).code == WRONG

    def test_keys_of_the_wrong_kind_are_wrong_usage(self, small, ask, files):
        paths = files(RECORD, small.proof(3, extra=SALT))

        assert self.ask(ask, paths, small, "--witness", small.signer.vkey).code == UNREADABLE
        assert self.ask(ask, paths, small, "--vkey", W1.vkey).code == UNREADABLE
        assert self.ask(ask, paths, small, "--need", 1).code == UNREADABLE
        assert self.ask(ask, paths, small, "--need", -1).code == UNREADABLE

    def test_a_time_beyond_every_calendar_is_told_as_it_is(self, small, ask, files):
        proof = small.proof(3, extra=SALT)
        body = notes.parse_note(notes.Proof.parse(proof).checkpoint).body
        paths = files(RECORD, proof + W1.cosign(body, 2**63 - 1))

        found = self.ask(ask, paths, small, "--witness", W1.vkey)

        assert (found.code, len(found.facts["cosignatures"])) == (VERIFIED, 1)

    def test_a_time_too_large_for_the_standard_is_refused(self, small, ask, files):
        proof = small.proof(3, extra=SALT)
        body = notes.parse_note(notes.Proof.parse(proof).checkpoint).body
        paths = files(RECORD, proof + W1.cosign(body, 2**63))

        assert self.ask(ask, paths, small, "--witness", W1.vkey).code == WRONG


class TestMalformed:
    PROOFS = {
        "empty": "",
        "another version": "c2sp.org/tlog-proof@v2\nindex 3\n\n{note}",
        "no index": "{first}\n{note}",
        "an index with zeros": "{first}index 03\n\n{note}",
        "a negative index": "{first}index -1\n\n{note}",
        "an endless index": "{first}index {long}\n\n{note}",
        "another script's digits": "{first}index ٣\n\n{note}",
        "no checkpoint": "{first}index 3\n",
        "no salt": "c2sp.org/tlog-proof@v1\nindex 3\n\n{note}",
        "a short salt": "c2sp.org/tlog-proof@v1\nextra AAAA\nindex 3\n\n{note}",
        "a short hash": "{first}index 3\nAAAA\n\n{note}",
        "no base64": "{first}index 3\n!!!!\n\n{note}",
        "too many hashes": "{first}index 3\n{hashes}\n{note}",
        "other newlines": "c2sp.org/tlog-proof@v1\r\nindex 3\r\n\r\n{note}",
    }

    @pytest.mark.parametrize("what", PROOFS)
    def test_what_is_no_proof_file_is_said_to_be_none(self, what, small, ask, files):
        text = self.PROOFS[what].format(
            note=small.checkpoint(), long="9" * 5000, hashes=f"{kit.text64(bytes(32))}\n" * 64,
            first=f"c2sp.org/tlog-proof@v1\nextra {kit.text64(SALT)}\n",
        )  # fmt: skip

        found = ask("proof", *files(RECORD, text), "--vkey", small.signer.vkey)

        assert found.code == UNREADABLE

    NOTES = {
        "cut before the signature": lambda note: note[: note.index("—")],
        "cut in the signature": lambda note: note[:-10],
        "cut in the root": lambda note: note[:60],
        "without the last newline": lambda note: note[:-1],
        "with a control character": lambda note: note.replace("\n9\n", "\n9\x08\n"),
        "another size": lambda note: note.replace("\n9\n", "\n10\n"),
        "a size with zeros": lambda note: note.replace("\n9\n", "\n09\n"),
        "a size of ten thousand digits": lambda note: note.replace("\n9\n", f"\n{'9' * 10000}\n"),
        "65 signatures": lambda note: note + note[note.index("—") :] * 64,
    }  # fmt: skip

    @pytest.mark.parametrize("what", NOTES)
    def test_a_spoilt_checkpoint_does_not_verify(self, what, small, ask, files):
        proof = small.proof(3, extra=SALT)
        note = small.checkpoint()
        spoilt = proof.replace(note, self.NOTES[what](note))

        found = ask("proof", *files(RECORD, spoilt), "--vkey", small.signer.vkey)

        assert found.code in (WRONG, UNREADABLE)

    @pytest.mark.parametrize("change", [
        lambda lines: lines[:-1], lambda lines: [*lines, lines[-1]], lambda lines: lines[::-1],
        lambda lines: [],
    ])  # fmt: skip
    def test_hashes_lost_added_or_moved_do_not_verify(self, change, small, ask, files):
        whole = notes.Proof.parse(small.proof(3, extra=SALT))
        changed = notes.Proof(3, tuple(change(whole.hashes)), whole.checkpoint, SALT)

        assert ask("proof", *files(RECORD, str(changed)), "--vkey", small.signer.vkey).code == WRONG

    def test_an_index_beyond_the_log_does_not_verify(self, small, ask, files):
        whole = notes.Proof.parse(small.proof(3, extra=SALT))
        moved = notes.Proof(2**62, whole.hashes, whole.checkpoint, SALT)

        found = ask("proof", *files(RECORD, str(moved)), "--vkey", small.signer.vkey)

        assert (found.code, "There is no entry" in found.message) == (WRONG, True)

    def test_a_record_that_is_no_json_is_still_a_record(self, ask, files):
        log = MadeUpLog([salted(b"\xff\x00")])

        found = ask("proof", *files(b"\xff\x00", log.proof(0, extra=SALT)), "--vkey",
                    log.signer.vkey)  # fmt: skip

        assert found.code == VERIFIED


@pytest.mark.req("AUD-04")
def test_a_proof_with_a_witness_stays_below_two_kilobytes_at_a_hundred_million_entries():
    origin = "consent.example.com/log/v1/01900000-0000-7000-8000-00000000000a"
    body = notes.Checkpoint(origin, 10**8, bytes(32)).body
    note = notes.note(body, [Signer(origin).sign(body), W1.cosign(body, 1_790_000_000)])
    hashes = (bytes(32),) * (10**8 - 1).bit_length()

    assert len(str(notes.Proof(10**8 - 1, hashes, note, SALT)).encode()) < 2000


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_every_entry_of_every_size_is_proved_and_no_other(data):
    size = data.draw(st.integers(1, 700))
    index = data.draw(st.integers(0, size - 1))
    log = MadeUpLog(kit.numbered(size))
    trust = kit.trusting(log.signer.vkey)
    proof = log.proof(index)

    report = kit.verifier.verify_entry(log.entries[index], proof, trust)

    assert (report.facts["index"], report.facts["size"]) == (index, size)
    assert len(notes.Proof.parse(proof).hashes) <= (size - 1).bit_length()
    for wrong in {(index + 1) % size, data.draw(st.integers(0, size - 1))} - {index}:
        with pytest.raises(kit.verifier.VerificationError):
            kit.verifier.verify_entry(log.entries[wrong], proof, trust)


@given(st.integers(1, 200), st.data())
def test_the_root_is_the_one_rfc_6962_defines(size, data):
    entries = kit.numbered(size)
    index = data.draw(st.integers(0, size - 1))

    def mth(part):
        if len(part) == 1:
            return hashlib.sha256(b"\0" + part[0]).digest()
        k = 1 << (len(part) - 1).bit_length() - 1
        return hashlib.sha256(b"\1" + mth(part[:k]) + mth(part[k:])).digest()

    def path(m, part):
        if len(part) == 1:
            return []
        k = 1 << (len(part) - 1).bit_length() - 1
        return [*path(m, part[:k]), mth(part[k:])] if m < k else [
            *path(m - k, part[k:]), mth(part[:k])
        ]  # fmt: skip

    leaf = kit.verifier.leaf_hash(entries[index])

    found = kit.verifier.root_from_inclusion(index, size, leaf, path(index, entries))

    assert found == mth(entries)
    assert kit.verifier.fold(kit.verifier.peaks([merkle.leaf_hash(e) for e in entries])) == found
