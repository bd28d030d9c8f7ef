"""Zones and lines that chance lays where people and vehicles go, and what is in or over them by the truth."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from benchmarks.events.world import Floats, Way, World
from passerby.domain.events import Direction
from passerby.domain.layout import Layout, Line, Zone

UPPER_EDGE = 0.22
"""Places and lines lie below this: at PETS's upper edge are cars, at Town Centre's people, who are not labelled."""


BEGUN_S = 3.0
"""A camera that has only just begun to look knows nothing of those who are already at a line."""

EDGE_HEIGHTS = 0.015
"""So near to a zone's edge, in picture heights, it is not clear whether a road user is in it."""


def zone_at(middle01: Floats, reach01: float, rng: np.random.Generator) -> Zone:
    """Returns a crooked four-cornered zone round a place."""
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * reach01 * rng.uniform(0.8, 1.2, (4, 2))
    points = np.clip(middle01 + corners, (0.005, UPPER_EDGE), (0.995, 0.995))
    return Zone("zone", points.astype(np.float32))


def somewhere(world: World, rng: np.random.Generator) -> Floats:
    """Returns float64 (2,): where a road user is at some time, as 0-1 of the picture."""
    way = world.ways[int(rng.integers(len(world.ways)))]
    return np.asarray(way.foot_px[int(rng.integers(len(way)))] / world.size_px)


def with_zone(world: World, zone: Zone) -> Layout:
    """Returns a layout of one zone, on the film's ground."""
    return Layout((), (zone,), (), world.ground)


@dataclass(frozen=True, slots=True, eq=False)
class Inside:
    """Who is in a zone, each bool (W, F).

    Attributes:
        now: by the foot point.
        surely, perhaps: less, and with, those who are so near to its edge that they may be in or out.
    """

    now: npt.NDArray[np.bool_]
    surely: npt.NDArray[np.bool_]
    perhaps: npt.NDArray[np.bool_]


def inside_clearly(world: World, zone: Zone, ways: Sequence[Way]) -> Inside:
    """Returns who is in a zone when, and for whom it is not clear."""
    now = inside(world, zone, ways)
    heights = np.array(world.size_px) / world.size_px[1]
    feet, near = world.feet01(ways) * heights, np.zeros(now.shape, np.bool_)
    corners = zone.points.astype(np.float64) * heights
    with np.errstate(invalid="ignore"):
        for start, end in zip(corners, np.roll(corners, -1, axis=0), strict=True):
            edge = end - start
            share = np.clip((feet - start) @ edge / (edge @ edge), 0, 1)
            off = feet - start - share[..., None] * edge
            near |= (off**2).sum(axis=-1) < EDGE_HEIGHTS**2
    return Inside(now, now & ~near, now | near)


def inside(world: World, zone: Zone, ways: Sequence[Way]) -> npt.NDArray[np.bool_]:
    """Returns bool (W, F): who is in a zone when, by how often a ray to the right meets its edges."""
    x, y = np.moveaxis(world.feet01(ways), 2, 0)
    found = np.zeros(x.shape, np.bool_)
    corners = zone.points.astype(np.float64)
    with np.errstate(invalid="ignore"):
        for (x0, y0), (x1, y1) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
            if y0 != y1:
                found ^= ((y0 > y) != (y1 > y)) & (x < x0 + (y - y0) / (y1 - y0) * (x1 - x0))
    return found


@dataclass(frozen=True, slots=True)
class Passage:
    """A road user over a line, by the truth.

    Attributes:
        at_s: when.
        direction: which way.
        row: which of the ways.
        clear: it goes on for half of its size on both sides, with its foot in the picture, and passes well between the
            line's ends; and the film has begun `BEGUN_S` before.
    """

    at_s: float
    direction: Direction
    row: int
    clear: bool


def passages(world: World, line: Line, ways: Sequence[Way]) -> list[Passage]:
    """Returns who goes over a line, or so near it that it is not clear whether they do."""
    start, end = np.asarray(line.points, np.float64) * world.size_px
    length = float(np.hypot(*(end - start)))
    along01 = (end - start) / length
    right = np.array([-along01[1], along01[0]])  # of a person who walks along the line, with y downwards
    found = []
    for row, way in enumerate(ways):
        from_line = way.foot_px - start
        off, along = from_line @ right, from_line @ along01 / length
        side = np.sign(off)
        # Nobody whose foot is out of the picture is seen on a side: as if it were back at the line.
        seen = np.where(
            (way.foot_px[:, 1] <= world.size_px[1] - 1)
            & (way.foot_px[:, 0] >= 0)
            & (way.foot_px[:, 0] < world.size_px[0]),
            off,
            0.0,
        )
        for moment in np.flatnonzero(side[1:] * side[:-1] < 0).tolist():
            share = off[moment] / (off[moment] - off[moment + 1])
            place = along[moment] + share * (along[moment + 1] - along[moment])
            if not -0.1 <= place <= 1.1:
                continue
            reach = way.size_px[moment] / 2
            before, after = seen[: moment + 1] * side[moment], seen[moment + 1 :] * side[moment + 1]
            clear = _leaves(before[::-1], reach) and _leaves(after, reach) and 0.1 <= place <= 0.9
            clear &= (way.first + moment) / world.fps >= BEGUN_S
            forward = Direction.FORWARD if side[moment + 1] > 0 else Direction.BACKWARD
            found.append(Passage((way.first + moment + share) / world.fps, forward, row, clear))
    return found


def _leaves(off: Floats, reach: float) -> bool:
    """It goes so far before it comes back to the line, if it does at all."""
    beyond, back = np.flatnonzero(off >= reach), np.flatnonzero(off <= 0)
    return bool(len(beyond)) and not (len(back) and back[0] < beyond[0])


def line_over(world: World, way: Way, moment: int, rng: np.random.Generator, reach: float = 1.0) -> Line:
    """Returns a line across a way at some moment: slanted by up to 40 degrees, and not just in its middle.

    Args:
        world: the film.
        way: the way.
        moment: which of its frames.
        rng: chance.
        reach: factor of the line's length, which is two to six sizes of the road user.
    """
    foot = way.foot_px
    ahead = foot[min(len(way) - 1, moment + 5)] - foot[max(0, moment - 5)]
    angle = np.arctan2(ahead[1], ahead[0]) + np.pi / 2 + np.radians(rng.uniform(-40, 40))
    unit = np.array([np.cos(angle), np.sin(angle)]) * rng.choice([-1, 1])
    length = way.size_px[moment] * rng.uniform(2.0, 6.0) * reach
    start = foot[moment] - unit * length * rng.uniform(0.2, 0.8)
    points = np.clip(np.array([start, start + unit * length]) / world.size_px, (0.0, UPPER_EDGE), 1.0)
    return Line("line", points.astype(np.float32))


def with_line(world: World, line: Line) -> Layout:
    """Returns a layout of one line, on the film's ground."""
    return Layout((line,), (), (), world.ground)
