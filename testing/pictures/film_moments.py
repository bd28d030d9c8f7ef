"""Moments of a review film, made by hand."""

from collections.abc import Sequence

import numpy as np

from passerby.domain.frames import AnonymousFrame, FrameStamp
from passerby.domain.review import UNMARKED, CountedCrossing, FilmMoment
from passerby.domain.road_user import RoadUser

BoxRow = tuple[tuple[float, float, float, float], RoadUser, int]
START_NS = 1_780_300_800_000_000_000  # 2026-06-01 08:00 UTC
WALKER: BoxRow = ((0.4, 0.3, 0.45, 0.5), RoadUser.PEDESTRIAN, UNMARKED)


def film_moment(
    stream_s: float,
    *crossings: CountedCrossing,
    rows: Sequence[BoxRow] = (WALKER,),
    why: str = "",
    method: str = "redrawn",
    size_px: tuple[int, int] = (320, 180),
    start_ns: int = START_NS,
) -> FilmMoment:
    """A moment of a grey place, with boxes in it."""
    stamp = FrameStamp("square", round(stream_s * 10), start_ns + round(stream_s * 1e9), stream_s, size_px)
    image = np.full((size_px[1], size_px[0], 3), 120, np.uint8)
    return FilmMoment(
        AnonymousFrame(stamp, image, method),
        why,
        np.array([row[0] for row in rows], np.float32).reshape(-1, 4),
        np.array([row[1] for row in rows], np.int16),
        np.array([row[2] for row in rows], np.int16),
        crossings,
    )
