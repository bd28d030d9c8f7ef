"""Tiles have the places, widths and addresses of C2SP tlog-tiles, and proofs come from few of them."""

import asyncio
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.audit.tiles import Tile, made_from_tiles, nodes_in, parsed_path, tiles_for, tiles_of
from passerby.audit.tree import inclusion_proof, leaf_hash, root

HASHES = b"".join(leaf_hash(number.to_bytes(4, "big")) for number in range(70_000))


def test_the_tiles_of_the_specification_s_example() -> None:
    tiles = list(tiles_of(HASHES))
    widths = {(tile.level, tile.number): len(hashes) // 32 for tile, hashes in tiles}
    assert sum(1 for (level, _), width in widths.items() if (level, width) == (0, 256)) == 273
    assert (widths[0, 273], widths[1, 0], widths[1, 1], widths[2, 0]) == (112, 256, 17, 1)
    assert len(tiles) == 273 + 1 + 2 + 1
    assert [Tile(0, 273).width(70_000), Tile(1, 1).width(70_000), Tile(2, 0).width(70_000)] == [112, 17, 1]
    assert [Tile(1, 0).width(256), Tile(0, 0).width(256), Tile(0, 1).width(256)] == [1, 256, 0]


@given(st.integers(0, 63), st.integers(0, 10**15), st.integers(1, 256))
def test_an_address_leads_back_to_its_tile(level: int, number: int, width: int) -> None:
    tile = Tile(level, number)
    assert parsed_path(tile.path(width)) == (tile, width)


@pytest.mark.parametrize(
    "path",
    [
        "", "0", "0/", "0/67", "0/0067", "00/067", "64/000", "0/x067", "0/x000/067", "0/067/x001", "0/067.p/0",
        "0/067.p/256", "0/067.p/07", "-1/000", "0/000/", "0/..", "0/000.p/", "\u0660/000", "0/" + "x001/" * 6 + "000",
    ],
)  # fmt: skip
@pytest.mark.asvs("5.3.2")
def test_no_other_address_is_one(path: str) -> None:
    assert parsed_path(path) is None


def test_a_proof_takes_few_tiles() -> None:
    size = 70_000
    tiles = dict(tiles_of(HASHES))
    fetched: list[frozenset[Tile]] = []

    async def fetch(wanted: frozenset[Tile]) -> Mapping[Tile, bytes]:
        fetched.append(wanted)
        return {tile: tiles[tile] for tile in wanted}

    path = asyncio.run(made_from_tiles(lambda nodes: inclusion_proof(12_345, size, nodes), fetch))
    assert path == inclusion_proof(12_345, size, nodes_in(tiles))
    assert len(fetched) == 1
    assert len(fetched[0]) <= 6
    assert fetched[0] == tiles_for(lambda nodes: inclusion_proof(12_345, size, nodes))


def test_a_tile_that_is_missing_or_too_narrow_is_noticed() -> None:
    tiles = dict(tiles_of(HASHES[: 300 * 32]))
    for broken in ({**tiles, Tile(0, 1): tiles[Tile(0, 1)][:-32]}, {Tile(0, 0): tiles[Tile(0, 0)]}):
        with pytest.raises(KeyError):
            root(300, nodes_in(broken))
