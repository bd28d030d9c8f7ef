"""The tree in tiles of 256 hashes, as they are stored and served (C2SP tlog-tiles): level, number, width, path.

The tile of level L and number N holds the hashes of complete subtrees of 256**L leaves, from the one of index 256 N on.
"""

import re
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, TypeVar

from passerby.audit.tree import HASH_BYTES, Nodes, root_of

TILE_LEVELS: Final = 8
TILE_WIDTH: Final = 1 << TILE_LEVELS
TILE_BYTES: Final = TILE_WIDTH * HASH_BYTES

_PATH = re.compile(r"(0|[1-9]\d?)/((?:x\d{3}/){0,5}\d{3})(?:\.p/([1-9]\d{0,2}))?", re.ASCII)

Proof = TypeVar("Proof")


@dataclass(frozen=True, slots=True, order=True)
class Tile:
    """The place of a tile.

    Attributes:
        level: 0 for hashes of leaves.
        number: counted from the left.
    """

    level: int
    number: int

    def width(self, size: int) -> int:
        """Returns how many hashes it holds in a tree of `size` leaves, 0 to 256."""
        return max(0, min(TILE_WIDTH, (size >> (TILE_LEVELS * self.level)) - self.number * TILE_WIDTH))

    def path(self, width: int = TILE_WIDTH) -> str:
        """Returns its address below `tile/`.

        >>> Tile(0, 1234067).path(), Tile(1, 0).path(17)
        ('0/x001/x234/067', '1/000.p/17')
        """
        digits = f"{self.number:03d}"
        digits = digits.zfill(-(-len(digits) // 3) * 3)
        parts = [digits[at : at + 3] for at in range(0, len(digits), 3)]
        address = "/".join([*(f"x{part}" for part in parts[:-1]), parts[-1]])
        return f"{self.level}/{address}" + ("" if width == TILE_WIDTH else f".p/{width}")


def parsed_path(path: str) -> tuple[Tile, int] | None:
    """Returns the tile and the width that an address below `tile/` names; None where it is none.

    >>> parsed_path("0/x001/x234/067"), parsed_path("0/x000/067")
    ((Tile(level=0, number=1234067), 256), None)
    """
    found = _PATH.fullmatch(path)
    if found is None:
        return None
    tile = Tile(int(found[1]), int(found[2].replace("x", "").replace("/", "")))
    width = TILE_WIDTH if found[3] is None else int(found[3])
    # One address a tile: no zeros before its number, and a whole tile is not named as a partial one.
    return (tile, width) if tile.level < 64 and width <= TILE_WIDTH and tile.path(width) == path else None


def tiles_of(leaf_hashes: bytes) -> Iterator[tuple[Tile, bytes]]:
    """Yields every tile of a tree with its hashes, level by level.

    Args:
        leaf_hashes: 32 bytes each, side by side.
    """
    level, hashes = 0, leaf_hashes
    while hashes:
        above = []
        for number, at in enumerate(range(0, len(hashes), TILE_BYTES)):
            content = hashes[at : at + TILE_BYTES]
            yield Tile(level, number), content
            if len(content) == TILE_BYTES:
                above.append(root_of(content))
        level, hashes = level + 1, b"".join(above)


def nodes_in(tiles: Mapping[Tile, bytes]) -> Nodes:
    """Returns the hashes of complete subtrees as the tiles give them.

    The function that is returned raises a KeyError where a tile is missing or too narrow.
    """

    def nodes(level: int, index: int) -> bytes:
        tile, at, count = _place(level, index)
        content = tiles[tile][at * HASH_BYTES : (at + count) * HASH_BYTES]
        if len(content) < count * HASH_BYTES:
            raise KeyError(tile)
        return root_of(content)

    return nodes


def tiles_for(make: Callable[[Nodes], object]) -> frozenset[Tile]:
    """Returns the tiles that `make` needs, by making it once from nothing.

    Args:
        make: makes a root or a proof from hashes of subtrees.
    """
    needed: set[Tile] = set()

    def nodes(level: int, index: int) -> bytes:
        needed.add(_place(level, index)[0])
        return bytes(HASH_BYTES)

    make(nodes)
    return frozenset(needed)


async def made_from_tiles(
    make: Callable[[Nodes], Proof], fetch: Callable[[frozenset[Tile]], Awaitable[Mapping[Tile, bytes]]]
) -> Proof:
    """Returns a root or a proof, from the tiles that it needs and no others.

    Raises:
        KeyError: a tile is missing or too narrow.
    """
    return make(nodes_in(await fetch(tiles_for(make))))


def _place(level: int, index: int) -> tuple[Tile, int, int]:
    """The tile that holds a subtree, the place of its first hash in it, and of how many it consists there."""
    above, inside = divmod(level, TILE_LEVELS)
    first = index << inside
    return Tile(above, first >> TILE_LEVELS), first & (TILE_WIDTH - 1), 1 << inside
