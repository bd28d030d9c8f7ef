"""What is expected of newcomers: what is usual where they come in, and no more than that."""

import numpy as np
import pytest

from passerby.track.usual_motion import COLUMNS, FULL, KINDS, UsualMotion

SIZE_PX = (640, 480)
FOOT = np.array([[320.0, 240.0]])
CAR = np.array([1])
SPEED = np.array([300.0])


def learned(*rates: tuple[float, float], foot: np.ndarray = FOOT, times: int = 20) -> UsualMotion:
    usual = UsualMotion()
    for _ in range(times):
        for rate in rates:
            usual.add(foot, np.array([rate]), CAR, SIZE_PX)
    return usual


def test_where_no_one_moved_the_likely_speed_is_all_that_is_known() -> None:
    expected = UsualMotion().expected(FOOT, CAR, SPEED, SIZE_PX)
    assert expected.rate.tolist() == [[0.0, 0.0]]
    assert expected.variance == pytest.approx(np.array([[SPEED[0] ** 2] * 2]))


def test_in_a_lane_newcomers_drive_as_those_before_them() -> None:
    expected = learned((200, 10)).expected(FOOT, CAR, SPEED, SIZE_PX)
    assert expected.rate[0] == pytest.approx([200, 10], rel=0.2)
    assert (expected.variance < 0.3 * SPEED[0] ** 2).all()


def test_where_people_walk_both_ways_nothing_more_is_known() -> None:
    expected = learned((250, 0), (-250, 0)).expected(FOOT, CAR, SPEED, SIZE_PX)
    assert expected.rate[0] == pytest.approx([0, 0], abs=1)
    assert expected.variance[0, 0] > 0.6 * SPEED[0] ** 2


def test_one_kind_and_one_place_say_nothing_of_another() -> None:
    usual = learned((200, 10))
    for kind in set(range(KINDS)) - {1}:
        assert usual.expected(FOOT, np.array([kind]), SPEED, SIZE_PX).rate.tolist() == [[0.0, 0.0]]
    far = FOOT + np.array([3 * SIZE_PX[0] / COLUMNS, 0])
    assert usual.expected(far, CAR, SPEED, SIZE_PX).rate.tolist() == [[0.0, 0.0]]


def test_it_is_never_less_certain_than_the_likely_speed() -> None:
    expected = learned((5000, 0), (-5000, 0)).expected(FOOT, CAR, SPEED, SIZE_PX)
    assert (expected.variance <= SPEED[0] ** 2).all()


def test_what_is_usual_changes_with_the_traffic() -> None:
    usual = learned((200, 0), times=1000)
    for _ in range(int(2 * FULL)):
        usual.add(FOOT, np.array([[-200.0, 0.0]]), CAR, SIZE_PX)
    assert usual.expected(FOOT, CAR, SPEED, SIZE_PX).rate[0, 0] < -100


def test_a_foot_outside_the_picture_is_in_the_cell_at_its_edge() -> None:
    usual = learned((200, 0), foot=np.array([[-50.0, 900.0]]))
    assert usual.expected(np.array([[3.0, 470.0]]), CAR, SPEED, SIZE_PX).rate[0, 0] > 100
