"""Where the arrows and the labels of a whole report stand in a picture of a given size."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from passerby.domain.layout import Line, Zone
from passerby.domain.report import CountReport
from passerby.report.heat import heat_levels
from passerby.report.labels import Detail, Label, label_size_px, line_label, zone_label
from passerby.report.placement import Box, Wanted, place_labels
from passerby.report.sketch import Point
from passerby.report.typeface import Typeface

_ALONG = (
    0.5,
    0.45,
    0.55,
    0.4,
    0.6,
    0.35,
    0.65,
    0.3,
    0.7,
    0.25,
    0.75,
    0.2,
    0.8,
    0.15,
    0.85,
)  # shares of a line at which its arrow may stand
_MAX_COVERED = {Detail.FULL: 0.26, Detail.BRIEF: 0.15, Detail.TINY: math.inf}  # of the picture, by cards
_REACH = 0.22  # of the width, from a label to what it belongs to; beyond, no reader follows the leader
_BUSY_SIZE = (96, 54)  # columns and rows; finer than a label, which is all that matters


@dataclass(frozen=True, slots=True)
class PlacedLabel:
    """A label, its box, and the point it belongs to, in pixels."""

    label: Label
    box: Box
    anchor_px: Point


@dataclass(frozen=True, slots=True)
class Arrangement:
    """What stands where.

    Attributes:
        arrows_px: the middle of each line's arrow, in the report's order.
        labels: the labels that found a place.
        unplaced: the labels that did not, in their brief form; they are written out below the picture.
        letter_px: letter size of the labels.
    """

    arrows_px: tuple[Point, ...]
    labels: tuple[PlacedLabel, ...]
    unplaced: tuple[Label, ...]
    letter_px: float


def arrange(report: CountReport, size_px: tuple[int, int], face: Typeface) -> Arrangement:
    """The fullest labels that all find a place; the tiniest, as many as fit, when no length does.

    Args:
        report: what was counted.
        size_px: width and height of the picture.
        face: the face the labels are written in.
    """
    arrows_px = _arrow_points(report, size_px)
    for detail in (Detail.FULL, Detail.BRIEF):
        arrangement = _with_detail(report, size_px, face, arrows_px, detail)
        if not arrangement.unplaced:
            return arrangement
    return _with_detail(report, size_px, face, arrows_px, Detail.TINY)


def _with_detail(
    report: CountReport, size_px: tuple[int, int], face: Typeface, arrows_px: Sequence[Point], detail: Detail
) -> Arrangement:
    """All labels of one length, as many as find a place; none when together they would hide the picture."""
    unit_px = size_px[0] / 960
    letter_px = (12.5 if detail is Detail.TINY else 14.0) * unit_px
    labels = _labels(report, size_px, detail)
    sizes_px = [label_size_px(label, face, letter_px) for label in labels]
    anchors_px = [*arrows_px, *(zone_middle_px(total.zone, size_px) for total in report.zones)]
    boxes: list[Box | None] = [None] * len(labels)
    if sum(width * height for width, height in sizes_px) <= _MAX_COVERED[detail] * size_px[0] * size_px[1]:
        wanted = [Wanted(wh_px, anchor) for wh_px, anchor in zip(sizes_px, anchors_px, strict=True)]
        taken = [_around(point, 22 * unit_px) for point in arrows_px]
        boxes = place_labels(wanted, Box(0, 0, *size_px), taken, _busy(report), 3 * unit_px, _REACH * size_px[0])
    rows = list(zip(labels, boxes, anchors_px, strict=True))
    return Arrangement(
        tuple(arrows_px),
        tuple(PlacedLabel(label, box, anchor) for label, box, anchor in rows if box is not None),
        tuple(label for label, box in zip(_labels(report, size_px, Detail.BRIEF), boxes, strict=True) if box is None),
        letter_px,
    )


def _labels(report: CountReport, size_px: tuple[int, int], detail: Detail) -> list[Label]:
    watched = report.coverage > 0
    labels = [line_label(total, size_px, detail, watched=watched) for total in report.lines]
    return labels + [zone_label(total, detail, watched=watched) for total in report.zones]


def ends_px(line: Line, size_px: tuple[int, int]) -> tuple[Point, Point]:
    """Both ends of the line in pixels."""
    (x1, y1), (x2, y2) = line.points.tolist()
    return (x1 * size_px[0], y1 * size_px[1]), (x2 * size_px[0], y2 * size_px[1])


def corners_px(zone: Zone, size_px: tuple[int, int]) -> list[Point]:
    """The zone's corners in pixels."""
    return [(x * size_px[0], y * size_px[1]) for x, y in zone.points.tolist()]


def zone_middle_px(zone: Zone, size_px: tuple[int, int]) -> Point:
    """The mean of the zone's corners: near enough to its middle for a label to stand by."""
    x, y = zone.points.mean(axis=0).tolist()
    return (x * size_px[0], y * size_px[1])


def _arrow_points(report: CountReport, size_px: tuple[int, int]) -> list[Point]:
    """A point on each line, as near its middle as the arrows before it and the picture's rim allow."""
    points: list[Point] = []
    near_px, rim_px = 52 * size_px[0] / 960, 24 * size_px[0] / 960
    for total in report.lines:
        (x1, y1), (x2, y2) = ends_px(total.line, size_px)
        tried = [(x1 + (x2 - x1) * along, y1 + (y2 - y1) * along) for along in _ALONG]
        room_px = []
        for x, y in tried:
            to_others_px = min((math.hypot(x - ox, y - oy) for ox, oy in points), default=near_px)
            to_rim_px = min(x, y, size_px[0] - x, size_px[1] - y) / rim_px * near_px
            room_px.append(min(to_others_px, to_rim_px, near_px))
        points.append(tried[int(np.argmax(room_px))])
    return points


def _busy(report: CountReport) -> npt.NDArray[np.float64]:
    """float64 (54, 96): to 0.7 on the heat, 3 on the lines, for a label over its own line hides what it is about."""
    if report.flow_map.passes.size:
        levels = Image.fromarray(heat_levels(report.flow_map.passes).astype(np.float32)).resize(_BUSY_SIZE)
        heat = np.asarray(levels, dtype=np.float64) * 0.7
    else:
        heat = np.zeros(_BUSY_SIZE[::-1])
    strokes = Image.new("L", _BUSY_SIZE)
    pen = ImageDraw.Draw(strokes)
    for zone_total in report.zones:
        corners = corners_px(zone_total.zone, _BUSY_SIZE)
        pen.line([*corners, corners[0]], fill=60, width=1)
    for total in report.lines:
        pen.line(list(ends_px(total.line, _BUSY_SIZE)), fill=255, width=2)
    return np.maximum(heat, np.asarray(strokes, dtype=np.float64) / 255 * 3)


def _around(point_px: Point, by_px: float) -> Box:
    return Box(point_px[0], point_px[1], point_px[0], point_px[1]).grown(by_px)
