"""What is drawn into the place: zones, lines with an arrow each way, movements as ribbons, and where cards belong."""

import math
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from passerby.domain.events import Direction
from passerby.domain.layout import Line, Zone
from passerby.domain.report import MovementTotal
from passerby.geometry.directions import direction_vector
from passerby.geometry.polygons import distances_to_edge, points_in_polygon
from passerby.report.pictures.cards import way_colour
from passerby.report.pictures.palette import Palette
from passerby.report.pictures.scene import (
    Area,
    Bend,
    Box,
    Disc,
    Panel,
    Point,
    Shape,
    Stroke,
    Words,
    arrow,
    outline,
    ribbon,
)
from passerby.report.pictures.typeface import Typeface

_ALONG = tuple(0.5 + side * step / 20 for step in range(8) for side in ((1, -1) if step else (1,)))
"""Shares of a line at which its arrows may stand, the middle first."""

_ARROW = 27.0
"""Length of one way's arrow, in 960ths of the width of the place."""

_THINNEST, _THICKEST = 5.0, 24.0
_SPOTS = 24


def ends_px(line: Line, place: Box) -> tuple[Point, Point]:
    """Returns both ends of a line in pixels."""
    one, other = line.points.tolist()
    return in_place(one, place), in_place(other, place)


def in_place(point: Sequence[float], place: Box) -> Point:
    """Returns a point of the picture (0-1) in pixels of the drawing."""
    width_px, height_px = place.size_px
    return place.left_px + point[0] * width_px, place.top_px + point[1] * height_px


def arrow_points(lines: Sequence[Line], place: Box) -> list[Point]:
    """Returns a point on each line, as near its middle as the arrows before it and the picture's rim allow."""
    points: list[Point] = []
    near_px, rim_px = 0.054 * place.size_px[0], 0.025 * place.size_px[0]
    for line in lines:
        (x1, y1), (x2, y2) = ends_px(line, place)
        tried = [(x1 + (x2 - x1) * along, y1 + (y2 - y1) * along) for along in _ALONG]
        room_px = []
        for x, y in tried:
            to_others_px = min((math.hypot(x - ox, y - oy) for ox, oy in points), default=near_px)
            inside_px = min(x - place.left_px, y - place.top_px, place.right_px - x, place.bottom_px - y)
            room_px.append(min(to_others_px, inside_px / rim_px * near_px, near_px))
        points.append(tried[int(np.argmax(room_px))])
    return points


def zone_point(zone: Zone, place: Box) -> Point:
    """Returns a point well inside a zone, in pixels; the mean of its corners where it has no inside."""
    corners = np.array([in_place(corner, place) for corner in zone.points.tolist()])
    low, high = corners.min(axis=0), corners.max(axis=0)
    shares = (np.arange(_SPOTS) + 0.5) / _SPOTS
    spots = np.stack(np.meshgrid(*(low[axis] + shares * (high - low)[axis] for axis in (0, 1))), axis=-1).reshape(-1, 2)
    inside = spots[points_in_polygon(spots, corners)]
    if not len(inside):
        x, y = corners.mean(axis=0).tolist()
        return x, y
    x, y = inside[int(np.argmax(distances_to_edge(inside, corners)))].tolist()
    return x, y


def zone_shapes(zones: Sequence[Zone], place: Box, palette: Palette) -> Iterator[Shape]:
    """Yields zones: their inside, their rim, and the point where a card's leader ends."""
    unit_px = place.size_px[0] / 960
    for zone in zones:
        corners = tuple(in_place(corner, place) for corner in zone.points.tolist())
        yield Area(corners, palette.zone_fill)
        yield outline(corners, palette.zone, 2 * unit_px)
        yield Disc(zone_point(zone, place), 3.4 * unit_px, palette.zone)


def line_shapes(lines: Sequence[Line], points_px: Sequence[Point], place: Box, palette: Palette) -> Iterator[Shape]:
    """Yields lines, and over them an arrow each way at the given points."""
    unit_px = place.size_px[0] / 960
    for colour, width_px in ((palette.casing, 5.0), (palette.line, 2.4)):
        for line in lines:
            yield Stroke(ends_px(line, place), colour, width_px * unit_px)
    for line, middle in zip(lines, points_px, strict=True):
        for casing in (True, False):
            for way in Direction:
                x, y = direction_vector(line, way, place.size_px)
                reach_px = (_ARROW + (2.5 if casing else 0.0)) * unit_px
                head = (middle[0] + x * reach_px, middle[1] + y * reach_px)
                colour = palette.casing if casing else way_colour(way, palette)
                yield from arrow(middle, head, colour, (5.6 if casing else 3.8) * unit_px)
        yield Disc(middle, 3.6 * unit_px, palette.line)


def movement_shapes(
    movements: Sequence[MovementTotal],
    lines: Sequence[Line],
    points_px: Sequence[Point],
    place: Box,
    palette: Palette,
    face: Typeface,
    ranges: Mapping[str, str],
) -> Iterator[Shape]:
    """Yields a ribbon for each movement that anyone made, the thicker the more, with its number and its range."""
    unit_px = place.size_px[0] / 960
    made = [(total, sum(total.counts.values())) for total in movements]
    highest = max((number for _, number in made), default=0)
    ends = {line.name: (line, point) for line, point in zip(lines, points_px, strict=True)}
    plates: list[Point] = []
    drawn: list[tuple[Bend, str]] = []
    for total, number in made:
        bend = _bend(total, ends, place)
        if bend is None or not number:
            continue
        width_px = (_THINNEST + (_THICKEST - _THINNEST) * number / highest) * unit_px
        yield ribbon(bend, width_px, palette.ribbon)
        drawn.append((bend, f"{number} ({ranges[total.movement.name]})"))
    for bend, words in drawn:
        spot = max(
            _ALONG, key=lambda along: min([math.dist(bend.at(along), other) for other in plates] + [40 * unit_px])
        )
        plates.append(bend.at(spot))
        yield from _plate(words, plates[-1], 15 * unit_px, palette, face)


def _plate(text: str, at_px: Point, letter_px: float, palette: Palette, face: Typeface) -> Iterator[Shape]:
    half_px, tall_px = face.width_px(text, letter_px, bold=True) / 2 + 0.45 * letter_px, 0.78 * letter_px
    box = Box(at_px[0] - half_px, at_px[1] - tall_px, at_px[0] + half_px, at_px[1] + tall_px)
    yield Panel(box, 0.6 * letter_px, palette.card)
    yield Words(text, at_px, letter_px, palette.ink, bold=True, anchor="middle")


def _bend(total: MovementTotal, ends: dict[str, tuple[Line, Point]], place: Box) -> Bend | None:
    movement = total.movement
    if movement.entry_line not in ends or movement.exit_line not in ends:
        return None
    (entry, start_px), (exit_, end_px) = ends[movement.entry_line], ends[movement.exit_line]
    if math.dist(start_px, end_px) < 1:
        return None  # back over the same line: there is no way to draw
    ways = Direction(movement.entry_direction), Direction(movement.exit_direction)
    return Bend(
        start_px,
        end_px,
        direction_vector(entry, ways[0], place.size_px),
        direction_vector(exit_, ways[1], place.size_px),
    )
