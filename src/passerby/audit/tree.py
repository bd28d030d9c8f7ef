"""The Merkle tree of RFC 6962: hashes, roots, proofs of inclusion and of consistency, and their verification.

A complete subtree is named by its level and index: that of level 3 and index 2 covers the leaves 16 to 23. Who makes a
proof gives a function from these two to the subtree's hash; a proof asks for some two hashes a level.
"""

from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import Final, TypeAlias

HASH_BYTES: Final = 32

EMPTY_ROOT: Final = sha256(b"").digest()
"""The root of a tree without leaves (RFC 6962, 2.1)."""

Nodes: TypeAlias = Callable[[int, int], bytes]
"""Level and index -> hash of that complete subtree."""


class ProofError(ValueError):
    """A proof that proves nothing: it does not lead to the root."""


def leaf_hash(content: bytes) -> bytes:
    """Returns the hash of a leaf: SHA-256(0x00 || content), RFC 6962, 2.1.

    >>> leaf_hash(b"").hex()[:16]
    '6e340b9cffb37a98'
    """
    return sha256(b"\x00" + content).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Returns the hash over two subtrees: SHA-256(0x01 || left || right), RFC 6962, 2.1."""
    return sha256(b"\x01" + left + right).digest()


def level_above(hashes: bytes) -> bytes:
    """Returns the hashes one level up, as one row of bytes; the last of an odd number has none there.

    Args:
        hashes: hashes of one level, 32 bytes each, side by side.
    """
    return b"".join([sha256(b"\x01" + hashes[at : at + 64]).digest() for at in range(0, len(hashes) - 63, 64)])


def root_of(hashes: bytes) -> bytes:
    """Returns the root over hashes of one level, 32 bytes each, side by side; `EMPTY_ROOT` over none."""
    if not hashes:
        return EMPTY_ROOT
    while len(hashes) > HASH_BYTES:
        # The last of an odd number goes up as it is: the split at the largest power of two gives the same tree.
        odd = hashes[-HASH_BYTES:] if len(hashes) // HASH_BYTES % 2 else b""
        hashes = level_above(hashes) + odd
    return hashes


def range_hash(start: int, end: int, nodes: Nodes) -> bytes:
    """Returns the hash over the leaves [start, end) of which RFC 6962 speaks: a whole tree, or one side of a split.

    Args:
        start: a multiple of the largest power of two that `end - start` holds, or of the next one.
        end: past `start`.
        nodes: the hashes of complete subtrees.
    """
    count = end - start
    if count & (count - 1) == 0:
        level = count.bit_length() - 1
        return nodes(level, start >> level)
    middle = start + _split(count)
    return node_hash(range_hash(start, middle, nodes), range_hash(middle, end, nodes))


def root(size: int, nodes: Nodes) -> bytes:
    """Returns the root of the tree of the first `size` leaves."""
    return range_hash(0, size, nodes) if size else EMPTY_ROOT


def inclusion_proof(index: int, size: int, nodes: Nodes) -> list[bytes]:
    """Returns the audit path of a leaf, from the leaf up (RFC 6962, 2.1.1).

    Raises:
        ValueError: the tree has no such leaf.
    """
    if not 0 <= index < size:
        raise ValueError(f"leaf {index}: the tree has the leaves 0 to {size - 1}")
    path = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(range_hash(middle, end, nodes))
            end = middle
        else:
            path.append(range_hash(start, middle, nodes))
            start = middle
    return path[::-1]


def consistency_proof(old: int, new: int, nodes: Nodes) -> list[bytes]:
    """Returns the proof that a tree of `new` leaves begins with one of `old` leaves (RFC 6962, 2.1.2).

    Raises:
        ValueError: `old` is not within 0 and `new`.
    """
    if not 0 <= old <= new:
        raise ValueError(f"size {old}: not within 0 and {new}")
    path: list[bytes] = []
    start, end, whole = 0, new, True
    while 0 < old < end:
        middle = start + _split(end - start)
        if old <= middle:
            path.append(range_hash(middle, end, nodes))
            end = middle
        else:
            path.append(range_hash(start, middle, nodes))
            start, whole = middle, False
    if old and not whole:
        path.append(range_hash(start, end, nodes))
    return path[::-1]


def verify_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], expected: bytes) -> None:
    """Verifies an audit path (RFC 9162, 2.1.3.2).

    Args:
        leaf: hash of the leaf.
        index: its place.
        size: leaves of the tree.
        path: from the leaf up.
        expected: the tree's root.

    Raises:
        ProofError: the leaf is not there in that tree, as far as this proof goes.
    """
    if not 0 <= index < size:
        raise ProofError(f"leaf {index}: a tree of {size} leaves has none of that number")
    place, last, found = index, size - 1, leaf
    for other in path:
        if last == 0:
            raise ProofError(f"leaf {index}: the proof has more hashes than the tree has levels")
        if place % 2 or place == last:
            found = node_hash(other, found)
            while place % 2 == 0 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, other)
        place, last = place >> 1, last >> 1
    if last or found != expected:
        raise ProofError(f"leaf {index}: the proof does not lead to the root of the tree of {size} leaves")


def verify_consistency(old: int, new: int, path: Sequence[bytes], old_root: bytes, new_root: bytes) -> None:
    """Verifies that a tree begins with an older one (RFC 9162, 2.1.4.2).

    Raises:
        ProofError: it does not, as far as this proof goes.
    """
    wrong = ProofError(f"the tree of {new} leaves does not begin with that of {old} leaves")
    if not 0 <= old <= new:
        raise wrong
    if old in (0, new):
        if path or old_root != (new_root if old else EMPTY_ROOT):
            raise wrong
        return
    rest = list(path) if old & (old - 1) else [old_root, *path]
    if not rest:
        raise wrong
    place, last = old - 1, new - 1
    while place % 2:
        place, last = place >> 1, last >> 1
    found_old = found_new = rest[0]
    for other in rest[1:]:
        if last == 0:
            raise wrong
        if place % 2 or place == last:
            found_old, found_new = node_hash(other, found_old), node_hash(other, found_new)
            while place % 2 == 0 and place:
                place, last = place >> 1, last >> 1
        else:
            found_new = node_hash(found_new, other)
        place, last = place >> 1, last >> 1
    if last or found_old != old_root or found_new != new_root:
        raise wrong


def _split(count: int) -> int:
    """The largest power of two below `count`, at which RFC 6962 splits a tree."""
    return 1 << ((count - 1).bit_length() - 1)
