"""An older and a newer checkpoint: the log only ever grew (AUD-04)."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.models import Checkpoint
from tests.audit.log import write
from tests.verify import conftest, kit
from tests.verify.kit import ORIGIN, UNREADABLE, UNTRUSTED, VERIFIED, WRONG, MadeUpLog, Signer

pytestmark = [pytest.mark.req("AUD-04", "P5")]

LOG = MadeUpLog(kit.numbered(40))
KEY = ("--vkey", LOG.signer.vkey)


@pytest.fixture
def files(tmp_path):
    return lambda old, new, proof: kit.write(tmp_path, old=old, new=new, proof=proof)


def trees(log, *sizes):
    """Each checkpoint and the root of it."""
    return [kit.verifier.Checkpoint.parse(log.checkpoint(size).rpartition("\n\n")[0] + "\n", "it")
            for size in sizes]  # fmt: skip


def test_a_real_log_grew(log, ask, files):
    old = Checkpoint.objects.get(controller_id=log.id, size=300)
    write(500, controller_id=log.id)
    conftest.sealing.seal_all()
    reader = log.reader
    proof = kit.consistency_answer(reader.consistency(300, reader.size), 300, reader.size)

    found = ask(
        "consistency", *files(old.note, reader.checkpoint().note, proof), "--vkey", log.vkey
    )

    assert found.code == VERIFIED, found.message
    assert (found.facts["old"]["size"], found.facts["new"]["size"]) == (300, 800)


def test_the_same_size_is_the_same_log(ask, files):
    found = ask("consistency", *files(LOG.checkpoint(), LOG.checkpoint(), LOG.consistency(40, 40)),
                *KEY)  # fmt: skip

    assert found.code == VERIFIED


def test_from_an_empty_log_on(ask, files):
    empty = LOG.signer.checkpoint(0, kit.verifier.EMPTY_ROOT)

    assert ask("consistency", *files(empty, LOG.checkpoint(), "[]"), *KEY).code == VERIFIED
    false = LOG.signer.checkpoint(0, bytes(32))
    assert ask("consistency", *files(false, LOG.checkpoint(), "[]"), *KEY).code == WRONG


@pytest.mark.parametrize("size", [20, 40])
def test_a_fork_is_no_growth_however_it_is_proved(size, ask, files):
    fork = MadeUpLog([*LOG.entries[:10], *kit.numbered(30, b"fork")])
    proofs = (LOG.consistency(size, 40), fork.consistency(size, 40), json.dumps([]))

    for proof in proofs:
        found = ask("consistency", *files(fork.checkpoint(size), LOG.checkpoint(), proof), *KEY)
        assert found.code == WRONG
        assert "forked" in found.message


def test_a_log_that_shrank_is_named(ask, files):
    paths = files(LOG.checkpoint(), LOG.checkpoint(20), LOG.consistency(20, 40))

    found = ask("consistency", *paths, *KEY)

    assert (found.code, "shrank" in found.message) == (WRONG, True)


def test_checkpoints_of_two_logs_do_not_compare(ask, files):
    other = MadeUpLog(LOG.entries, Signer("log.example/log/v1/other"))
    paths = files(other.checkpoint(20), LOG.checkpoint(), LOG.consistency(20, 40))

    assert ask("consistency", *paths, *KEY, "--vkey", other.signer.vkey).code == WRONG


@pytest.mark.parametrize("which", [0, 1])
def test_both_must_be_signed_by_the_pinned_key(which, ask, files):
    eve = MadeUpLog(LOG.entries, Signer(ORIGIN, seed=b"\x66" * 32))
    notes = [LOG.checkpoint(20), LOG.checkpoint()]
    notes[which] = [eve.checkpoint(20), eve.checkpoint()][which]

    assert ask("consistency", *files(*notes, LOG.consistency(20, 40)), *KEY).code == WRONG
    assert ask("consistency", *files(*notes, LOG.consistency(20, 40))).code == UNTRUSTED


def test_witnesses_are_needed_for_the_newer_one_which_the_older_one_begins(ask, files):
    w1 = kit.witness("witness.example/w1", b"\x01" * 32)
    old, new = LOG.checkpoint(20), LOG.checkpoint()
    line = w1.cosign(new.rpartition("\n\n")[0] + "\n", 1_790_000_000)
    known = (*KEY, "--witness", w1.vkey)

    cosigned = files(old, new + line, LOG.consistency(20, 40))
    assert ask("consistency", *cosigned, *known).code == VERIFIED
    assert ask("consistency", *files(old, new, LOG.consistency(20, 40)), *known).code == WRONG


@pytest.mark.parametrize("proof", [
    "", "{}", "null", "[1]", '["AAAA"]', '{"hashes": 1}', '{"hashes": [], "hashes": []}',
    "[" * 100_000, json.dumps([kit.text64(bytes(32))] * 127), "[1.5]", "\xff", "NaN",
    '["' + "9" * 100_000 + '"]',
])  # fmt: skip
def test_what_is_no_proof_cannot_be_read(proof, ask, files):
    found = ask("consistency", *files(LOG.checkpoint(20), LOG.checkpoint(), proof), *KEY)

    assert found.code == UNREADABLE


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_every_pair_of_sizes_is_proved_and_no_other(data):
    log = MadeUpLog(kit.numbered(data.draw(st.integers(1, 300))))
    new = data.draw(st.integers(1, log.size))
    old = data.draw(st.integers(1, new))
    first, second = trees(log, old, new)
    hashes = kit.verifier.consistency_hashes(log.consistency(old, new).encode())
    sizes, roots = (old, new), (first.root, second.root)

    assert kit.verifier.is_consistent(sizes, roots, hashes)
    assert not kit.verifier.is_consistent(sizes, roots, [*hashes, bytes(32)])
    assert not kit.verifier.is_consistent(sizes, (bytes(32), second.root), hashes)
    assert not kit.verifier.is_consistent(sizes, (first.root, bytes(32)), hashes)
    if hashes:
        at = data.draw(st.integers(0, len(hashes) - 1))
        assert not kit.verifier.is_consistent(sizes, roots, hashes[:at] + hashes[at + 1 :])
        spoilt = [kit.flipped(one, 5) if n == at else one for n, one in enumerate(hashes)]
        assert not kit.verifier.is_consistent(sizes, roots, spoilt)
