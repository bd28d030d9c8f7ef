"""Where each road user was on the ground during the last seconds, and how it moved: the same at any rate of frames."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from passerby.domain.layout import GroundPlane
from passerby.geometry.ground import to_ground
from passerby.measure.near_misses.fits import (
    HALF_WINDOW_S,
    HEADING_MPS,
    KNOT_S,
    fitted,
    fitted_turn,
    mean_of,
    turning_vehicles,
)
from passerby.measure.near_misses.footprints import REACH_M, Footprints, Metres, footprints
from passerby.measure.near_misses.middles import directions_of_view, to_middles
from passerby.measure.slots import Slots, SlottedTracks

LOOK_KNOTS: Final = 5
LOOK_S: Final = KNOT_S * LOOK_KNOTS
"""So much is worked out at a time, which costs hardly more than a shorter piece; with the half window it is less than
the time for which a track that is lost is kept."""

_SPACING_S: Final = 0.09
_KEPT: Final = 32
_LATE_LOOKS: Final = 4


@dataclass(frozen=True, slots=True, eq=False)
class States:
    """Road users at moments of their own, a row each.

    Attributes:
        shapes: where they are, how they move, and what ground they cover.
        turn_per_s: float64 (N,), radians a second to the left.
        known: bool (N,), they were seen around then.
    """

    shapes: Footprints
    turn_per_s: Metres
    known: npt.NDArray[np.bool_]


class Ways:
    """Keeps the ways of a camera's tracks as states at every quarter of a second of the stream.

    A state is a parabola fitted to the foot points within half a second before and after it (a straight line at a
    track's ends), so constant velocity and constant acceleration are exact whatever the rate of frames. Between the
    quarters a way is a cubic through both. A box's foot point lies at the near edge of a vehicle; the state lies in its
    middle, by its footprint and the direction of view.

    Args:
        plane: the camera's ground plane.
        keep_s: how far back.
    """

    def __init__(self, plane: GroundPlane, *, keep_s: float) -> None:
        self._plane = plane
        self._kept_knots = round(keep_s / KNOT_S) + 2 * LOOK_KNOTS
        self._seen = np.full((0, _KEPT, 3), -np.inf)  # stream_s, foot point as 0-1 of the picture; in a ring
        self._next = np.zeros(0, np.int64)
        self._knots = np.full((0, self._kept_knots, 6), np.nan)  # x, y, velocity, way that it points; in a ring
        self._along = np.zeros((0, 2))
        self._road_user = np.zeros(0, np.int16)
        self._first_s, self._last_s = np.zeros(0), np.zeros(0)
        self.end = -1
        """Number of the newest quarter of a second that is known, of all ways alike."""

    @property
    def road_user(self) -> npt.NDArray[np.int16]:
        """int16 (slots,): the newest class of each."""
        return self._road_user

    @property
    def start(self) -> int:
        """Number of the first quarter of a second that is kept."""
        return self.end - self._kept_knots + 1

    def clear(self, slots: Slots) -> None:
        """Drops the ways of slots."""
        self._seen[slots], self._knots[slots], self._next[slots], self._along[slots] = -np.inf, np.nan, 0, (1.0, 0.0)
        self._first_s[slots], self._last_s[slots] = np.inf, -np.inf

    def hand_over(self, successors: Slots, predecessors: Slots) -> None:
        """Lets new tracks go on with the ways of those that they continue."""
        own = self._knots[successors]
        self._knots[successors] = np.where(np.isnan(own), self._knots[predecessors], own)
        self._first_s[successors] = np.minimum(self._first_s[successors], self._first_s[predecessors])

    def add(self, slotted: SlottedTracks) -> None:
        """Adds one frame's confirmed tracks."""
        self._grow(slotted.capacity)
        now_s, (width_px, height_px) = slotted.stamp.stream_s, slotted.stamp.size_px
        slots, foot = slotted.slot[slotted.sure], slotted.foot_heights[slotted.sure]
        # The newest is always kept: it replaces the one before where that is too near to the one before it.
        newest = self._next[slots] - 1
        with np.errstate(invalid="ignore"):  # there is no time between two that are not there yet
            step_s = self._seen[slots, newest % _KEPT, 0] - self._seen[slots, (newest - 1) % _KEPT, 0]
        crowded = step_s < _SPACING_S - 1e-6
        self._next[slots] -= crowded
        place = self._next[slots] % _KEPT
        self._first_s[slots] = np.minimum(self._first_s[slots], now_s)
        self._last_s[slots] = now_s
        self._seen[slots, place, 0] = now_s
        self._seen[slots, place, 1] = foot[:, 0] * (height_px / width_px)
        self._seen[slots, place, 2] = foot[:, 1]
        self._next[slots] += 1
        self._road_user[slotted.slot] = slotted.road_user

    def due(self, now_s: float) -> bool:
        """Returns whether the next states can be known; begins anew after a time without frames."""
        end = int(np.floor((now_s - HALF_WINDOW_S) / LOOK_S + 1e-9)) * LOOK_KNOTS
        if not 0 <= end - self.end <= _LATE_LOOKS * LOOK_KNOTS:
            self._knots[:] = np.nan
            self.end = end - LOOK_KNOTS
        return end > self.end

    def look(self) -> Slots:
        """Works out the states of the next `LOOK_KNOTS` quarters of a second; returns the slots that have one.

        Returns:
            intp (N,), slots.
        """
        numbers = self.end + 1 + np.arange(LOOK_KNOTS)
        times_s = np.asarray(numbers * KNOT_S, np.float64)
        self.end += LOOK_KNOTS
        self._knots[:, numbers % self._kept_knots] = np.nan
        slots = np.flatnonzero(self._seen[:, :, 0].max(axis=1, initial=-np.inf) > times_s[0] - KNOT_S)
        if not len(slots):
            return slots
        seen = self._seen[slots]
        was = np.isfinite(seen[..., 0])
        ground = to_ground(self._plane, seen[..., 1:].reshape(-1, 2).clip(-9, 9))
        was &= ground.on_ground.reshape(was.shape)
        foot_m = ground.xy_m.reshape(*was.shape, 2)
        states, known = fitted(seen[..., 0], foot_m, was, times_s)
        users, away = self._road_user[slots], directions_of_view(self._plane, mean_of(seen[..., 1:], was))
        turning = turning_vehicles(states[..., 2:], known, users)
        if turning.any():
            states[turning] = fitted_turn(
                states[turning], seen[turning, :, 0], foot_m[turning], was[turning], away[turning], users[turning],
                times_s,
            )  # fmt: skip
        along = self._headings(slots, states[..., 2:], known)
        states[~turning, :, :2] += to_middles(away, along, users)[~turning]
        made = np.concatenate([states, along], axis=-1)
        made[~known] = np.nan
        self._knots[slots[:, None], numbers % self._kept_knots] = made
        return slots[known.any(axis=1)]

    def knots(self, slots: Slots, numbers: npt.NDArray[np.int64]) -> Metres:
        """Returns float64 (N, M, 6): x, y, velocity and the way that each points, at quarters of a second; NaN unknown.

        Args:
            slots: intp (N,).
            numbers: int64 (M,), from `start` to `end`.
        """
        return np.asarray(self._knots[slots[:, None], numbers % self._kept_knots], np.float64)

    def reach_m(self, slots: Slots) -> Metres:
        """Returns float64 (N,): how far each reaches from its middle at most."""
        return np.asarray(REACH_M[self._road_user[slots]], np.float64)

    def states(self, slots: Slots, times_s: Metres) -> States:
        """Returns the states of slots at moments, in seconds of the stream.

        Args:
            slots: intp (N,).
            times_s: float64 (M,) for moments of all alike, slot by slot: N * M states; or (N, 1), each its own.
        """
        place = np.clip(times_s / KNOT_S, self.start, self.end)
        first = np.minimum(np.floor(place + 1e-9).astype(np.int64), self.end - 1)
        one = self._knots[slots[:, None], first % self._kept_knots]
        other = self._knots[slots[:, None], (first + 1) % self._kept_knots]
        share = np.broadcast_to((place - first)[..., None], (*one.shape[:2], 1))
        # At the ends of a way only one of both is known; it stands where the moment is (nearly) its own.
        one = np.where((share > 1 - 1e-6) & np.isnan(one), other, one).reshape(-1, 6)
        other = np.where((share < 1e-6) & np.isnan(other), one.reshape(other.shape), other).reshape(-1, 6)
        share = share.reshape(-1, 1)
        xy_m = _cubic(one, other, share)
        change = other[:, 2:4] - one[:, 2:4]
        velocity = one[:, 2:4] + change * share
        speed = np.hypot(velocity[:, 0], velocity[:, 1])
        moves = speed >= HEADING_MPS
        safe = np.where(moves, speed, 1.0)
        along = np.where(moves[:, None], velocity / safe[:, None], one[:, 4:])
        turn = (velocity[:, 0] * change[:, 1] - velocity[:, 1] * change[:, 0]) / (safe**2 * KNOT_S)
        inside = (times_s >= self._first_s[slots, None] - 1e-6) & (times_s <= self._last_s[slots, None] + 1e-6)
        inside = (inside & (np.abs(times_s / KNOT_S - place) < 1e-6)).ravel()
        users = np.repeat(self._road_user[slots], place.shape[-1])
        return States(footprints(xy_m, velocity, along, users), np.where(moves, turn, 0.0), inside & ~np.isnan(speed))

    def _headings(self, slots: Slots, velocity: Metres, known: npt.NDArray[np.bool_]) -> Metres:
        speed = np.hypot(velocity[..., 0], velocity[..., 1])
        moves = known & (speed >= HEADING_MPS)
        unit = velocity / np.where(moves, speed, 1.0)[..., None]
        along, newest = np.empty_like(velocity), self._along[slots]
        for number in range(along.shape[1]):
            newest = np.where(moves[:, number, None], unit[:, number], newest)
            along[:, number] = newest
        self._along[slots] = newest
        return along

    def _grow(self, capacity: int) -> None:
        missing = capacity - len(self._next)
        if missing > 0:
            self._seen = np.concatenate([self._seen, np.full((missing, _KEPT, 3), -np.inf)])
            self._knots = np.concatenate([self._knots, np.full((missing, self._kept_knots, 6), np.nan)])
            self._next = np.concatenate([self._next, np.zeros(missing, np.int64)])
            self._along = np.concatenate([self._along, np.tile([1.0, 0.0], (missing, 1))])
            self._road_user = np.concatenate([self._road_user, np.zeros(missing, np.int16)])
            self._first_s = np.concatenate([self._first_s, np.full(missing, np.inf)])
            self._last_s = np.concatenate([self._last_s, np.full(missing, -np.inf)])


def _cubic(one: Metres, other: Metres, share: Metres) -> Metres:
    """Returns float64 (N, 2): between two states of (x, y, velocity), by Hermite's cubic."""
    square, cube = share**2, share**3
    return np.asarray(
        (2 * cube - 3 * square + 1) * one[:, :2]
        + (cube - 2 * square + share) * KNOT_S * one[:, 2:4]
        + (3 * square - 2 * cube) * other[:, :2]
        + (cube - square) * KNOT_S * other[:, 2:4],
        np.float64,
    )
