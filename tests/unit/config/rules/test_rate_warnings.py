"""A rate that was set is held against how fast a road user may be, how large, and for how long it is in view."""

import numpy as np
import pytest

from passerby.config.rules.rate_warnings import rate_warnings
from passerby.domain.layout import GroundPlane, Layout, Line
from passerby.domain.road_user import RoadUser

SQUARE = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32)


def layout(*users: RoadUser, view_m: float | None = None) -> Layout:
    """A line across the middle; where asked, on level ground seen from straight above, so many metres high."""
    points = np.array([[0.1, 0.5], [0.9, 0.5]], np.float32)
    ground = None
    if view_m is not None:
        ground = GroundPlane(np.diag([view_m, view_m, 1.0]), None, SQUARE)
    return Layout((Line("kerb", points, frozenset(users)),), (), (), ground)


@pytest.mark.parametrize(
    ("user", "fps", "warned"),
    [
        (RoadUser.PEDESTRIAN, 2.0, True),
        (RoadUser.PEDESTRIAN, 2.5, False),
        (RoadUser.BICYCLE, 4.0, True),
        (RoadUser.BICYCLE, 5.0, False),
        (RoadUser.CAR, 3.0, True),
        (RoadUser.CAR, 5.0, False),
    ],
)
def test_a_rate_at_which_a_fast_one_goes_its_own_size_is_warned_of(user: RoadUser, fps: float, warned: bool) -> None:
    found = rate_warnings(fps, layout(user))
    assert bool(found) is warned
    assert rate_warnings(None, layout(user)) == ()


def test_a_warning_names_the_line_the_step_and_what_to_set() -> None:
    (text,) = rate_warnings(2.0, layout(RoadUser.PEDESTRIAN, RoadUser.CAR))
    assert text == (
        "line kerb: between two of 2 frames a second a fast car goes 7.0 m, 1.6 times its own size, and may be taken "
        "for another. Take analysed_fps away, or set 4 or more"
    )


def test_a_view_that_a_fast_one_passes_in_a_moment_is_warned_of() -> None:
    assert rate_warnings(5.0, layout(RoadUser.CAR, view_m=20.0)) == ()
    (text,) = rate_warnings(5.0, layout(RoadUser.CAR, view_m=9.0))
    assert text == (
        "line kerb: of the way over it 9 m are in view, which a fast car passes in 0.6 s: fewer than 4 of 5 frames a "
        "second. Take analysed_fps away, or set 7 or more"
    )
