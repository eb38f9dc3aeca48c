"""Signed notes, checkpoints, cosignatures and proof files: C2SP's examples, and what is no note."""

import base64
import contextlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from audit.tlog import notes
from audit.tlog.notes import COSIGNATURE, ED25519, Checkpoint, NoteError, Proof, Vkey

pytestmark = pytest.mark.req("AUD-03")

# The examples of c2sp.org/signed-note, /tlog-checkpoint and /tlog-cosignature.
FOO = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
FOO_NOTE = (
    "This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ON"
    "ncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
)
POEM = (
    "Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned è subito sera.\n\n"
    "— quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU"
    "0xMcXxj99ihAQwaqP3ZekRwNtIc=\n"
)
SOFA = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
SOFA_NOTE = (
    f"{SOFA}\n"
    "— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2"
    "q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
    "— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2"
    "oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n"
)

SECRET = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
RAW = SECRET.public_key().public_bytes_raw()
LOG = Vkey("log.example/log/v1/system", ED25519, RAW)
WITNESS = Vkey("witness.example", COSIGNATURE, RAW)
BODY = Checkpoint(LOG.name, 7, bytes(range(32))).body
SECONDS = 1_800_000_000


def line(key=LOG, body=BODY):
    return notes.signature_line(key, SECRET.sign(body.encode()))


def cosignature(body=BODY, seconds=SECONDS):
    signature = SECRET.sign(notes.cosigned(body, seconds))
    return notes.signature_line(WITNESS, signature, seconds=seconds)


def text64(value):
    return base64.b64encode(value).decode()


class TestExamples:
    def test_the_key_verifies_the_note(self):
        key, note = Vkey.parse(FOO), notes.parse_note(FOO_NOTE)

        assert note.by(key)
        assert str(key) == FOO
        assert note.body == "This is an example message.\n"

    def test_a_text_may_have_empty_lines(self):
        note = notes.parse_note(POEM)

        assert note.body.endswith("sole:\n\ned è subito sera.\n")
        assert [name for name, _ in note.signatures] == ["quasimodo.example/salvatore"]

    def test_the_checkpoint_is_read_and_written_the_same(self):
        note = notes.parse_note(SOFA_NOTE)
        found = Checkpoint.parse(note.body)

        assert (found.origin, found.size) == ("example.com/behind-the-sofa", 20852163)
        assert found.body == SOFA

    def test_the_cosignature_carries_its_time_and_signs_its_message(self):
        name, value = notes.parse_note(SOFA_NOTE).signatures[1]

        assert (name, len(value)) == ("witness.example.com/w1", 76)
        seconds = int.from_bytes(value[4:12])
        assert notes.cosigned(SOFA, seconds) == f"cosignature/v1\ntime 1679315147\n{SOFA}".encode()


class TestKeys:
    def test_have_other_ids_for_other_uses(self):
        assert LOG.key_id != Vkey(LOG.name, COSIGNATURE, RAW).key_id

    @pytest.mark.parametrize(
        "text",
        [
            "", "x", "a+b+c", FOO[:-1], FOO + "A", FOO.replace("530d903a", "530d903b"),
            FOO.replace("530d903a", "530D903A"), FOO.replace("foo", "bar"), "+" + FOO,
            FOO.replace("example.com/foo", "a b"), FOO.replace("+Aek", "+Bek"),
            f"n+00000000+{text64(bytes(33))}", f"n+00000000+{text64(bytes([6]) * 33)}",
            "é" * 3, f"\ud800+00000000+{text64(bytes([1]) * 33)}",
        ],
    )  # fmt: skip
    def test_malformed_are_refused(self, text):
        with pytest.raises(NoteError):
            Vkey.parse(text)

    @given(st.from_regex(r"[a-z./]{1,40}", fullmatch=True), st.binary(min_size=32, max_size=32))
    def test_come_back_as_they_were_written(self, name, raw):
        for kind in (ED25519, COSIGNATURE):
            assert Vkey.parse(str(Vkey(name, kind, raw))) == Vkey(name, kind, raw)


class TestSignatures:
    def test_of_log_and_witness_verify(self):
        note = notes.parse_note(notes.note(BODY, [line(), cosignature()]))

        assert note.by(LOG)
        assert note.by(WITNESS)
        assert note.time_of(WITNESS) == SECONDS
        assert note.time_of(LOG) is None

    def test_of_unknown_keys_are_passed_over(self):
        stranger = Vkey("log.example/other", ED25519, RAW)

        note = notes.parse_note(notes.note(BODY, [line(stranger), line()]))

        assert note.by(LOG)
        assert not notes.parse_note(notes.note(BODY, [line(stranger)])).by(LOG)

    @pytest.mark.parametrize(
        "signature",
        [
            line(body=BODY.replace("7", "8", 1)),
            notes.signature_line(LOG, bytes(64)),
            notes.signature_line(LOG, bytes(3)),
            notes.signature_line(LOG, SECRET.sign(BODY.encode()) + b"\0"),
        ],
    )
    def test_that_are_wrong_spoil_the_note(self, signature):
        note = notes.parse_note(notes.note(BODY, [signature]))

        with pytest.raises(NoteError):
            note.by(LOG)

    @pytest.mark.parametrize("seconds", [SECONDS - 1, SECONDS + 1, 0, 2**64 - 1])
    def test_of_witnesses_are_bound_to_their_time(self, seconds):
        signature = SECRET.sign(notes.cosigned(BODY, SECONDS))
        moved = notes.signature_line(WITNESS, signature, seconds=seconds)

        with pytest.raises(NoteError):
            notes.parse_note(notes.note(BODY, [moved])).by(WITNESS)

    def test_of_a_log_are_none_of_a_witness(self):
        """The header keeps one key from being used for the other's words."""
        value = SECRET.sign(BODY.encode())
        posing = notes.signature_line(WITNESS, value, seconds=SECONDS)

        with pytest.raises(NoteError):
            notes.parse_note(notes.note(BODY, [posing])).by(WITNESS)

    def test_up_to_64_are_read(self):
        assert len(notes.parse_note(notes.note(BODY, [line()] * 64)).signatures) == 64
        with pytest.raises(NoteError):
            notes.parse_note(notes.note(BODY, [line()] * 65))


@pytest.mark.parametrize(
    "text",
    [
        "", "\n", "\n\n", "x", BODY, f"{BODY}\n", f"\n\n{line()}", f"{BODY}{line()}",
        f"{BODY}\n{line()}"[:-1], f"{BODY}\n{line()}\n", f"{BODY}\n{line()}x\n",
        f"{BODY}\n{line()}".replace("—", "-"), f"{BODY}\n{line()}".replace("— ", "—"),
        f"{BODY}\n{line()}".replace("— ", "—  "), f"{BODY}\r\n{line()}", f"{BODY}\n{line()}\0",
        f"a\tb\n\n{line()}", f"\ud800\n\n{line()}", f"{BODY}\n— a+b {text64(bytes(68))}\n",
        f"{BODY}\n— a {text64(bytes(4))}\n", f"{BODY}\n— a AAAAAAA\n", f"{BODY}\n— a AAAAAAB=\n",
        f"{BODY}\n— a AAAA AAAA\n", f"{BODY}\n— a AAAAAAA_\n",
    ],
)  # fmt: skip
def test_what_is_no_note_is_refused(text):
    with pytest.raises(NoteError):
        notes.parse_note(text)


ROOT = text64(bytes(range(32)))


@pytest.mark.parametrize(
    "body",
    [
        "", "\n", "o\n", "o\n7\n", f"o\n7\n{ROOT}", f"\n7\n{ROOT}\n", f"o\n07\n{ROOT}\n",
        f"o\n-7\n{ROOT}\n", f"o\n+7\n{ROOT}\n", f"o\n7 \n{ROOT}\n", f"o\n7.0\n{ROOT}\n",
        f"o\n\u0667\n{ROOT}\n", f"o\n{'9' * 20}\n{ROOT}\n", f"o\n7\n{ROOT[:-1]}\n", "o\n7\n\n",
        f"o\n7\n{text64(bytes(31))}\n", f"o\n7\n{text64(bytes(33))}\n", f"o\n7\n{ROOT}\n\nx\n",
        f"o\n7\n{ROOT}\n\n", f"o\n7\n {ROOT}\n",
    ],
)  # fmt: skip
def test_what_is_no_checkpoint_is_refused(body):
    with pytest.raises(NoteError):
        Checkpoint.parse(body)


def test_extension_lines_are_passed_over():
    assert Checkpoint.parse(f"o\n7\n{ROOT}\nextension\n") == Checkpoint("o", 7, bytes(range(32)))


class TestProofFiles:
    def file(self, hashes=3, extra=b"salt"):
        note = notes.note(BODY, [line(), cosignature()])
        return Proof(5, tuple(bytes([one]) * 32 for one in range(hashes)), note, extra)

    @pytest.mark.parametrize("hashes", [0, 1, 27, 63])
    @pytest.mark.parametrize("extra", [b"", b"s", bytes(16)])
    def test_come_back_as_they_were_written(self, hashes, extra):
        proof = self.file(hashes, extra)

        assert Proof.parse(str(proof)) == proof

    def test_look_as_the_standard_says(self):
        lines = str(self.file(1)).split("\n")

        assert lines[:5] == [
            "c2sp.org/tlog-proof@v1", "extra c2FsdA==", "index 5", text64(bytes(32)), "",
        ]  # fmt: skip
        assert lines[5] == LOG.name

    @pytest.mark.parametrize(
        ("part", "change"),
        [
            ("c2sp.org/tlog-proof@v1", "c2sp.org/tlog-proof@v2"),
            ("c2sp.org/tlog-proof@v1\n", ""),
            ("index 5", "index 05"), ("index 5", "index -1"), ("index 5", "index  5"),
            ("index 5", "index"), ("index 5\n", ""), ("index 5", "index 5 "),
            ("index 5", "Index 5"), ("index 5", f"index {'9' * 20}"),
            ("extra c2FsdA==", "extra c2FsdA="), ("extra c2FsdA==", "extra c2FsdB=="),
            ("extra c2FsdA==", "extra"),
            (text64(bytes(32)), text64(bytes(31))), (text64(bytes(32)), text64(bytes(33))),
            (text64(bytes(32)), "x"), (f"{text64(bytes(32))}\n", f"{text64(bytes(32))}\r\n"),
            ("\n\n", "\n"), (text64(bytes(32)), "\n".join([text64(bytes(32))] * 64)),
        ],
    )  # fmt: skip
    def test_malformed_are_refused(self, part, change):
        text = str(self.file(1))
        assert part in text

        with pytest.raises(NoteError):
            Proof.parse(
                text.replace(part, change, 1) if part != "\n\n" else text.replace(part, change)
            )

    def test_without_a_checkpoint_are_refused(self):
        with pytest.raises(NoteError):
            Proof.parse(str(self.file(1)).split("\n\n")[0] + "\n\n")


@given(st.text(st.sampled_from("\n —+ab1=\u00e9\ud800") | st.characters(), max_size=60))
def test_no_text_makes_anything_but_a_note_error(text):
    for read in (Vkey.parse, notes.parse_note, Checkpoint.parse, Proof.parse):
        with contextlib.suppress(NoteError):
            read(text)


@given(st.text(st.sampled_from("c2sp.org/tlog-proof@v1\nextra index0123456789AB=— "), max_size=40))
def test_nor_does_one_that_begins_well(rest):
    for read, start in ((Proof.parse, notes.PROOF + "\n"), (notes.parse_note, f"{BODY}\n— a ")):
        with contextlib.suppress(NoteError):
            read(start + rest)
