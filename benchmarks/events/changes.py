"""Controlled changes of ways: what a detector made of the original goes with each, see `world.found_tracks`."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from benchmarks.events.world import Floats, Way
from passerby.domain.road_user import RoadUser

NEAR = 5
"""Frames, of which there are five a second."""

BRAKE = 9
"""Frames: a car at 50 km/h that stops within so long brakes at 8 m/s2, which is hard but can be done."""

CAR_LENGTH, CAR_HEIGHT = 1.5, 0.9
"""A car seen from before it, as shares of a walker's height: 2.6 m along the picture and 1.5 m high."""


def as_class(way: Way, user: RoadUser) -> Way:
    """Another class; a detector that took the original for what it was takes it for the new one."""
    right = way.seen_as == way.user
    return replace(way, user=user, seen_as=np.where(right, user, way.seen_as).astype(np.int16))


def as_car(way: Way, user: RoadUser = RoadUser.CAR) -> Way:
    """A walker becomes a car, in its place on the ground and of a car's size."""
    height = way.xyxy_px[:, 3] - way.xyxy_px[:, 1]
    foot = way.foot_px
    half = CAR_LENGTH * height / 2
    box = np.column_stack([foot[:, 0] - half, foot[:, 1] - CAR_HEIGHT * height, foot[:, 0] + half, foot[:, 1]])
    return as_class(replace(way, xyxy_px=box), user)


def moved(way: Way, by_px: Floats) -> Way:
    """Elsewhere in the picture.

    Args:
        way: the way.
        by_px: float64 (2,), or (T, 2).
    """
    return replace(way, xyxy_px=way.xyxy_px + np.tile(np.atleast_2d(by_px), 2))


def walked(way: Way, moments: Floats, first: int) -> Way:
    """The same way at another pace, or back.

    What the detector made of it is what it made of the original within a second of there, back and forth: how well a
    road user is found is a thing of the place, and misses come in runs.

    Args:
        way: the way.
        moments: float64 (T,), which of its frames is where it is when; between two of them it is between both.
        first: number of the first frame.
    """
    rows = np.arange(len(way))
    box = np.column_stack([np.interp(moments, rows, way.xyxy_px[:, side]) for side in range(4)])
    errors = _errors(len(way), moments)
    return Way(first, box, way.user, way.off[errors], way.confidence[errors], way.seen_as[errors])


def reversed_way(way: Way) -> Way:
    """The same way in the same time, from its end to its beginning."""
    return walked(way, np.arange(len(way) - 1, -1, -1.0), way.first)


def held(way: Way, start: int, frames: int) -> Way:
    """Brakes, stands at a place for about so many frames, and goes on from there afterwards.

    Args:
        way: the way.
        start: number of the frame at which it would stand if it stopped at once, one of its own.
        frames: how many.
    """
    moment = start - way.first
    order = [np.arange(moment), np.full(frames, moment), np.arange(moment, len(way))]
    return walked(way, braked(np.concatenate(order).astype(np.float64)), way.first)


def braked(moments: Floats) -> Floats:
    """The same way, with a change of pace spread evenly over `BRAKE` frames; nothing stops at once.

    Args:
        moments: float64 (T,), where on its way it is.
    """
    if len(moments) < 2:
        return moments
    half = BRAKE // 2
    before = moments[0] + (moments[1] - moments[0]) * np.arange(-half, 0)
    after = moments[-1] + (moments[-1] - moments[-2]) * np.arange(1, half + 1)
    return np.convolve(np.concatenate([before, moments, after]), np.full(BRAKE, 1 / BRAKE), mode="valid")


def with_other_errors(way: Way, rng: np.random.Generator) -> Way:
    """What the detector made of it begins elsewhere: it does not miss all copies of one road user at once."""
    rows = np.roll(np.arange(len(way)), int(rng.integers(len(way))))
    return replace(way, off=way.off[rows], confidence=way.confidence[rows], seen_as=way.seen_as[rows])


def _errors(length: int, moments: Floats) -> npt.NDArray[np.intp]:
    """Which moment of the original each frame's errors are of: they go on frame by frame, and turn within a second."""
    chosen = np.empty(len(moments), np.intp)
    now, step = round(float(moments[0])) if len(moments) else 0, 1
    for number, moment in enumerate(moments.tolist()):
        low, high = max(0, round(moment) - NEAR), min(length - 1, round(moment) + NEAR)
        if number and not low <= now + step <= high:
            step = -step
        now = min(max(now + (step if number else 0), low), high)
        chosen[number] = now
    return chosen
