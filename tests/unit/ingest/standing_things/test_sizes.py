"""How tall a person is at a place: from the ground where it is calibrated, else from the people who were seen."""

import numpy as np
import pytest

from passerby.domain.layout import GroundPlane
from passerby.domain.road_user import RoadUser
from passerby.domain.tracks import Tracks
from passerby.ingest.standing_things.sizes import PersonHeights
from testing.pictures.frames import stamp

SIZE_PX = (1000, 500)


def people(feet_and_heights: list[tuple[float, float]], user: RoadUser = RoadUser.PEDESTRIAN) -> Tracks:
    rows = len(feet_and_heights)
    boxes = [[400, foot - tall, 420, foot] for foot, tall in feet_and_heights]
    return Tracks(
        stamp(SIZE_PX), np.arange(rows), np.array(boxes, np.float32).reshape(-1, 4), np.ones(rows, np.float32),
        np.full(rows, user, np.int16), np.ones(rows, np.bool_), np.empty(0, np.int64),
    )  # fmt: skip


def test_the_calibrated_ground_says_it_at_once() -> None:
    square = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32)
    heights = PersonHeights(GroundPlane(np.diag([50.0, 25.0, 1.0]), 0.1, square))
    assert heights.at((0.3, 0.7), SIZE_PX) == pytest.approx(1.7 * 20)


def test_people_who_were_seen_say_it_by_how_far_down_they_stood() -> None:
    heights = PersonHeights(None)
    for foot in np.linspace(200, 450, 50):
        heights.add(people([(float(foot), float(foot) / 5)]))
    assert heights.at((0.5, 0.5), SIZE_PX) == pytest.approx(50, rel=0.05)
    assert heights.at((0.5, 0.8), SIZE_PX) == pytest.approx(80, rel=0.05)


def test_a_few_sightings_and_vehicles_say_nothing() -> None:
    heights = PersonHeights(None)
    for _ in range(30):
        heights.add(people([(300.0, 60.0)]))
        heights.add(people([(300.0, 90.0)], RoadUser.CAR))
    assert heights.at((0.5, 0.6), SIZE_PX) is None


def test_single_wrong_heights_do_not_count() -> None:
    heights = PersonHeights(None)
    for number, foot in enumerate(np.linspace(200, 450, 60)):
        heights.add(people([(float(foot), 20.0 if number % 12 == 0 else float(foot) / 5)]))
    assert heights.at((0.5, 0.6), SIZE_PX) == pytest.approx(60, rel=0.08)
