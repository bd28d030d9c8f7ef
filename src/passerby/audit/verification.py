"""Verification of one log: every entry against the tree, the tree against itself, and both against checkpoints.

The store holds the hash of every leaf a second time, in the tiles of level 0, and the tiles of the levels above hold
hashes over those. That is what lets it be said which entry was changed, and whether it was the entry or its hash.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import Final

from passerby.audit.alignment import Row, aligned
from passerby.audit.checkpoints import Checkpoint
from passerby.audit.erasures import Erasures, Range
from passerby.audit.tiles import TILE_BYTES, TILE_LEVELS, TILE_WIDTH, Tile, nodes_in, tiles_of
from passerby.audit.tree import HASH_BYTES, root, root_of
from passerby.domain.audit import LogHead
from passerby.domain.audit_reports import Fault, Finding, LogReport, UsedCheckpoint

CHUNK_ROWS: Final = 16 * TILE_WIDTH
"""Rows that are looked at together; whole tiles."""

MAX_FINDINGS: Final = 1000
"""Findings that are given in full; a log of which more is wrong is not a log any more."""

_MISSING: Final = bytes(HASH_BYTES)


@dataclass(frozen=True, slots=True)
class Reference:
    """A checkpoint whose signature was verified, to hold a log against.

    Attributes:
        where: where it was kept.
        elsewhere: by who verifies, and not in the store.
        checkpoint: what is signed.
        signed: the log's signature was verified; otherwise no key was known.
        witnesses: whose cosignatures were verified.
    """

    where: str
    elsewhere: bool
    checkpoint: Checkpoint
    signed: bool = True
    witnesses: tuple[str, ...] = ()


class LogVerification:
    """Takes in a log's rows in their order, and reports when all are there.

    Args:
        head: the log's name and size as the store has them.
        tiles: the tiles as the store has them.
        references: checkpoints of this log.
        erased: stretches of this log that erasing entries of later logs name.
    """

    def __init__(
        self,
        head: LogHead,
        tiles: Mapping[Tile, bytes],
        references: Sequence[Reference] = (),
        erased: Iterable[Range] = (),
    ) -> None:
        # Tiles may have grown since the size was read.
        self._tiles = {tile: hashes[: tile.width(head.size) * HASH_BYTES] for tile, hashes in tiles.items()}
        self._head, tiles = head, self._tiles
        self._references = sorted(references, key=lambda one: (not one.elsewhere, one.checkpoint.size))
        self._leaves = [tiles.get(Tile(0, number), b"") for number in range(-(-head.size // TILE_WIDTH))]
        self._odd: list[Row] = []
        self._odd_tiles: set[int] = set()
        self._erasures = Erasures(head.origin, erased)
        self._findings: list[Finding] = []

    def add(self, start: int, rows: Sequence[tuple[int, bytes | None]]) -> None:
        """Takes in the rows of a chunk.

        Args:
            start: number of the first entry that belongs there; a multiple of `CHUNK_ROWS`.
            rows: number and content of each row with a number within [start, start + `CHUNK_ROWS`), in their order;
                the content is None where it is erased.
        """
        end = min(start + CHUNK_ROWS, self._head.size)
        first, last = start // TILE_WIDTH, -(-end // TILE_WIDTH)
        self._erasures.look_at(rows)
        contents = [content for _, content in rows if content is not None]
        if len(contents) == end - start and rows[-1][0] == end - 1:
            hashed = [sha256(b"\x00" + content).digest() for content in contents]
            if b"".join(hashed) == b"".join(self._leaves[first:last]):
                return
        self._odd += [Row(index, None if content is None else sha256(b"\x00" + content).digest())
                      for index, content in rows]  # fmt: skip
        self._odd_tiles.update(range(first, last))

    def add_outside(self, rows: Iterable[tuple[int, bytes | None]]) -> None:
        """Takes in rows with numbers that no entry of the log has."""
        self._odd += [Row(index, b"" if content is None else sha256(b"\x00" + content).digest())
                      for index, content in rows]  # fmt: skip

    def report(self) -> LogReport:
        """Returns what was found; to be called once, after all rows."""
        rows = sorted(self._odd, key=lambda row: row.index)
        self._mend_hashes({row.index: row.hash for row in rows})
        if rows or self._odd_tiles:
            self._findings += self._aligned(rows)
        self._findings += self._erasures.unnamed()
        tree = dict(tiles_of(b"".join(self._leaves)))
        held = Held(self._head.size, tree)
        used = [held.against(reference) for reference in self._references]
        self._findings += self._wrong_above(tree, max((one.size for one in used if one.agrees), default=0))
        self._findings += held.findings(self._references, used)
        return LogReport(
            self._head.origin,
            self._head.size,
            held.root(self._head.size),
            self._erasures.erased,
            tuple(self._findings[:MAX_FINDINGS]),
            tuple(used),
        )

    def _aligned(self, rows: Sequence[Row]) -> list[Finding]:
        expected: dict[int, bytes] = {}
        elsewhere: dict[bytes, int] = {}
        for number, content in enumerate(self._leaves):
            for at in range(0, len(content), HASH_BYTES):
                index, leaf = number * TILE_WIDTH + at // HASH_BYTES, content[at : at + HASH_BYTES]
                if number in self._odd_tiles:
                    expected[index] = leaf
                else:
                    elsewhere[leaf] = index
        return aligned(rows, expected, elsewhere)

    def _mend_hashes(self, found: Mapping[int, bytes | None]) -> None:
        """Replaces hashes of leaves that the store has wrong, where what lies above or a checkpoint shows that."""
        for number in sorted(self._odd_tiles):
            start, width = number * TILE_WIDTH, Tile(0, number).width(self._head.size)
            rows = [found.get(index) for index in range(start, start + width)]
            kept = self._leaves[number]
            whole = len(kept) == width * HASH_BYTES
            # An erased row has no content: its hash is the kept one, if any.
            lying = b"".join(row or _at(kept, at) or _MISSING for at, row in enumerate(rows))
            if not whole:
                # What the store lost of its hashes is taken from the rows, which then are as right as what lies above.
                kept = (kept + lying[len(kept) :])[: width * HASH_BYTES]
            if not whole or (lying != kept and self._confirmed(number, lying)):
                self._findings.append(_hash_finding(0, start, start + width))
                kept = lying if self._confirmed(number, lying) else kept
            self._leaves[number] = kept

    def _confirmed(self, number: int, hashes: bytes) -> bool:
        """Whether a tile of leaves is what the level above, or else a checkpoint, has it to be."""
        above, place = divmod(number, TILE_WIDTH)
        parent = self._tiles.get(Tile(1, above), b"")[place * HASH_BYTES :][:HASH_BYTES]
        if len(hashes) == TILE_BYTES and parent:
            return root_of(hashes) == parent
        if number + 1 < len(self._leaves):
            return False
        size = number * TILE_WIDTH + len(hashes) // HASH_BYTES
        signed = [one.checkpoint for one in self._references
                  if number * TILE_WIDTH < one.checkpoint.size <= size]  # fmt: skip
        if not signed:
            return False
        newest = max(signed, key=lambda one: one.size)
        whole = b"".join([*self._leaves[:number], hashes])[: newest.size * HASH_BYTES]
        return root_of(whole) == newest.root

    def _wrong_above(self, tree: Mapping[Tile, bytes], signed: int) -> Iterator[Finding]:
        """Compares the stored hashes above the leaves with those over the leaves."""
        for tile, hashes in tree.items():
            stored = self._tiles.get(tile, b"")
            if tile.level == 0 or stored == hashes:
                continue
            span = 1 << (TILE_LEVELS * tile.level)
            for at in range(0, len(hashes), HASH_BYTES):
                if stored[at : at + HASH_BYTES] == hashes[at : at + HASH_BYTES]:
                    continue
                start = (tile.number * TILE_WIDTH + at // HASH_BYTES) * span
                if start + span <= signed or not stored[at : at + HASH_BYTES]:
                    yield _hash_finding(tile.level, start, start + span)
                elif tile.level == 1:
                    why = f"one of the entries {start} to {start + span - 1} was changed together with its hash"
                    yield Finding(Fault.CHANGED, start, start + span - 1, why)


def _at(hashes: bytes, place: int) -> bytes:
    return hashes[place * HASH_BYTES : (place + 1) * HASH_BYTES]


def _hash_finding(level: int, start: int, end: int) -> Finding:
    why = (
        f"a stored hash over the entries {start} to {end - 1} (level {level}) was changed or lost; the entries "
        "themselves are as they were appended"
    )
    return Finding(Fault.HASH, start, end - 1, why)


class Held:
    """A log held against checkpoints.

    Args:
        size: entries.
        tree: the tiles over the entries.
    """

    def __init__(self, size: int, tree: Mapping[Tile, bytes]) -> None:
        self._size = size
        # Checkpoints a few minutes apart share nearly all of their subtrees.
        self._nodes = lru_cache(maxsize=4096)(nodes_in(tree))

    def root(self, size: int) -> bytes:
        """Returns the root over the first `size` entries."""
        return root(size, self._nodes)

    def against(self, reference: Reference) -> UsedCheckpoint:
        """Compares the log with one checkpoint."""
        signed = reference.checkpoint
        agrees = signed.size <= self._size and self.root(signed.size) == signed.root
        return UsedCheckpoint(
            reference.where, reference.elsewhere, signed.size, reference.signed, reference.witnesses, agrees
        )

    def findings(self, references: Sequence[Reference], used: Sequence[UsedCheckpoint]) -> Iterator[Finding]:
        """Yields what the comparison with the checkpoints shows."""
        good = max((one.size for one in used if one.agrees), default=0)
        for where in sorted({one.where for one in references}):
            wrong = sorted((one for one in used if one.where == where and not one.agrees), key=lambda one: one.size)
            for one in wrong:
                if one.size > self._size:
                    why = f"{where}: {one.size} entries were signed, and {self._size} are there: the last ones are gone"
                    yield Finding(Fault.TRUNCATED, self._size, one.size - 1, why)
                    break
            inside = [one for one in wrong if one.size <= self._size]
            if inside:
                first = good if good < inside[0].size else 0
                why = (
                    f"{where}: the first {inside[0].size} entries are not those that were signed: one from {first} to "
                    f"{inside[0].size - 1} was changed, removed or inserted, and its hash with it"
                )
                yield Finding(Fault.CHECKPOINT, first, inside[0].size - 1, why)
