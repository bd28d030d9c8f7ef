"""The ways that road users have come, for some seconds: where one has crossed another's, and how much later."""

from typing import Final

import numpy as np
import numpy.typing as npt

from passerby.events.motion import Moving
from passerby.events.near_misses.footprints import Footprints, Metres, encroachment_times

_SPACING_S: Final = 0.2
_HEADING_MPS: Final = 0.5
"""Slower the direction of a velocity is noise, and a road user points where it did before."""

_MIN_TURN: Final = 0.35
"""Sine of 20 degrees: ways at a smaller angle are one behind the other or beside one another, and do not cross."""


class PastWays:
    """Keeps the last seconds of each track's way, as long as it is seen.

    Args:
        keep_s: how far back.
    """

    def __init__(self, *, keep_s: float) -> None:
        self._kept = round(keep_s / _SPACING_S) + 1
        self._keep_s = keep_s
        self.clear()

    def clear(self) -> None:
        """Drops all ways."""
        self._owner = np.empty(0, np.int64)
        self._ways = np.empty((0, self._kept, 3))  # seconds, x, y; in a ring, minus infinity where there is none
        self._next = np.empty(0, np.int64)
        self._along = np.empty((0, 2))
        self._before = np.empty((0, 3))

    def update(self, moving: Moving, rows: npt.NDArray[np.intp], track_ids: npt.NDArray[np.int64]) -> Metres:
        """Adds where the tracks are now.

        Args:
            moving: all tracks of the frame.
            rows: intp (M,), those that are followed.
            track_ids: int64 (M,), their ids.

        Returns:
            float64 (M, 2), unit vectors of the way that each points.
        """
        self._grow(moving.rows)
        slots = moving.row[rows]
        self._take(slots[self._owner[slots] != track_ids], track_ids[self._owner[slots] != track_ids])
        newest_s = self._ways[slots, (self._next[slots] - 1) % self._kept, 0]
        # A place is kept once the track has gone on from it: the newest piece of a way ends where it is now.
        gone_on = np.isfinite(self._before[slots, 0])
        newest_s = np.where(gone_on, newest_s, 0.0)
        add = gone_on & (self._before[slots, 0] - newest_s >= _SPACING_S - 1e-6)
        added = slots[add]
        self._ways[added, self._next[added] % self._kept] = self._before[added]
        self._next[added] += 1
        speed = np.hypot(*moving.velocity[rows].T)
        turned = speed >= _HEADING_MPS
        self._along[slots[turned]] = moving.velocity[rows[turned]] / speed[turned, None]
        return np.asarray(self._along[slots], np.float64)

    def encroachments(
        self,
        now_s: float,
        moving: Moving,
        rows: npt.NDArray[np.intp],
        shapes: Footprints,
        one: npt.NDArray[np.intp],
        other: npt.NDArray[np.intp],
    ) -> list[tuple[int, int, float]]:
        """Returns the pairs of which one has crossed the other's way since the look before, with the seconds between.

        Args:
            now_s: seconds of the rules' clock.
            moving, rows: as for `update`, which comes first.
            shapes: the footprints of `rows`.
            one, other: intp (P,), the pairs, as places in `rows`.
        """
        slots = moving.row[rows]
        here = np.column_stack([np.full(len(rows), now_s), moving.xy[rows]])
        before = self._before[slots]
        found: list[tuple[int, int, float]] = []
        for later, earlier in ((one, other), (other, one)):
            found += self._crossed(now_s, slots, before, here, shapes, later, earlier)
        self._before[slots] = here
        return found

    def _crossed(
        self,
        now_s: float,
        slots: npt.NDArray[np.intp],
        before: Metres,
        here: Metres,
        shapes: Footprints,
        later: npt.NDArray[np.intp],
        earlier: npt.NDArray[np.intp],
    ) -> list[tuple[int, int, float]]:
        usable = np.isfinite(before[later, 0])
        later, earlier = later[usable], earlier[usable]
        if not len(later):
            return []
        order = np.argsort(self._ways[slots[earlier], :, 0], axis=1)
        ways = np.take_along_axis(self._ways[slots[earlier]], order[..., None], axis=1)
        starts = np.concatenate([ways, before[earlier][:, None]], axis=1)
        ends = np.concatenate([starts[:, 1:], here[earlier][:, None]], axis=1)
        crossing = _cross(starts[..., 1:], ends[..., 1:], before[later, None, 1:], here[later, None, 1:])
        crossing &= (starts[..., 0] >= now_s - self._keep_s) & (ends[..., 0] > starts[..., 0])
        pairs, pieces = np.nonzero(crossing)
        if not len(pairs):
            return []
        start, end = starts[pairs, pieces], ends[pairs, pieces]
        velocity = (end[:, 1:] - start[:, 1:]) / (end[:, 0] - start[:, 0])[:, None]
        # As if it had gone on from there as it went there: straight, and to where it would be now.
        was = shapes.of(earlier[pairs])
        xy_m = end[:, 1:] + velocity * (now_s - end[:, :1])
        speed = np.maximum(np.hypot(*velocity.T), 1e-9)[:, None]
        first = Footprints(xy_m, velocity, velocity / speed, was.half_m, was.radius_m)
        second = shapes.of(later[pairs])
        turn = np.abs(first.along[:, 0] * second.along[:, 1] - first.along[:, 1] * second.along[:, 0])
        times_s = np.abs(encroachment_times(first, second))
        return [
            (int(later[pair]), int(earlier[pair]), float(time_s))
            for pair, time_s, sine in zip(pairs, times_s, turn, strict=True)
            if sine >= _MIN_TURN and np.isfinite(time_s)
        ]

    def _grow(self, rows: int) -> None:
        missing = rows - len(self._owner)
        if missing > 0:
            self._owner = np.concatenate([self._owner, np.full(missing, -1)])
            self._ways = np.concatenate([self._ways, np.full((missing, self._kept, 3), -np.inf)])
            self._next = np.concatenate([self._next, np.zeros(missing, np.int64)])
            self._along = np.concatenate([self._along, np.tile([1.0, 0.0], (missing, 1))])
            self._before = np.concatenate([self._before, np.full((missing, 3), -np.inf)])

    def _take(self, slots: npt.NDArray[np.intp], track_ids: npt.NDArray[np.int64]) -> None:
        self._owner[slots], self._next[slots] = track_ids, 0
        self._ways[slots], self._before[slots], self._along[slots] = -np.inf, -np.inf, (1.0, 0.0)


def _cross(start: Metres, end: Metres, other_start: Metres, other_end: Metres) -> npt.NDArray[np.bool_]:
    """Returns whether segments cross, broadcasting; an end on the other counts as before it, so that it counts once."""

    def side(a: Metres, b: Metres, c: Metres) -> Metres:
        return (b[..., 0] - a[..., 0]) * (c[..., 1] - a[..., 1]) - (b[..., 1] - a[..., 1]) * (c[..., 0] - a[..., 0])

    with np.errstate(invalid="ignore"):  # a way's places that are not there yet are infinite, and cross nothing
        apart = (side(start, end, other_start) > 0) != (side(start, end, other_end) > 0)
        return np.asarray(
            apart & ((side(other_start, other_end, start) > 0) != (side(other_start, other_end, end) > 0))
        )
