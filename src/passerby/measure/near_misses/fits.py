"""Fits positions and velocities at moments to the sightings of road users on the ground around them."""

from typing import Final

import numpy as np
import numpy.typing as npt

from passerby.domain.road_user import RoadUser
from passerby.measure.near_misses.footprints import Metres
from passerby.measure.near_misses.middles import headings_of_turn, to_middles, turn_rates

KNOT_S: Final = 0.25
"""Seconds between two moments at which states are worked out."""

HALF_WINDOW_S: Final = 0.6
"""A state is fitted to so much of a way before and after it: near misses may be known a little late, and a fit to both
sides lags behind no braking and no turn."""

_EDGE_WEIGHT: Final = 1.02
"""Sightings weigh less towards the window's ends (Epanechnikov's weights, a little more than nothing at the very end),
so that it does not matter which frame is just within it."""

_BOTH_SIDES_S: Final = 0.2
_MIN_SPAN_S: Final = 0.35
_MIN_SIGHTINGS: Final = 3

_TURNS: Final = 0.03
"""Sine of the angle, about two degrees within half a second, from which a vehicle turns."""
_TURN_ROUNDS: Final = 4
_CUBIC_PART: Final = 14.0
"""Six times the weighted second moment over the fourth: 6 * (1/3 - 1/5) / (1/5 - 1/7)."""

HEADING_MPS: Final = 0.5
"""Slower the direction of a velocity is noise, and a road user points where it did before."""


def fitted(
    seen_s: Metres, xy_m: Metres, was: npt.NDArray[np.bool_], times_s: Metres
) -> tuple[Metres, npt.NDArray[np.bool_]]:
    """Returns float64 (N, M, 4) positions and velocities at moments, and bool (N, M) whether they are known.

    Args:
        seen_s: float64 (N, K), when each was seen.
        xy_m: float64 (N, K, 2), where.
        was: bool (N, K), there is such a sighting.
        times_s: float64 (M,), the moments.
    """
    first_s = np.where(was, seen_s, np.inf).min(axis=1)[:, None]
    last_s = np.where(was, seen_s, -np.inf).max(axis=1)[:, None]
    middle_s = np.clip(times_s, first_s + HALF_WINDOW_S, last_s - HALF_WINDOW_S)
    away = (seen_s[:, None] - middle_s[..., None]) / HALF_WINDOW_S
    weight = np.where(was[:, None], np.maximum(_EDGE_WEIGHT - away**2, 0.0), 0.0)
    chosen = weight > 0
    off_s = np.where(chosen, seen_s[:, None] - times_s[None, :, None], 0.0)
    powers = np.stack([np.ones_like(off_s), off_s, off_s * off_s], axis=2)  # (N, M, 3, K)
    begins, ends = -off_s.min(axis=2), off_s.max(axis=2)
    count = chosen.sum(axis=2)
    known = (count >= _MIN_SIGHTINGS) & (begins + ends >= _MIN_SPAN_S) & (times_s > first_s - KNOT_S)
    known &= times_s < last_s + KNOT_S
    bent = known & (begins >= _BOTH_SIDES_S) & (ends >= _BOTH_SIDES_S) & (count > _MIN_SIGHTINGS)
    origin = mean_of(xy_m, was)
    weighed = powers * weight[:, :, None]
    matrix = weighed @ powers.transpose(0, 1, 3, 2)
    values = weighed @ np.where(was[..., None], xy_m - origin[:, None], 0.0)[:, None]
    matrix[~bent, 2, :], matrix[~bent, :, 2] = 0.0, 0.0
    matrix[~bent, 2, 2], values[~bent, 2] = 1.0, 0.0
    matrix[~known] = np.eye(3)
    found = np.linalg.solve(matrix, values)
    return np.concatenate([found[:, :, 0] + origin[:, None], found[:, :, 1]], axis=-1), known


def fitted_turn(
    states: Metres,
    seen_s: Metres,
    foot_m: Metres,
    was: npt.NDArray[np.bool_],
    away: Metres,
    road_user: npt.NDArray[np.int16],
    times_s: Metres,
) -> Metres:
    """Returns float64 (N, M, 4), middles and velocities of vehicles that turn at moments.

    Args:
        states: float64 (N, M, 4), the same of their foot points, see `fitted`.
        seen_s: float64 (N, K), when each was seen.
        foot_m: float64 (N, K, 2), where their foot points were.
        was: bool (N, K), there is such a sighting.
        away: float64 (N, 2), the directions of view.
        road_user: int16 (N,).
        times_s: float64 (M,), the moments, `KNOT_S` apart.
    """
    middle = len(times_s) // 2
    off_s = np.where(was, seen_s - times_s[middle], 0.0)
    for _ in range(_TURN_ROUNDS):
        rates = turn_rates(states[..., 2:], KNOT_S)
        pointed = headings_of_turn(states[:, middle, 2:], rates, off_s)
        states, _ = fitted(seen_s, foot_m + to_middles(away, pointed, road_user), was, times_s)
        # A parabola over a piece of a circle is too slow by so much: the third derivative's part in these weights.
        states[..., 2:] *= 1 + (rates[:, None, None] * HALF_WINDOW_S) ** 2 / _CUBIC_PART
    return states


def mean_of(points: Metres, was: npt.NDArray[np.bool_]) -> Metres:
    """Returns float64 (N, 2), the mean of the sightings of each.

    Args:
        points: float64 (N, K, 2).
        was: bool (N, K), there is such a sighting.
    """
    return np.asarray(np.where(was[..., None], points, 0.0).sum(axis=1) / np.maximum(was.sum(axis=1), 1)[:, None])


def turning_vehicles(
    velocity: Metres, known: npt.NDArray[np.bool_], road_user: npt.NDArray[np.int16]
) -> npt.NDArray[np.bool_]:
    """Returns bool (N,): vehicles that turn all through M moments, whose foot points go another way than they do.

    Args:
        velocity: float64 (N, M, 2).
        known: bool (N, M), it is known.
        road_user: int16 (N,).
    """
    speed = np.hypot(velocity[..., 0], velocity[..., 1])
    moves = (known & (speed >= HEADING_MPS)).all(axis=1) & (road_user != RoadUser.PEDESTRIAN)
    begin, end = velocity[:, 0], velocity[:, -1]
    sine = np.abs(begin[:, 0] * end[:, 1] - begin[:, 1] * end[:, 0])
    return np.asarray(moves & (sine >= _TURNS * speed[:, 0] * speed[:, -1]), np.bool_)
