"""What a site file means at one camera, drawn onto its empty place: lines, ways, zones, masks, ground and names."""

import io
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from passerby.domain.events import Direction
from passerby.domain.layout import Layout, Line
from passerby.files import write_whole
from passerby.geometry.directions import direction_vector
from passerby.geometry.ground_grid import ground_grid
from passerby.report.arrangement import corners_px, ends_px, zone_middle_px
from passerby.report.backdrop import backdrop
from passerby.report.labels import Label, Piece, Row, label_size_px, sketch_card, write_letters
from passerby.report.placement import Box, Wanted, place_labels
from passerby.report.sketch import BACKWARD, CASING, FORWARD, WHITE, ZONE_FILL, ZONE_RIM, ZONE_STRIPE, Colour, Sketch
from passerby.report.typeface import Typeface, typeface_for

Outline = npt.NDArray[np.float32]

_ARROW = 30.0
"""Length of one way's arrow, in 960ths of the picture's width."""
_LETTER = 14.0
_REACH = 0.3
"""Of the width: from a label to what it belongs to."""
_GRID: Colour = (255, 240, 160, 130)
_MASK: Colour = (8, 10, 14, 200)
_MASK_RIM: Colour = (255, 255, 255, 200)
_BUSY_SIZE = (96, 54)
_WAYS = ((Direction.FORWARD, FORWARD), (Direction.BACKWARD, BACKWARD))


def layout_picture(layout: Layout, masks: Sequence[Outline], background: npt.NDArray[np.uint8] | None) -> Image.Image:
    """Returns one picture of all that is measured at a camera.

    Args:
        layout: lines, zones and ground.
        masks: float32 (P, 2), 0-1 of the picture, what is blotted out.
        background: uint8 (H, W, 3), BGR, the place without people; None draws on a plain canvas.

    Returns:
        an RGB picture, 960 to 2560 pixels wide.

    Raises:
        OutputError: `background` is not such a picture.
    """
    place = backdrop(background)
    face = typeface_for(_texts(layout))
    place = _with_shapes(place, layout, masks)
    return _with_labels(place, layout, face)


def write_layout_png(
    layout: Layout, masks: Sequence[Outline], background: npt.NDArray[np.uint8] | None, path: Path
) -> None:
    """Writes the picture as PNG, whole or not at all; raises OutputError."""
    sink = io.BytesIO()
    layout_picture(layout, masks, background).save(sink, "PNG")
    write_whole(path, sink.getvalue())


def _with_shapes(place: Image.Image, layout: Layout, masks: Sequence[Outline]) -> Image.Image:
    size_px, unit_px = place.size, place.width / 960
    sketch = Sketch(size_px)
    for mask in masks:
        corners = [(x * size_px[0], y * size_px[1]) for x, y in mask.tolist()]
        sketch.polygon(corners, _MASK)
        sketch.path([*corners, corners[0]], _MASK_RIM, 1.2 * unit_px)
    if layout.ground is not None:
        for stroke in ground_grid(layout.ground).strokes:
            sketch.path([(x * size_px[0], y * size_px[1]) for x, y in stroke.tolist()], _GRID, unit_px)
    for zone in layout.zones:
        corners = corners_px(zone, size_px)
        sketch.polygon(corners, ZONE_FILL)
        sketch.path([*corners, corners[0]], ZONE_RIM, 2 * unit_px)
    for casing in (True, False):
        colour, width_px = (CASING, 5.0) if casing else (WHITE, 2.2)
        for line in layout.lines:
            sketch.path(ends_px(line, size_px), colour, width_px * unit_px)
    for line in layout.lines:
        _sketch_ways(sketch, line, size_px, unit_px)
    return sketch.over(place)


def _sketch_ways(sketch: Sketch, line: Line, size_px: tuple[int, int], unit_px: float) -> None:
    middle = _middle_px(line, size_px)
    for casing in (True, False):
        for direction, hue in _WAYS:
            x, y = direction_vector(line, direction, size_px)
            reach_px = (_ARROW + (2.5 if casing else 0.0)) * unit_px
            head = (middle[0] + x * reach_px, middle[1] + y * reach_px)
            sketch.arrow(middle, head, CASING if casing else hue, (5.4 if casing else 3.6) * unit_px)
    sketch.dot(middle, 3.4 * unit_px, WHITE)


def _with_labels(place: Image.Image, layout: Layout, face: Typeface) -> Image.Image:
    size_px, unit_px = place.size, place.width / 960
    letter_px = _LETTER * unit_px
    labels = [_line_label(line, size_px) for line in layout.lines]
    labels += [Label((Row((Piece(zone.name, bold=True),)),), ZONE_STRIPE) for zone in layout.zones]
    middles = [_middle_px(line, size_px) for line in layout.lines]
    anchors = [*middles, *(zone_middle_px(zone, size_px) for zone in layout.zones)]
    wanted = [
        Wanted(label_size_px(label, face, letter_px), anchor) for label, anchor in zip(labels, anchors, strict=True)
    ]
    taken = [Box(x, y, x, y).grown(_ARROW * unit_px) for x, y in middles]
    boxes = place_labels(wanted, Box(0, 0, *size_px), taken, _busy(layout), 3 * unit_px, _REACH * size_px[0])
    # Where all is full, a name that covers something is better than none.
    placed = [
        (label, box or _at(anchor, want.wh_px, size_px))
        for label, box, anchor, want in zip(labels, boxes, anchors, wanted, strict=True)
    ]
    sketch = Sketch(size_px)
    for label, box in placed:
        sketch_card(label, box, sketch, face, letter_px)
    place = sketch.over(place)
    pen = ImageDraw.Draw(place)
    for label, box in placed:
        write_letters(label, box, pen, face, letter_px)
    return place


def _line_label(line: Line, size_px: tuple[int, int]) -> Label:
    """The line's name, and beside an arrow each what its ways are called."""
    rows = [Row((Piece(line.name, bold=True),), 1.1)]
    for direction, hue in _WAYS:
        name = line.forward_name if direction is Direction.FORWARD else line.backward_name
        arrow = Piece("", hue, way=direction_vector(line, direction, size_px))
        rows.append(Row((arrow, Piece(name))))
    return Label(tuple(rows))


def _busy(layout: Layout) -> npt.NDArray[np.float64]:
    """float64 (54, 96): 3 on the lines, less on the rims of zones."""
    strokes = Image.new("L", _BUSY_SIZE)
    pen = ImageDraw.Draw(strokes)
    for zone in layout.zones:
        corners = corners_px(zone, _BUSY_SIZE)
        pen.line([*corners, corners[0]], fill=60, width=1)
    for line in layout.lines:
        pen.line(list(ends_px(line, _BUSY_SIZE)), fill=255, width=2)
    return np.asarray(strokes, dtype=np.float64) / 255 * 3


def _at(anchor: tuple[float, float], wh_px: tuple[float, float], size_px: tuple[int, int]) -> Box:
    left = min(max(anchor[0], 0.0), max(0.0, size_px[0] - wh_px[0]))
    top = min(max(anchor[1], 0.0), max(0.0, size_px[1] - wh_px[1]))
    return Box(left, top, left + wh_px[0], top + wh_px[1])


def _middle_px(line: Line, size_px: tuple[int, int]) -> tuple[float, float]:
    (x1, y1), (x2, y2) = ends_px(line, size_px)
    return (x1 + x2) / 2, (y1 + y2) / 2


def _texts(layout: Layout) -> Iterator[str]:
    for line in layout.lines:
        yield from (line.name, line.forward_name, line.backward_name)
    yield from (zone.name for zone in layout.zones)
