"""Where cards stand: in the margins beside the place, where they hide nothing, with leaders that do not cross."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from passerby.report.pictures.scene import Box, Point


@dataclass(frozen=True, slots=True)
class Margins:
    """Where each card stands.

    Attributes:
        boxes: of each card, in the order given; None where there is no room.
        leaders: of each card, from its edge to what it belongs to; None where there is no room.
    """

    boxes: tuple[Box | None, ...]
    leaders: tuple[tuple[Point, Point] | None, ...]

    @property
    def complete(self) -> bool:
        """Whether every card has found room."""
        return None not in self.boxes


def stand(
    sizes_px: Sequence[tuple[float, float]],
    anchors_px: Sequence[Point],
    left: Box,
    right: Box,
    gap_px: float,
) -> Margins:
    """Returns where cards stand in two margins: each on the side where it is nearer, in the order of the leaders.

    Args:
        sizes_px: width and height of each card.
        anchors_px: the point that each belongs to, between the margins.
        left, right: the margins.
        gap_px: kept free between two cards.
    """
    boxes: list[Box | None] = [None] * len(sizes_px)
    leaders: list[tuple[Point, Point] | None] = [None] * len(sizes_px)
    order = sorted(range(len(sizes_px)), key=lambda i: (anchors_px[i][0], anchors_px[i][1], i))
    on_left = _split([sizes_px[i][1] + gap_px for i in order], [anchors_px[i][0] for i in order], left, right)
    for side, margin, toward_left in ((order[:on_left], left, True), (order[on_left:], right, False)):
        room_px = margin.bottom_px - margin.top_px
        kept = _that_fit(side, sizes_px, gap_px, room_px)
        edge_px = margin.right_px if toward_left else margin.left_px
        for index, top_px in _stacked(kept, sizes_px, anchors_px, margin, gap_px, edge_px):
            width_px, height_px = sizes_px[index]
            left_px = margin.right_px - width_px if toward_left else margin.left_px
            boxes[index] = Box(left_px, top_px, left_px + width_px, top_px + height_px)
            leaders[index] = ((edge_px, top_px + height_px / 2), anchors_px[index])
    return Margins(tuple(boxes), tuple(leaders))


def _split(heights_px: Sequence[float], xs_px: Sequence[float], left: Box, right: Box) -> int:
    """Returns how many, from the left, stand in the left margin: all find room if they can, each as near as can be."""
    rooms_px = left.bottom_px - left.top_px, right.bottom_px - right.top_px
    stood_px = [0.0, *accumulate(heights_px)]
    to_left_px = [0.0, *accumulate(x - left.right_px for x in xs_px)]
    to_right_px = [0.0, *accumulate(right.left_px - x for x in xs_px)]
    best, best_cost = 0, math.inf
    for on_left in range(len(heights_px) + 1):
        sides_px = stood_px[on_left], stood_px[-1] - stood_px[on_left]
        too_much_px = sum(max(0.0, side - room) for side, room in zip(sides_px, rooms_px, strict=True))
        far_px = to_left_px[on_left] + to_right_px[-1] - to_right_px[on_left]
        # A margin that is full pushes cards away from what they belong to.
        fill = max(side / room for side, room in zip(sides_px, rooms_px, strict=True))
        cost = 1e6 * too_much_px + far_px + max(0.0, fill - 0.6) * 1e3
        if cost < best_cost:
            best, best_cost = on_left, cost
    return best


def _that_fit(side: Sequence[int], sizes_px: Sequence[tuple[float, float]], gap_px: float, room_px: float) -> list[int]:
    """Returns as many of a side's cards as fit, the lowest first."""
    kept: list[int] = []
    stood_px = 0.0
    for index in sorted(side, key=lambda i: (sizes_px[i][1], i)):
        if stood_px + sizes_px[index][1] <= room_px:
            kept.append(index)
            stood_px += sizes_px[index][1] + gap_px
    return kept


def _stacked(
    kept: Sequence[int],
    sizes_px: Sequence[tuple[float, float]],
    anchors_px: Sequence[Point],
    margin: Box,
    gap_px: float,
    edge_px: float,
) -> list[tuple[int, float]]:
    """Returns each card's number and its top, from top to bottom, ordered so that leaders do not cross."""
    order = sorted(kept, key=lambda i: (anchors_px[i][1], i))
    for _ in range(len(order) ** 2):
        tops_px = _tops_px(order, sizes_px, anchors_px, margin, gap_px)
        starts = [(edge_px, top + sizes_px[i][1] / 2) for i, top in zip(order, tops_px, strict=True)]
        crossing = next(
            (
                (one, other)
                for one in range(len(order))
                for other in range(one + 1, len(order))
                if leaders_cross((starts[one], anchors_px[order[one]]), (starts[other], anchors_px[order[other]]))
            ),
            None,
        )
        if crossing is None:
            break
        one, other = crossing
        order[one], order[other] = order[other], order[one]
    return list(zip(order, _tops_px(order, sizes_px, anchors_px, margin, gap_px), strict=True))


def _tops_px(
    order: Sequence[int],
    sizes_px: Sequence[tuple[float, float]],
    anchors_px: Sequence[Point],
    margin: Box,
    gap_px: float,
) -> list[float]:
    """Returns tops that keep the order and the gaps, each card's middle as near its anchor's height as that allows."""
    tops: list[float] = []
    for index in order:
        lowest_px = tops[-1] + sizes_px[order[len(tops) - 1]][1] + gap_px if tops else margin.top_px
        tops.append(max(lowest_px, anchors_px[index][1] - sizes_px[index][1] / 2))
    limit = margin.bottom_px
    for at in range(len(order) - 1, -1, -1):
        tops[at] = max(min(tops[at], limit - sizes_px[order[at]][1]), margin.top_px)
        limit = tops[at] - gap_px
    return tops


def leaders_cross(one: tuple[Point, Point], other: tuple[Point, Point]) -> bool:
    """Returns whether two straight leaders cross; those that only touch at an end do not."""
    (a, b), (c, d) = one, other
    return _side(a, b, c) * _side(a, b, d) < 0 and _side(c, d, a) * _side(c, d, b) < 0


def _side(start: Point, end: Point, point: Point) -> float:
    return (end[0] - start[0]) * (point[1] - start[1]) - (end[1] - start[1]) * (point[0] - start[0])
