"""Warnings about a rate of frames that is too low for what lines are to see."""

import math
from collections.abc import Iterator
from typing import Final

import numpy as np

from passerby.domain.layout import GroundPlane, Layout, Line
from passerby.domain.road_user import RoadUser
from passerby.geometry.ground import to_ground
from passerby.geometry.ground_grid import in_picture

_FAST_M_S: Final = {RoadUser.PEDESTRIAN: 3.0, RoadUser.BICYCLE: 6.0}
_LONG_M: Final = {RoadUser.PEDESTRIAN: 1.7, RoadUser.BICYCLE: 1.8, RoadUser.MOTORCYCLE: 2.1}
_TOWN_M_S: Final = 14.0
_CAR_M: Final = 4.4
"""How fast a quick one goes in a town, and how long it is, or high where that is more; what has wheels and a motor goes
50 km/h, and is as long as a car at least."""

LARGEST_STEP: Final = 0.8
"""Between two frames a road user should go less than this share of its own size: then no other is nearer."""

SIGHTINGS: Final = 4
"""Three make a track sure, and one more shows on which side of the line it goes on."""

AHEAD_M: Final = 100.0


def rate_warnings(analysed_fps: float | None, layout: Layout) -> tuple[str, ...]:
    """Returns for which lines a rate that was set is too low; nothing where none was set.

    Args:
        analysed_fps: frames looked at a second; None where the analysis chooses for itself.
        layout: the camera's lines and ground.
    """
    if analysed_fps is None:
        return ()
    return tuple(text for line in layout.lines for text in _line_warnings(line, analysed_fps, layout.ground))


def _line_warnings(line: Line, fps: float, ground: GroundPlane | None) -> Iterator[str]:
    needed = {user: _speed_m_s(user) / (LARGEST_STEP * _LONG_M.get(user, _CAR_M)) for user in sorted(line.road_users)}
    if not needed:
        return
    user = max(needed, key=lambda one: needed[one])
    if fps < needed[user]:
        step_m = _speed_m_s(user) / fps
        yield (
            f"line {line.name}: between two of {fps:g} frames a second a fast {user.words} goes {step_m:.1f} m, "
            f"{step_m / _LONG_M.get(user, _CAR_M):.1f} times its own size, and may be taken for another. "
            f"{_mend(needed[user])}"
        )
        return
    fastest = max(line.road_users, key=_speed_m_s)
    view_m = None if ground is None else _view_m(line, ground)
    if view_m is not None and view_m / _speed_m_s(fastest) * fps < SIGHTINGS:
        yield (
            f"line {line.name}: of the way over it {view_m:.0f} m are in view, which a fast {fastest.words} passes in "
            f"{view_m / _speed_m_s(fastest):.1f} s: fewer than {SIGHTINGS} of {fps:g} frames a second. "
            f"{_mend(SIGHTINGS * _speed_m_s(fastest) / max(view_m, 0.1))}"
        )


def _mend(fps: float) -> str:
    return f"Take analysed_fps away, or set {math.ceil(fps)} or more"


def _speed_m_s(user: RoadUser) -> float:
    return _FAST_M_S.get(user, _TOWN_M_S)


def _view_m(line: Line, ground: GroundPlane) -> float | None:
    """Returns how much of the way straight over a line's middle is in view; None where its ends are not on the ground.

    At the picture's far side a way may be in view for longer than anyone can be seen on it: `AHEAD_M` is the most.
    """
    ends = to_ground(ground, line.points)
    if not ends.on_ground.all():
        return None
    along = ends.xy_m[1] - ends.xy_m[0]
    length_m = float(np.hypot(*along))
    if length_m <= 0:
        return None
    across = np.array([-along[1], along[0]]) / length_m * AHEAD_M
    stroke = in_picture(ground, ends.xy_m.mean(axis=0) + np.array([-across, across]))
    if stroke is None:
        return None
    seen = to_ground(ground, stroke)
    return float(np.hypot(*(seen.xy_m[1] - seen.xy_m[0]))) if seen.on_ground.all() else None
