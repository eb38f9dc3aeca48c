"""Proofs: how long they are at a hundred million entries, and how fast they are verified."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from math import ceil, log2

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit.tlog import merkle, notes
from audit.tlog.notes import COSIGNATURE, ED25519, Vkey

LARGE = 10**8
ORIGIN = "privacy.example/log/v1/01900000-0000-7000-8000-0000000000a1"


@dataclass(frozen=True)
class Proofs:
    """Bytes at 10^8 entries, and offline checks a second on one core."""

    hash_bytes: int
    most_bytes: int
    file_bytes: int
    verified: float


def measured() -> Proofs:
    index = LARGE // 3
    hashes = merkle.inclusion_proof(index, LARGE, _node)
    root = merkle.root(LARGE, _node)
    file = notes.Proof(index, tuple(hashes), _note(root), os.urandom(16))
    return Proofs(
        32 * len(hashes), 32 * ceil(log2(LARGE)), len(str(file).encode()),
        _verified(),
    )  # fmt: skip


@lru_cache(maxsize=4096)
def _node(level: int, number: int) -> bytes:
    """A tree of a hundred million equal leaves: a level has one hash."""
    if level == 0:
        return merkle.leaf_hash(bytes(32))
    below = _node(level - 1, 0)
    return merkle.node_hash(below, below)


def _note(root: bytes) -> str:
    """A checkpoint with the log's signature and one witness's."""
    body = notes.Checkpoint(ORIGIN, LARGE, root).body
    own, witness = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    line = notes.signature_line(_vkey(ORIGIN, ED25519, own), own.sign(body.encode()))
    now = int(time.time())
    key = _vkey("witness.example/w1", COSIGNATURE, witness)
    cosigned = notes.signature_line(key, witness.sign(notes.cosigned(body, now)), seconds=now)
    return notes.note(body, [line, cosigned])


def _vkey(name: str, kind: int, key: Ed25519PrivateKey) -> Vkey:
    return Vkey(name, kind, key.public_key().public_bytes_raw())


def _verified() -> float:
    """Records with their salts, against a checkpoint whose signature is known to be good."""
    from clients.verify import sammati_verify as verifier  # noqa: PLC0415 (stands alone)

    salt, record, index = bytes(16), os.urandom(1400), LARGE // 3
    hashes = merkle.inclusion_proof(index, LARGE, _node)
    leaf = verifier.leaf_hash(verifier.commitment_of(salt, record))
    wanted = verifier.root_from_inclusion(index, LARGE, leaf, hashes)

    def one() -> None:
        entry = verifier.leaf_hash(verifier.commitment_of(salt, record))
        assert verifier.root_from_inclusion(index, LARGE, entry, hashes) == wanted

    return _rate(one, 20_000)


def _rate(one: Callable[[], None], times: int) -> float:
    began = time.process_time()
    for _ in range(times):
        one()
    return times / (time.process_time() - began)
