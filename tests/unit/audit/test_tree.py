"""Hashes, roots and proofs are those of RFC 6962; the values are the published ones of Certificate Transparency."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.audit.tiles import nodes_in, tiles_of
from passerby.audit.tree import (
    EMPTY_ROOT,
    ProofError,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    root,
    root_of,
    verify_consistency,
    verify_inclusion,
)

# fmt: off
LEAVES = [bytes.fromhex(text) for text in (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
)]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
INCLUSION = {  # leaf, tree -> path
    (0, 1): [],
    (0, 8): ["96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
             "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
             "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"],
    (5, 8): ["bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
             "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
             "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"],
    (2, 3): ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
    (1, 5): ["6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
             "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
             "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"],
}
CONSISTENCY = {  # old, new -> path
    (1, 1): [],
    (1, 8): INCLUSION[0, 8],
    (6, 8): ["0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
             "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
             "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"],
    (2, 5): ["5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
             "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"],
}
# fmt: on

HASHES = [leaf_hash(bytes([number % 256, number // 256])) for number in range(1500)]


def nodes_of(hashes: list[bytes]):
    return nodes_in(dict(tiles_of(b"".join(hashes))))


def rfc_root(hashes: list[bytes]) -> bytes:
    """MTH as RFC 6962 writes it down."""
    if len(hashes) < 2:
        return hashes[0] if hashes else EMPTY_ROOT
    split = 1
    while split * 2 < len(hashes):
        split *= 2
    return node_hash(rfc_root(hashes[:split]), rfc_root(hashes[split:]))


@pytest.mark.parametrize("size", range(9))
@pytest.mark.asvs("11.4.3")
def test_published_roots(size: int) -> None:
    hashes = [leaf_hash(leaf) for leaf in LEAVES[:size]]
    assert root_of(b"".join(hashes)).hex() == ROOTS[size]
    assert root(size, nodes_of(hashes)).hex() == ROOTS[size]


@pytest.mark.parametrize(("index", "size"), INCLUSION)
def test_published_inclusion_proofs(index: int, size: int) -> None:
    hashes = [leaf_hash(leaf) for leaf in LEAVES]
    path = inclusion_proof(index, size, nodes_of(hashes))
    assert [each.hex() for each in path] == INCLUSION[index, size]
    verify_inclusion(hashes[index], index, size, path, bytes.fromhex(ROOTS[size]))


@pytest.mark.parametrize(("old", "new"), CONSISTENCY)
def test_published_consistency_proofs(old: int, new: int) -> None:
    path = consistency_proof(old, new, nodes_of([leaf_hash(leaf) for leaf in LEAVES]))
    assert [each.hex() for each in path] == CONSISTENCY[old, new]
    verify_consistency(old, new, path, bytes.fromhex(ROOTS[old]), bytes.fromhex(ROOTS[new]))


@given(st.integers(1, 1500), st.data())
def test_what_is_proved_is_so_and_nothing_else_is_proved(size: int, data: st.DataObject) -> None:
    hashes = HASHES[:size]
    nodes = nodes_of(hashes)
    whole = root(size, nodes)
    assert whole == rfc_root(hashes)
    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(0, size))
    path = inclusion_proof(index, size, nodes)
    assert len(path) <= size.bit_length()
    verify_inclusion(hashes[index], index, size, path, whole)
    others = [
        (HASHES[index + 1 if index + 1 < 1500 else 0], index, path, whole),
        (hashes[index], index, [*path, whole], whole),
        (hashes[index], index, path, leaf_hash(whole)),
        (hashes[index], size, path, whole),
        *((hashes[index], index, path[:-1], whole) for _ in path[:1]),
    ]
    for leaf, place, proof, expected in others:
        with pytest.raises(ProofError):
            verify_inclusion(leaf, place, size, proof, expected)
    before = rfc_root(hashes[:old])
    proof = consistency_proof(old, size, nodes)
    assert len(proof) <= size.bit_length() + 1
    verify_consistency(old, size, proof, before, whole)
    wrong = [(proof, leaf_hash(before), whole), ([*proof, whole], before, whole)]
    wrong += [(proof, before, leaf_hash(whole)), (proof[:-1], before, whole)] if 0 < old < size else []
    for steps, first, last in wrong:
        with pytest.raises(ProofError):
            verify_consistency(old, size, steps, first, last)


def test_a_proof_asks_for_a_number_of_hashes_that_grows_with_the_logarithm() -> None:
    for size in (1_000, 1_000_000, 1_000_000_000):
        asked: list[tuple[int, int]] = []

        def nodes(level: int, index: int, asked: list[tuple[int, int]] = asked) -> bytes:
            asked.append((level, index))
            return bytes(32)

        inclusion_proof(size // 3, size, nodes)
        consistency_proof(size // 3, size, nodes)
        assert len(asked) <= 4 * size.bit_length()


def test_what_is_not_there_cannot_be_proved() -> None:
    nodes = nodes_of(HASHES[:5])
    with pytest.raises(ValueError, match="leaf 5: the tree has the leaves 0 to 4"):
        inclusion_proof(5, 5, nodes)
    with pytest.raises(ValueError, match="size 6: not within 0 and 5"):
        consistency_proof(6, 5, nodes)
