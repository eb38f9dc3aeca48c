"""The command: its codes, its sentences, and that no input makes it stumble."""

import random
import shlex
import subprocess

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.audit.witnesses.test_timestamps import Authority
from tests.verify import kit
from tests.verify.kit import UNREADABLE, UNTRUSTED, VERIFIED, WRONG, MadeUpLog

pytestmark = [pytest.mark.req("AUD-04", "P5")]

LOG = MadeUpLog(kit.numbered(300))
KEY = ("--vkey", str(LOG.signer.vkey))
COMMITMENT = LOG.entries[7].hex()
ARGUMENTS = {
    "proof": 2, "entry": 2, "consistency": 3, "log": 1, "export": 1, "receipt": 3, "timestamp": 2,
}  # fmt: skip
PIECES = [
    b"c2sp.org/tlog-proof@v1\n", b"extra ", b"index 3\n", b"index 99999999999999999999\n", b"\n\n",
    LOG.proof(7).encode(), LOG.checkpoint().encode(), LOG.signer.checkpoint(0, bytes(32)).encode(),
    "— ".encode(), b"{", b"}", b"[", b'"hashes":', b'"index":', b"PK\x03\x04", b"PK\x05\x06",
    b"\xff\xfe", b"\x00", b"9" * 5000, b"[" * 5000, str(LOG.signer.vkey).encode(), b"-1", b"1e999",
]  # fmt: skip


@pytest.fixture
def proof(tmp_path):
    return kit.write(tmp_path, proof=LOG.proof(7))[0]


class TestCodes:
    def test_verified_says_so_on_the_output(self, proof, only_cryptography):
        ended = kit.alone(only_cryptography, "entry", COMMITMENT, proof, *KEY)

        assert ended.returncode == VERIFIED
        assert ended.stdout.startswith("Entry 7 is in the log log.example/log/v1/system of 300")
        assert ended.stderr.startswith("MODULES ")

    @pytest.mark.parametrize(("arguments", "code", "words"), [
        (("entry", "00" * 32, "{proof}", *KEY), WRONG, "Entry 7 of"),
        (("entry", "zz", "{proof}", *KEY), UNREADABLE, "64 hexadecimal digits"),
        (("entry", COMMITMENT, "{proof}.none", *KEY), UNREADABLE, "No such file"),
        (("entry", COMMITMENT, "{proof}"), UNTRUSTED, "--vkey"),
        (("entry", COMMITMENT, "{proof}", "--vkey", "x"), UNREADABLE, "not"),
        (("entry", COMMITMENT, "{proof}", "--keys", "{proof}"), UNREADABLE, "not"),
        (("export", "{proof}", *KEY), UNREADABLE, "cannot be read"),
        (("log", "/dev/null", *KEY), UNREADABLE, "cannot be read"),
    ])  # fmt: skip
    def test_refusals_say_why_in_one_sentence(self, arguments, code, words, proof,
                                              only_cryptography):  # fmt: skip
        ended = kit.alone(only_cryptography, *(one.format(proof=proof) for one in arguments))

        sentence = ended.stderr.split("MODULES ")[0]
        assert (ended.returncode, ended.stdout) == (code, "")
        assert sentence.count("\n") == 1
        assert words in sentence

    @pytest.mark.parametrize("arguments", [
        (), ("nothing",), ("proof",), ("entry", COMMITMENT), ("entry", COMMITMENT, "x", "--need"),
        ("entry", COMMITMENT, "x", "--need", "one"), ("entry", COMMITMENT, "x", "--vk", "y"),
    ])  # fmt: skip
    def test_wrong_usage_is_not_taken_for_an_answer(self, arguments, only_cryptography):
        ended = kit.alone(only_cryptography, *arguments)

        assert ended.returncode == UNREADABLE
        assert "usage:" in ended.stderr

    def test_what_others_wrote_cannot_drive_the_terminal(self, tmp_path, only_cryptography):
        signer = kit.Signer("log.example/\x9b31m\u202ename")
        note = signer.checkpoint(1, kit.verifier.leaf_hash(bytes(32)))
        path = kit.write(tmp_path, proof=f"c2sp.org/tlog-proof@v1\nindex 0\n\n{note}")[0]

        for options in ((), ("--vkey", signer.vkey)):
            ended = kit.alone(only_cryptography, "entry", "00" * 32, path, *options)
            assert (ended.stdout + ended.stderr).isascii()
            assert ended.returncode == (VERIFIED if options else UNTRUSTED)

    def test_a_folder_is_no_file(self, ask, tmp_path):
        assert ask("entry", COMMITMENT, tmp_path, *KEY).code == UNREADABLE

    def test_a_proof_without_end_is_not_read_to_its_end(self, ask):
        assert ask("entry", COMMITMENT, "/dev/zero", *KEY).code == UNREADABLE


@settings(max_examples=300, deadline=None, suppress_health_check=[
    HealthCheck.function_scoped_fixture, HealthCheck.too_slow,
])  # fmt: skip
@given(data=st.data())
def test_no_input_makes_it_stumble_or_verifies_by_chance(data, ask, tmp_path):
    command = data.draw(st.sampled_from(sorted(ARGUMENTS)))
    content = st.lists(st.sampled_from(PIECES) | st.binary(max_size=40), max_size=8).map(b"".join)
    names = {str(n): data.draw(content) for n in range(ARGUMENTS[command])}
    paths = kit.write(tmp_path, **names)
    if command == "entry":
        paths[0] = data.draw(st.text(max_size=70).filter(lambda text: not text.startswith("-")))

    found = ask(command, *paths, *KEY)

    assert found.code in (WRONG, UNREADABLE, UNTRUSTED)


@pytest.mark.parametrize("seed", range(3))
def test_a_mangled_proof_never_verifies(seed, proof):
    chance, whole = random.Random(seed), LOG.proof(7).encode()
    trust = kit.trusting(LOG.signer.vkey)
    for _ in range(300):
        start, end = sorted(chance.sample(range(len(whole)), 2))
        middle = chance.choice([b"", whole[start:end] * 2, whole[start:end][::-1], b"\n"])
        mangled = whole[:start] + middle + whole[end:]
        if mangled == whole:
            continue
        assert not kit.holds(LOG.entries[7], mangled, trust)


@pytest.mark.req("AUD-07")
class TestTimestamps:
    def test_it_says_which_command_checks_a_token_and_that_command_does(self, ask, tmp_path):
        authority = Authority(tmp_path / "tsa")
        note = LOG.checkpoint()
        checkpoint, body = kit.write(tmp_path, note=note, body=note.split("\n\n")[0] + "\n")
        query = authority.openssl("ts", "-query", "-data", body, "-sha256", "-cert")
        (token,) = kit.write(tmp_path, token=authority.stamp(query))

        found = ask("timestamp", checkpoint, token, *KEY)

        assert (found.code, found.facts) == (UNTRUSTED, {})
        command = shlex.split(found.message.partition("run: ")[2])
        command[command.index("ROOTS.pem")] = "root.pem"
        assert command.pop(0) == "openssl"
        assert b"OK" in authority.openssl(*command)
        command[command.index("-digest") + 1] = "00" * 32
        with pytest.raises(subprocess.CalledProcessError):
            authority.openssl(*command)

    def test_a_checkpoint_by_a_stranger_is_refused_all_the_same(self, ask, tmp_path):
        eve = MadeUpLog(LOG.entries, kit.Signer(kit.ORIGIN, seed=b"\x66" * 32))
        paths = kit.write(tmp_path, checkpoint=eve.checkpoint(), token="")

        assert ask("timestamp", *paths, *KEY).code == WRONG
