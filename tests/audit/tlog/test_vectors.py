"""The published vectors of RFC 6962, from the certificate-transparency reference code."""

import pytest

from audit.tlog import merkle
from audit.tlog.merkle import Frontier, RangeError
from tests.audit.tlog.naive import Naive

pytestmark = pytest.mark.req("AUD-03", "AUD-04")

LEAVES = [
    bytes.fromhex(one)
    for one in (
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]  # fmt: skip
EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
A = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
B = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
C = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"
D = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"
E = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
F = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"
INCLUSION = {
    # (index, size): the published path
    (0, 1): [],
    (0, 8): [A, B, C],
    (5, 8): [D, E, ROOTS[3]],
    (2, 3): [ROOTS[1]],
    (1, 5): [ROOTS[0], B, D],
}
CONSISTENCY = {
    # (old, new): the published proof
    (1, 1): [],
    (1, 8): [A, B, C],
    (6, 8): [F, E, ROOTS[3]],
    (2, 5): [B, D],
}


@pytest.fixture
def naive():
    return Naive(LEAVES)


def raw(texts):
    return [bytes.fromhex(one) for one in texts]


@pytest.mark.parametrize("size", range(9))
def test_roots(size, naive):
    expected = [EMPTY, *ROOTS][size]
    hashes = [merkle.leaf_hash(one) for one in LEAVES[:size]]

    assert merkle.root(size, naive.node).hex() == expected
    assert Frontier().extend(hashes).root.hex() == expected
    assert naive.root(size).hex() == expected


@pytest.mark.parametrize(("index", "size"), INCLUSION)
def test_inclusion(index, size, naive):
    path = raw(INCLUSION[index, size])

    assert merkle.inclusion_proof(index, size, naive.node) == path
    leaf = merkle.leaf_hash(LEAVES[index])
    assert merkle.root_from_inclusion(index, size, leaf, path).hex() == ROOTS[size - 1]


@pytest.mark.parametrize(("old", "new"), CONSISTENCY)
def test_consistency(old, new, naive):
    proof = raw(CONSISTENCY[old, new])

    assert merkle.consistency_proof(old, new, naive.node) == proof
    assert merkle.is_consistent(old, new, tuple(raw([ROOTS[old - 1], ROOTS[new - 1]])), proof)


def test_an_empty_tree_includes_and_begins_nothing(naive):
    with pytest.raises(RangeError):
        merkle.inclusion_proof(0, 0, naive.node)
    with pytest.raises(RangeError):
        merkle.consistency_proof(0, 1, naive.node)
    assert not merkle.is_consistent(0, 1, (bytes.fromhex(EMPTY), bytes.fromhex(ROOTS[0])), [])


def test_leaves_and_nodes_hash_apart():
    """Else two subtrees could be presented as one entry (RFC 6962 section 2.1)."""
    left, right = (merkle.leaf_hash(one) for one in LEAVES[:2])

    assert merkle.leaf_hash(left + right) != merkle.node_hash(left, right)
