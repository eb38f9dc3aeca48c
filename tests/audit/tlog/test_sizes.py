"""How large proofs are in a log of a hundred million entries (docs/benchmarks.md, B4)."""

import hashlib
import math

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit.tlog import merkle, notes
from audit.tlog.notes import COSIGNATURE, ED25519, Vkey

pytestmark = pytest.mark.req("AUD-04")

SIZE = 10**8
MOST_BYTES = 2000
ORIGIN = "privacy.bazaar.example.com/log/v1/01900000-0000-7000-8000-00000000000a"
WITNESS = "witness.transparency.example.org/w1"


class Vast:
    """A tree in which all entries are alike but one: whole, and yet nothing of it is stored."""

    def __init__(self, odd):
        self.odd = odd
        self.plain = [merkle.leaf_hash(b"alike")]
        self.special = [merkle.leaf_hash(b"odd")]
        for level in range(64):
            pair = [self.plain[level], self.special[level]]
            if not odd >> level & 1:
                pair.reverse()
            self.special.append(merkle.node_hash(*pair))
            self.plain.append(merkle.node_hash(self.plain[level], self.plain[level]))

    def node(self, level, number):
        return (self.special if self.odd >> level == number else self.plain)[level]


def whole_file(index, hashes, root):
    """A proof file with the log's signature, one witness's, and a salt."""
    secret = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"seed").digest())
    raw = secret.public_key().public_bytes_raw()
    body = notes.Checkpoint(ORIGIN, SIZE, root).body
    witnessed = secret.sign(notes.cosigned(body, 1_800_000_000))
    lines = [
        notes.signature_line(Vkey(ORIGIN, ED25519, raw), secret.sign(body.encode())),
        notes.signature_line(Vkey(WITNESS, COSIGNATURE, raw), witnessed, seconds=1_800_000_000),
    ]
    return str(notes.Proof(index, tuple(hashes), notes.note(body, lines), bytes(16)))


@pytest.mark.parametrize("index", [0, 1, 255, 256, 65_535, 12_345_678, SIZE // 2, SIZE - 1])
def test_an_inclusion_proof_has_a_hash_for_each_halving(index):
    tree = Vast(index)
    root = merkle.root(SIZE, tree.node)

    proof = merkle.inclusion_proof(index, SIZE, tree.node)

    assert 32 * len(proof) <= 32 * math.ceil(math.log2(SIZE)) == 864
    assert merkle.root_from_inclusion(index, SIZE, merkle.leaf_hash(b"odd"), proof) == root
    assert merkle.root_from_inclusion(index, SIZE, merkle.leaf_hash(b"alike"), proof) != root


def test_the_longest_is_exactly_that_long():
    assert len(merkle.inclusion_proof(0, SIZE, Vast(0).node)) == math.ceil(math.log2(SIZE))


@pytest.mark.parametrize("old", [1, 255, 65_536, 99_999_999, 67_108_864, 12_345_678])
def test_a_consistency_proof_has_one_more_at_most(old):
    tree = Vast(0)

    proof = merkle.consistency_proof(old, SIZE, tree.node)

    assert len(proof) <= math.ceil(math.log2(SIZE)) + 1
    roots = merkle.root(old, tree.node), merkle.root(SIZE, tree.node)
    assert merkle.is_consistent(old, SIZE, roots, proof)


def test_a_whole_proof_file_with_a_witness_is_small():
    tree = Vast(0)
    hashes = merkle.inclusion_proof(0, SIZE, tree.node)

    text = whole_file(SIZE - 1, hashes, merkle.root(SIZE, tree.node))

    assert len(text.encode()) < MOST_BYTES
    assert len(notes.Proof.parse(text).hashes) == 27
