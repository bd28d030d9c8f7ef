"""Controlled changes of ways: what a detector made of the original goes with each, see `world.found_tracks`."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from benchmarks.events.world import Floats, Way
from passerby.domain.road_user import RoadUser

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

    What the detector made of it goes on as it did in the recording, there and back if it is longer: how often it
    misses a road user is a thing of time, not of the way.

    Args:
        way: the way.
        moments: float64 (T,), which of its frames is where it is when; between two of them it is between both.
        first: number of the first frame.
    """
    rows = np.arange(len(way))
    box = np.column_stack([np.interp(moments, rows, way.xyxy_px[:, side]) for side in range(4)])
    errors = _errors(len(way), len(moments), round(float(moments[0])) if len(moments) else 0)
    return Way(first, box, way.user, way.off[errors], way.confidence[errors], way.seen_as[errors])


def reversed_way(way: Way) -> Way:
    """The same way in the same time, from its end to its beginning."""
    return walked(way, np.arange(len(way) - 1, -1, -1.0), way.first)


def held(way: Way, start: int, frames: int) -> Way:
    """Stops for so many frames, and goes on from there afterwards.

    Args:
        way: the way.
        start: number of the frame, one of its own.
        frames: how many.
    """
    moment = start - way.first
    order = [np.arange(moment), np.full(frames, moment), np.arange(moment, len(way))]
    return walked(way, np.concatenate(order).astype(np.float64), way.first)


def _errors(length: int, wanted: int, start: int) -> npt.NDArray[np.intp]:
    cycle = np.concatenate([np.arange(length), np.arange(length - 2, 0, -1)]) if length > 2 else np.arange(length)
    return np.resize(np.roll(cycle, -min(start, length - 1)), wanted)
