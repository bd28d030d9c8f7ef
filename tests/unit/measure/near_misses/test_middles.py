"""The middle of a vehicle, from the foot point of its box, through a camera that looks down at a slant."""

import numpy as np
import pytest

from passerby.domain.road_user import RoadUser
from passerby.geometry.ground import to_ground
from passerby.measure.near_misses.middles import directions_of_view, to_middles
from testing.pictures.pinhole import Pinhole

CAMERA = Pinhole(6.0, 1.2, float(np.radians(25)))
PLANE = CAMERA.ground(6, 12, 40)
SIZE_M = {RoadUser.CAR: (4.5, 1.8, 1.5), RoadUser.BUS: (12.0, 2.55, 3.0), RoadUser.BICYCLE: (1.8, 0.6, 1.7)}


@pytest.mark.parametrize("user", [RoadUser.CAR, RoadUser.BUS, RoadUser.BICYCLE])
@pytest.mark.parametrize("course", [0.0, 0.5, 1.2, np.pi / 2])
@pytest.mark.parametrize("at_m", [(-3.0, 20.0), (2.0, 32.0)])
def test_the_middle_is_found_from_where_the_box_stands(user, course, at_m):
    length, width, height = SIZE_M[user]
    along = np.array([np.cos(course), np.sin(course)])
    across = np.array([-along[1], along[0]])
    ground = [np.array(at_m) + a * length / 2 * along + b * width / 2 * across for a in (-1, 1) for b in (-1, 1)]
    box = CAMERA.pictured([[*each, z] for each in ground for z in (0.0, height)])
    foot01 = np.array([[(box[:, 0].min() + box[:, 0].max()) / 2, box[:, 1].max()]])
    foot_m = to_ground(PLANE, foot01).xy_m
    away = directions_of_view(PLANE, foot01)
    middle_m = foot_m + to_middles(away, along[None, None], np.array([user], np.int16))[:, 0]
    off_m, was_m = (float(np.hypot(*(each[0] - at_m))) for each in (middle_m, foot_m))
    assert off_m < min(was_m, 0.12 * length) or off_m < 0.25
    assert away[0] == pytest.approx(np.array(at_m) / np.hypot(*at_m), abs=0.15)


def test_a_person_stands_on_the_foot_point():
    away, along = np.array([[0.0, 1.0]]), np.array([[[1.0, 0.0]]])
    assert to_middles(away, along, np.array([RoadUser.PEDESTRIAN], np.int16)).tolist() == [[[0.0, 0.0]]]
