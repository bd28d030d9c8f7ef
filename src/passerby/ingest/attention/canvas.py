"""Packs regions of one frame into one small picture for the detector, and puts what is found back to its place.

The idea of Tetris (arXiv 2605.25538) and MOSAIC, within one camera: never are pixels of two cameras in one picture.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from passerby.ingest.crops import STRIDE_PX, Region
from passerby.ingest.detectors.detector import Boxes
from passerby.ingest.raw import Picture, RawFrame

GAP_PX: Final = 4
"""Between two tiles, in the network's mean colour; each tile has a margin of its own."""

CUT_MARGIN_PX: Final = 2.5
"""A box this near to a tile's inner edge, in the canvas's pixels, is part of something larger."""

CELL_PX: Final = 4
"""Tiles begin at multiples of it."""

SHAPES: Final = (0.85, 1.05, 1.3, 1.6)
"""Widths that are tried, in sides of a square as large as all tiles."""

MEAN_BGR: Final = (104, 116, 124)
"""The mean colour of pictures, which excites nothing in the network."""


@dataclass(frozen=True, slots=True)
class Wish:
    """A region that is to be looked at.

    Attributes:
        region: of the frame, inside it.
        scale: pixels of the canvas for a pixel of the frame.
    """

    region: Region
    scale: float

    @property
    def tile_px(self) -> tuple[int, int]:
        """Width and height on the canvas."""
        left, top, right, bottom = self.region
        return max(8, round((right - left) * self.scale)), max(8, round((bottom - top) * self.scale))


@dataclass(frozen=True, slots=True)
class Tile:
    """A region and its place on the canvas: left, top, right, bottom in the canvas's pixels."""

    region: Region
    place: Region


@dataclass(frozen=True, slots=True)
class Canvas:
    """A picture made of tiles."""

    size_px: tuple[int, int]
    tiles: tuple[Tile, ...]

    @property
    def area_px(self) -> int:
        """How many pixels the network gets."""
        return self.size_px[0] * self.size_px[1]

    def picture(self, raw: RawFrame) -> Picture:
        """Returns the canvas of a frame: uint8 (H, W, 3), BGR."""
        shown = raw.mosaic(self.size_px, [(tile.region, tile.place) for tile in self.tiles])
        picture = np.empty_like(shown)
        picture[0] = MEAN_BGR
        picture[1:] = picture[0]  # row by row: ten times as fast as pixel by pixel
        for tile in self.tiles:
            left, top, right, bottom = tile.place
            picture[top:bottom, left:right] = shown[top:bottom, left:right]
        return picture

    def unpacked(self, boxes: Boxes, frame_px: tuple[int, int]) -> tuple[Boxes, Boxes]:
        """Returns what was found on the canvas in the frame's pixels: what is whole, and what a tile's inner edge cuts.

        Args:
            boxes: in the canvas's pixels.
            frame_px: width and height of the frame; its own edges cut nothing.
        """
        regions = np.array([tile.region for tile in self.tiles], np.float32)
        places = np.array([tile.place for tile in self.tiles], np.float32)
        xyxy = boxes.xyxy_px
        centre = ((xyxy[:, :2] + xyxy[:, 2:]) / 2)[:, None]
        inside = np.all((centre > places[None, :, :2]) & (centre < places[None, :, 2:]), axis=2)
        held = np.flatnonzero(np.any(inside, axis=1))
        tile = inside[held].argmax(1)
        region, place, xyxy = regions[tile], places[tile], xyxy[held]
        limit = np.array([0, 0, *frame_px], np.float32)
        outwards = np.array([1, 1, -1, -1], np.float32)
        at_frame = np.abs(region - limit) < 1
        whole = (at_frame | ((xyxy - place) * outwards > CUT_MARGIN_PX)).all(1)
        scale = (region[:, 2:] - region[:, :2]) / (place[:, 2:] - place[:, :2])
        inner = np.clip(xyxy, np.tile(place[:, :2], 2), np.tile(place[:, 2:], 2)) - np.tile(place[:, :2], 2)
        moved = inner * np.tile(scale, 2) + np.tile(region[:, :2], 2)
        back = Boxes(moved.astype(np.float32), boxes.confidence[held], boxes.road_user[held])
        return back[whole], back[~whole]


def packed(wishes: Sequence[Wish], max_area_px: int) -> Canvas | None:
    """Returns the smallest canvas found that holds all regions; None where none is small enough.

    Args:
        wishes: what is to be looked at; at least one.
        max_area_px: the largest canvas that is worth it.
    """
    sizes = [wish.tile_px for wish in wishes]
    order = sorted(range(len(wishes)), key=lambda row: (-sizes[row][1], -sizes[row][0], row))
    cells = [tuple(-(-(side + GAP_PX) // CELL_PX) for side in sizes[row]) for row in order]
    best: tuple[int, tuple[int, int], list[tuple[int, int]]] | None = None
    for width_px in _widths_px(cells):
        places, height_cells = _lowest_places(cells, (width_px + GAP_PX) // CELL_PX)
        height_px = -(-(height_cells * CELL_PX - GAP_PX) // STRIDE_PX) * STRIDE_PX
        area_px = width_px * height_px
        if area_px <= max_area_px and (best is None or area_px < best[0]):
            best = area_px, (width_px, height_px), places
    if best is None:
        return None
    tiles = []
    for row, (x, y) in zip(order, best[2], strict=True):
        left, top = x * CELL_PX, y * CELL_PX
        tiles.append(Tile(wishes[row].region, (left, top, left + sizes[row][0], top + sizes[row][1])))
    return Canvas(best[1], tuple(tiles))


def _widths_px(cells: Sequence[tuple[int, ...]]) -> list[int]:
    """Returns the widths to try: multiples of the network's stride near a square's, that hold the widest tile."""
    area_px = sum(width * height for width, height in cells) * CELL_PX**2
    widest_px = max(width for width, _ in cells) * CELL_PX - GAP_PX
    tried = {-(-max(round(area_px**0.5 * share), widest_px) // STRIDE_PX) * STRIDE_PX for share in SHAPES}
    return sorted(tried)


def _lowest_places(cells: Sequence[tuple[int, ...]], width: int) -> tuple[list[tuple[int, int]], int]:
    """Returns where tiles go, each as low as it can on those before it, and the height of all; in cells.

    Args:
        cells: width and height of each tile, the highest first; none wider than `width`.
        width: of the canvas.
    """
    # The heights so far as steps from left to right: where each begins, and how high it is. No place is lower than one
    # that begins with a step, for further to the left there is a higher one.
    starts, highs = [0], [0]
    places = []
    for wide, high in cells:
        best_x, best_y = 0, -1
        for first, x in enumerate(starts):
            if x + wide > width:
                break
            last = bisect_left(starts, x + wide)
            y = max(highs[first:last])
            if best_y < 0 or y < best_y:
                best_x, best_y = x, y
        first, last = bisect_left(starts, best_x), bisect_left(starts, best_x + wide)
        rest = highs[last - 1]
        starts[first:last], highs[first:last] = [best_x], [best_y + high]
        if best_x + wide < width and (first + 1 == len(starts) or starts[first + 1] > best_x + wide):
            starts.insert(first + 1, best_x + wide)
            highs.insert(first + 1, rest)
        places.append((best_x, best_y))
    return places, max(highs)


def region_of(box: npt.NDArray[np.floating], size_px: tuple[int, int]) -> Region | None:
    """Returns the region of a box inside the frame, corners even for the chroma; None where it is outside."""
    left, top = (max(0, int(value)) // 2 * 2 for value in box[:2])
    right = min(size_px[0], -(-int(np.ceil(box[2])) // 2) * 2)
    bottom = min(size_px[1], -(-int(np.ceil(box[3])) // 2) * 2)
    return (left, top, right, bottom) if right - left >= STRIDE_PX // 4 and bottom - top >= STRIDE_PX // 4 else None
