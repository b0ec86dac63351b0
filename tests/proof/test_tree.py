"""The tree against a second implementation, which follows RFC 9162, section 2.1.1, literally."""

from hashlib import sha256
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mediation.proof.tree import Edge, TileId, consistency, edge_of, inclusion, needed, roots
from mediation.proof.verify import Growing, consistent, included, leaf_hash

INPUTS = [bytes.fromhex(leaf) for leaf in (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
)]  # fmt: skip
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
"""Test vectors of the first implementation, that of Certificate Transparency: the roots over the first 1 to 8 inputs."""


def mth(leaves: list[bytes]) -> bytes:
    """The definition."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return sha256(b"\x00" + leaves[0]).digest()
    k = 1
    while 2 * k < len(leaves):
        k *= 2
    return sha256(b"\x01" + mth(leaves[:k]) + mth(leaves[k:])).digest()


def path(m: int, leaves: list[bytes]) -> list[bytes]:
    """The definition of an inclusion proof (RFC 9162, section 2.1.3.1)."""
    if len(leaves) == 1:
        return []
    k = 1
    while 2 * k < len(leaves):
        k *= 2
    return [*path(m, leaves[:k]), mth(leaves[k:])] if m < k else [*path(m - k, leaves[k:]), mth(leaves[:k])]


def subproof(m: int, leaves: list[bytes], *, whole: bool = True) -> list[bytes]:
    """The definition of a consistency proof (RFC 9162, section 2.1.4.1)."""
    if m == len(leaves):
        return [] if whole else [mth(leaves)]
    k = 1
    while 2 * k < len(leaves):
        k *= 2
    if m <= k:
        return [*subproof(m, leaves[:k], whole=whole), mth(leaves[k:])]
    return [*subproof(m - k, leaves[k:], whole=False), mth(leaves[:k])]


class Kept:
    """A tree that grows in steps. Its tiles are kept as the sealer keeps them."""

    def __init__(self) -> None:
        self.leaves: list[bytes] = []
        self.tiles: dict[TileId, bytes] = {}

    def grow(self, leaves: list[bytes]) -> bytes:
        edge = Edge.of(len(self.leaves), {tile: self.tiles[tile] for tile in edge_of(len(self.leaves))})
        edge.grow(map(leaf_hash, leaves))
        self.leaves += leaves
        self.tiles.update(edge.changed())
        return edge.root()

    def included(self, index: int, size: int) -> list[bytes]:
        spans = inclusion(index, size)
        return roots(spans, {tile: self.tiles[tile] for tile in needed(spans)})

    def consistent(self, first: int, second: int) -> list[bytes]:
        spans = consistency(first, second)
        return roots(spans, {tile: self.tiles[tile] for tile in needed(spans)})


@pytest.mark.parametrize("size", range(1, 9))
def test_the_vectors_of_certificate_transparency(size: int) -> None:
    growing = Growing()
    for leaf in INPUTS[:size]:
        growing.add(leaf_hash(leaf))
    assert ROOTS[size - 1] == growing.root().hex() == Kept().grow(INPUTS[:size]).hex() == mth(INPUTS[:size]).hex()


INCLUSIONS = [
    (0, 1, []),
    (0, 8, ["96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"]),
    (5, 8, ["bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"]),
    (2, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
    (1, 5, ["6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"]),
]  # fmt: skip
CONSISTENCIES = [
    (1, 1, []),
    (1, 8, ["96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"]),
    (6, 8, ["0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"]),
    (2, 5, ["5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"]),
]  # fmt: skip
"""Proofs of the same implementation, leaves counted from 0."""


@pytest.mark.parametrize(("index", "size", "proof"), INCLUSIONS)
def test_the_inclusion_proofs_of_certificate_transparency(index: int, size: int, proof: list[str]) -> None:
    kept = Kept()
    kept.grow(INPUTS)
    hashes = [bytes.fromhex(one) for one in proof]
    assert kept.included(index, size) == hashes
    assert included(index, size, leaf_hash(INPUTS[index]), hashes, bytes.fromhex(ROOTS[size - 1]))


@pytest.mark.parametrize(("first", "second", "proof"), CONSISTENCIES)
def test_the_consistency_proofs_of_certificate_transparency(first: int, second: int, proof: list[str]) -> None:
    kept = Kept()
    kept.grow(INPUTS)
    hashes = [bytes.fromhex(one) for one in proof]
    assert kept.consistent(first, second) == hashes
    assert consistent(first, second, hashes, bytes.fromhex(ROOTS[first - 1]), bytes.fromhex(ROOTS[second - 1]))


@settings(deadline=None)
@given(st.lists(st.integers(1, 700), min_size=1, max_size=8), st.randoms(use_true_random=False))
def test_whatever_its_size_everything_in_it_can_be_proven(steps: list[int], random: Random) -> None:
    kept, sizes, heads = Kept(), list[int](), dict[int, bytes]()
    for step in steps:
        root = kept.grow([str(len(kept.leaves) + n).encode() for n in range(step)])
        sizes.append(len(kept.leaves))
        heads[sizes[-1]] = root
        assert root == mth(kept.leaves)
    size = random.choice(sizes)
    index = random.randrange(size)
    proof, leaf, other = kept.included(index, size), leaf_hash(kept.leaves[index]), leaf_hash(b"another")
    assert proof == path(index, kept.leaves[:size])
    assert included(index, size, leaf, proof, heads[size])
    assert not included(index, size, other, proof, heads[size])
    assert not included(index, size, leaf, [*proof, leaf], heads[size])
    if size > 1:
        assert not included((index + 1) % size, size, leaf, proof, heads[size])
        assert not included(index, size, leaf, proof[1:], heads[size])
    first, second = sorted((random.choice(sizes), random.choice(sizes)))
    tie = kept.consistent(first, second)
    assert tie == subproof(first, kept.leaves[:second])
    assert consistent(first, second, tie, heads[first], heads[second])
    assert not consistent(first, second, tie, other, heads[second])
    assert not consistent(first, second, tie, heads[first], other)
    assert not consistent(first, second, [*tie, leaf], heads[first], heads[second])
