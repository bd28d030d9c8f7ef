"""How much ground road users cover, and when two of them come to cover the same."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from passerby.domain.road_user import LENGTH_M, WIDTH_M, RoadUser

Metres = npt.NDArray[np.float64]

SIZES_M: Final = np.array([LENGTH_M, WIDTH_M]).T
"""float64 (classes, 2): length and width."""

_DISC: Final = np.arange(len(RoadUser)) == RoadUser.PEDESTRIAN
REACH_M: Final = np.hypot(SIZES_M[:, 0], np.where(_DISC, 0.0, SIZES_M[:, 1])) / 2
"""From the middle to the farthest corner."""

_NEVER: Final = np.inf
_STILL: Final = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Footprints:
    """Road users on the ground, a row each: rectangles along their way, pedestrians as discs.

    Attributes:
        xy_m: float64 (N, 2), the middle of each.
        velocity_mps: float64 (N, 2).
        along: float64 (N, 2), unit vector of the way that each points.
        half_m: float64 (N, 2), half of length and width; of a disc zeros.
        radius_m: float64 (N,), of a disc; 0 for a rectangle.
    """

    xy_m: Metres
    velocity_mps: Metres
    along: Metres
    half_m: Metres
    radius_m: Metres

    def of(self, rows: npt.NDArray[np.intp]) -> "Footprints":
        """Returns the chosen rows."""
        return Footprints(
            self.xy_m[rows], self.velocity_mps[rows], self.along[rows], self.half_m[rows], self.radius_m[rows]
        )

    def reach_m(self, direction: Metres) -> Metres:
        """Returns float64 (N,): how far each reaches from its middle in a direction (its support function).

        Args:
            direction: float64 (N, 2), unit vectors.
        """
        across = np.stack([-self.along[:, 1], self.along[:, 0]], axis=1)
        forth = np.abs((direction * self.along).sum(axis=1))
        aside = np.abs((direction * across).sum(axis=1))
        return np.asarray(forth * self.half_m[:, 0] + aside * self.half_m[:, 1] + self.radius_m, np.float64)

    def corner_m(self, direction: Metres) -> Metres:
        """Returns float64 (N, 2): from the middle of each to what reaches farthest in a direction.

        Args:
            direction: float64 (N, 2), unit vectors.
        """
        across = np.stack([-self.along[:, 1], self.along[:, 0]], axis=1)
        forth = np.where((direction * self.along).sum(axis=1) < 0, -1.0, 1.0) * self.half_m[:, 0]
        aside = np.where((direction * across).sum(axis=1) < 0, -1.0, 1.0) * self.half_m[:, 1]
        corner = forth[:, None] * self.along + aside[:, None] * across
        return np.asarray(corner + self.radius_m[:, None] * direction, np.float64)


def footprints(xy_m: Metres, velocity_mps: Metres, along: Metres, road_user: npt.NDArray[np.int16]) -> Footprints:
    """Returns the footprints of road users by their classes.

    Args:
        xy_m, velocity_mps, along: see `Footprints`.
        road_user: int16 (N,), classes.
    """
    disc = road_user == RoadUser.PEDESTRIAN
    half_m = SIZES_M[road_user] / 2
    return Footprints(
        xy_m, velocity_mps, along, np.where(disc[:, None], 0.0, half_m), np.where(disc, half_m[:, 0], 0.0)
    )


def times_to_collision(one: Footprints, other: Footprints) -> Metres:
    """Returns the seconds until pairs of footprints touch, if both keep their velocity; exact for these shapes.

    Two shapes that move straight touch first where the relative way of their middles enters the Minkowski sum of both:
    of two discs a disc, of two rectangles an octagon, of both a rectangle with round corners.

    Args:
        one, other: the pairs, row by row.

    Returns:
        float64 (N,), 0 where they overlap now, infinite where they never touch.
    """
    from_m = other.xy_m - one.xy_m
    by_mps = other.velocity_mps - one.velocity_mps
    enter, leave = np.full(len(from_m), -_NEVER), np.full(len(from_m), _NEVER)
    for axis in _axes(one, other):
        reach_m = one.reach_m(axis) + other.reach_m(axis)
        first, last = _within(_dot(from_m, axis), _dot(by_mps, axis), reach_m)
        enter, leave = np.maximum(enter, first), np.minimum(leave, last)
    time_s = np.where((enter <= leave) & (leave >= 0), np.maximum(enter, 0.0), _NEVER)
    round_m = one.radius_m + other.radius_m
    cornered = (round_m > 0) & ~((one.radius_m > 0) & (other.radius_m > 0)) & np.isfinite(time_s)
    both = (one.radius_m > 0) & (other.radius_m > 0)
    time_s[both] = _enters_disc(from_m[both], by_mps[both], round_m[both])
    if cornered.any():
        rows = np.flatnonzero(cornered)
        time_s[rows] = _enters_round(one.of(rows), other.of(rows))
    return time_s


@dataclass(frozen=True, slots=True, eq=False)
class Encroachments:
    """By how much pairs of footprints have to be shifted in time to touch somewhere, and when they then do.

    Attributes:
        shift_s: float64 (N,), how much later the second comes to a place than the first has left it, least over all
            places; 0 or less where it comes while the first is there, or before; infinite where the ways are parallel.
        first_s, second_s: float64 (N,), from each one's own moment to when it touches that place.
        first_m, second_m: float64 (N, 2), from the middle of each to the corner that touches it.
    """

    shift_s: Metres
    first_s: Metres
    second_s: Metres
    first_m: Metres
    second_m: Metres


def encroachments(
    first: Footprints, second: Footprints, apart_s: Metres, first_mps: Metres, second_mps: Metres
) -> Encroachments:
    """Returns the post-encroachment times of pairs whose ways cross, as if their corners went on straight.

    That is how long after the first one has left a place the second comes to it, least over all places (Allen, Shin and
    Cooper, "Analysis of traffic conflicts and collisions", Transportation Research Record 667, 1978). A shift in time
    that lets both just graze one another lets two corners touch; both shapes are apart then across the way by which one
    corner passes the other, by what their support functions across it add up to.

    Args:
        first, second: the pairs, row by row, each at a moment of its own.
        apart_s: float64 (N,), how much later the second's moment is.
        first_mps, second_mps: float64 (N, 2), velocities of the corners that touch; those of the middles to begin with.
    """
    by_mps = second_mps - first_mps
    speed = np.hypot(by_mps[:, 0], by_mps[:, 1])
    ahead = by_mps / np.where(speed > _STILL, speed, 1.0)[:, None]
    normal = np.stack([-ahead[:, 1], ahead[:, 0]], axis=1)
    rate = _dot(normal, second_mps)
    crosses = (speed > _STILL) & (np.abs(rate) > _STILL)
    # Turned so that the second nears the first along it as the shift grows: it touches at the negative side.
    normal = normal * np.where(rate < 0, -1.0, 1.0)[:, None]
    from_m = second.xy_m - first.xy_m
    first_m, second_m = first.corner_m(-normal), second.corner_m(normal)
    gap_m = first_m - second_m - from_m  # what the second still has to go, against the first
    safe = np.where(crosses, np.abs(rate), 1.0)
    more_s = _dot(gap_m, normal) / safe
    first_s = (_dot(gap_m, ahead) - _dot(second_mps, ahead) * more_s) / np.where(speed > _STILL, speed, 1.0)
    shift_s = np.where(crosses, apart_s + more_s, _NEVER)
    return Encroachments(shift_s, first_s, first_s + more_s, first_m, second_m)


def _axes(one: Footprints, other: Footprints) -> tuple[Metres, ...]:
    turned = [np.stack([-each.along[:, 1], each.along[:, 0]], axis=1) for each in (one, other)]
    return one.along, turned[0], other.along, turned[1]


def _dot(one: Metres, other: Metres) -> Metres:
    return np.asarray((one * other).sum(axis=1), np.float64)


def _within(from_m: Metres, by_mps: Metres, reach_m: Metres) -> tuple[Metres, Metres]:
    """Returns from when and until when a distance along an axis is within reach."""
    moves = np.abs(by_mps) > _STILL
    safe = np.where(moves, by_mps, 1.0)
    bounds = np.stack([(-reach_m - from_m) / safe, (reach_m - from_m) / safe])
    always = np.abs(from_m) <= reach_m
    first = np.where(moves, bounds.min(axis=0), np.where(always, -_NEVER, _NEVER))
    last = np.where(moves, bounds.max(axis=0), np.where(always, _NEVER, -_NEVER))
    return first, last


def _enters_disc(from_m: Metres, by_mps: Metres, radius_m: Metres) -> Metres:
    """Returns float64 (N,): when a point that moves straight enters a disc round the origin."""
    a, b = _dot(by_mps, by_mps), _dot(from_m, by_mps)
    c = _dot(from_m, from_m) - radius_m**2
    root = np.sqrt(np.maximum(b**2 - a * c, 0.0))
    time_s = (-b - root) / np.where(a > _STILL, a, 1.0)
    meets = (a > _STILL) & (b < 0) & (b**2 >= a * c)
    return np.where(c <= 0, 0.0, np.where(meets, time_s, _NEVER))


def _enters_round(one: Footprints, other: Footprints) -> Metres:
    """Returns float64 (N,): when a disc and a rectangle touch: a point enters a rectangle with round corners."""
    first = one.radius_m > 0
    radius_m = one.radius_m + other.radius_m
    half_m = one.half_m + other.half_m  # a disc's is zero
    along = np.where(first[:, None], other.along, one.along)
    frame = np.stack([along, np.stack([-along[:, 1], along[:, 0]], axis=1)], axis=1)
    from_m = np.einsum("nij,nj->ni", frame, other.xy_m - one.xy_m)
    by_mps = np.einsum("nij,nj->ni", frame, other.velocity_mps - one.velocity_mps)
    times = []
    for grown in (np.array([1.0, 0.0]), np.array([0.0, 1.0])):
        reach_m = half_m + radius_m[:, None] * grown
        bounds = [_within(from_m[:, axis], by_mps[:, axis], reach_m[:, axis]) for axis in (0, 1)]
        enter, leave = np.maximum(bounds[0][0], bounds[1][0]), np.minimum(bounds[0][1], bounds[1][1])
        times.append(np.where((enter <= leave) & (leave >= 0), np.maximum(enter, 0.0), _NEVER))
    corners = ((1, 1), (1, -1), (-1, 1), (-1, -1))
    times += [_enters_disc(from_m - half_m * corner, by_mps, radius_m) for corner in corners]
    return np.asarray(np.min(times, axis=0), np.float64)
