"""The next look comes the sooner, the faster something is and the nearer to what is counted at."""

import numpy as np
import pytest

from passerby.domain.expected_boxes import ExpectedBoxes
from passerby.ingest.attention.rate import RateSettings, borders_of, distances_px, wanted_s

SIZE_PX = (1000, 1000)
LINE = borders_of([np.array([[0.5, 0.0], [0.5, 1.0]], np.float32)], [])
RATE = RateSettings()


def one(x: float, speed_px_s: float, *, spread_px_s: float = 0.0, unseen_s: float = 0.0, sure: bool = True):
    none, spread, unseen = (np.array([value], np.float32) for value in (0.0, spread_px_s, unseen_s))
    box, speed = np.array([[x - 20, 400, x + 20, 500]], np.float32), np.array([[speed_px_s, 0.0]], np.float32)
    return ExpectedBoxes(0.0, box, speed, none, spread, unseen, np.array([sure]))


def test_nothing_followed_is_looked_at_calmly() -> None:
    assert wanted_s(ExpectedBoxes.none(), LINE, SIZE_PX) == RATE.calm_s


def test_who_stands_is_looked_at_seldom() -> None:
    assert wanted_s(one(50.0, 0.0), LINE, SIZE_PX) == pytest.approx(RATE.longest_s)


def test_who_is_fast_is_looked_at_often_and_oftener_near_a_line() -> None:
    away, near = wanted_s(one(50.0, 250.0), LINE, SIZE_PX), wanted_s(one(400.0, 250.0), LINE, SIZE_PX)
    assert away == pytest.approx(RATE.far * 100 / 250)
    assert near == pytest.approx(RATE.near * 100 / 250)
    assert wanted_s(one(400.0, 2500.0), LINE, SIZE_PX) == pytest.approx(near / 10)
    assert wanted_s(one(470.0, 50.0), LINE, SIZE_PX) == pytest.approx(RATE.soon_s)


def test_without_lines_nothing_is_near() -> None:
    assert wanted_s(one(480.0, 250.0), borders_of([], []), SIZE_PX) == pytest.approx(RATE.far * 100 / 250)


def test_a_new_track_is_looked_at_again_soon_whatever_is_known_of_its_speed() -> None:
    assert wanted_s(one(50.0, 0.0, spread_px_s=900.0, sure=False), LINE, SIZE_PX) == pytest.approx(RATE.new_s)
    assert wanted_s(one(50.0, 0.0, sure=False), LINE, SIZE_PX) == pytest.approx(RATE.new_s)
    # Near a line, too.
    assert RATE.new_s < RATE.soon_s
    assert wanted_s(one(480.0, 50.0, sure=False), LINE, SIZE_PX) == pytest.approx(RATE.new_s)


def test_a_new_track_that_was_not_found_again_makes_no_haste() -> None:
    assert wanted_s(one(50.0, 0.0, unseen_s=0.25, sure=False), LINE, SIZE_PX) == pytest.approx(RATE.longest_s)


def test_who_is_hidden_makes_no_haste() -> None:
    assert wanted_s(one(480.0, 900.0, unseen_s=1.0), LINE, SIZE_PX) == pytest.approx(RATE.longest_s)


def test_who_touch_each_other_are_looked_at_soon() -> None:
    boxes = np.array([[0, 400, 40, 500], [30, 400, 70, 500]], np.float32)
    none = np.zeros(2, np.float32)
    two = ExpectedBoxes(0.0, boxes, np.zeros((2, 2), np.float32), none, none, none, np.ones(2, np.bool_))
    assert wanted_s(two, LINE, SIZE_PX) == pytest.approx(RATE.soon_s)


def test_edges_of_zones_are_borders_too() -> None:
    square = np.array([[0.1, 0.1], [0.3, 0.1], [0.3, 0.3], [0.1, 0.3]], np.float32)
    assert len(borders_of([np.array([[0.5, 0.0], [0.5, 1.0]], np.float32)], [square])) == 5


def test_distances_end_at_a_segments_ends() -> None:
    points = np.array([[0.0, 5.0], [14.0, 3.0]], np.float32)
    segment = np.array([[0.0, 0.0, 10.0, 0.0]], np.float32)
    assert distances_px(points, segment)[:, 0] == pytest.approx([5.0, 5.0])
