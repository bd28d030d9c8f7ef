"""Detections and what moves, put together."""

import numpy as np

from passerby.domain.detections import Detections
from passerby.domain.moving_things import MovingThings
from passerby.domain.road_user import RoadUser
from passerby.track.motion_sightings import Sightings, with_motion
from testing.pictures.frames import stamp

STAMP = stamp((640, 360))
HERE, ELSEWHERE, HALF_OF_IT = (100, 100, 200, 150), (400, 100, 500, 150), (100, 100, 150, 150)


def together(boxes: list[tuple[tuple[int, ...], float, RoadUser]], *things: tuple[int, ...]) -> Sightings:
    found = Detections(
        STAMP,
        np.array([box for box, _, _ in boxes], np.float32).reshape(-1, 4),
        np.array([confidence for _, confidence, _ in boxes], np.float32),
        np.array([road_user for _, _, road_user in boxes], np.int16),
    )
    return with_motion(found, MovingThings(STAMP, np.array(things, np.float32).reshape(-1, 4)), 0.35)


def classes(sightings: Sightings) -> list[RoadUser]:
    return [RoadUser(int(value)) for value in sightings.detections.road_user]


def test_what_moves_alone_is_of_no_class() -> None:
    seen = together([], HERE)
    assert classes(seen) == [RoadUser.UNCLASSIFIED]
    assert (seen.of_motion.tolist(), seen.moves.tolist(), seen.agreed.tolist()) == ([True], [True], [False])


def test_a_faint_vehicle_gives_its_class_to_what_moves_there_and_is_worth_nothing_elsewhere() -> None:
    seen = together([(HERE, 0.2, RoadUser.CAR), (ELSEWHERE, 0.3, RoadUser.CAR)], HERE)
    assert classes(seen) == [RoadUser.CAR]
    assert seen.agreed.tolist() == [True]


def test_a_faint_lorry_is_a_vehicle_of_some_kind() -> None:
    seen = together([(HERE, 0.2, RoadUser.TRUCK)], HERE)
    assert classes(seen) == [RoadUser.UNCLASSIFIED]
    assert seen.agreed.tolist() == [True]


def test_a_faint_person_is_no_evidence() -> None:
    seen = together([(HERE, 0.3, RoadUser.PEDESTRIAN)], HERE)
    assert classes(seen) == [RoadUser.UNCLASSIFIED]
    assert seen.agreed.tolist() == [False]


def test_a_detection_explains_the_thing_that_it_is() -> None:
    seen = together([(HERE, 0.4, RoadUser.CAR), (ELSEWHERE, 0.4, RoadUser.CAR)], HERE)
    assert classes(seen) == [RoadUser.CAR, RoadUser.CAR]
    assert (seen.of_motion.tolist(), seen.moves.tolist()) == ([False, False], [True, False])


def test_one_of_several_that_move_together_may_go_on_and_begins_nothing() -> None:
    seen = together([(HALF_OF_IT, 0.2, RoadUser.CAR)], (80, 90, 400, 160))
    assert classes(seen) == [RoadUser.UNCLASSIFIED, RoadUser.CAR]
    assert seen.moves.tolist() == [True, False]
