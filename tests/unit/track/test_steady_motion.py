"""What motion alone began is followed, and counts when it has moved as a road user does."""

import numpy as np
import pytest

from passerby.domain.detections import Detections
from passerby.domain.moving_things import MovingThings
from passerby.domain.road_user import RoadUser
from passerby.domain.tracks import Tracks
from passerby.track.tracker import Tracker
from testing.pictures.frames import stamp

SIZE_PX, FPS = (640, 360), 10.0
Box = tuple[float, float, float, float]
Frame = tuple[list[Box], list[tuple[Box, float, RoadUser]]]


def at(number: int, things: list[Box], found: list[tuple[Box, float, RoadUser]]) -> tuple[Detections, MovingThings]:
    when = stamp(SIZE_PX, number / FPS)
    detections = Detections(
        when,
        np.array([box for box, _, _ in found], np.float32).reshape(-1, 4),
        np.array([confidence for _, confidence, _ in found], np.float32),
        np.array([road_user for _, _, road_user in found], np.int16),
    )
    return detections, MovingThings(when, np.array(things, np.float32).reshape(-1, 4))


def followed(frames: list[Frame]) -> list[Tracks]:
    tracker = Tracker()
    return [tracker.update(*at(number, *frame)) for number, frame in enumerate(frames)]


def counted(all_tracks: list[Tracks]) -> dict[int, RoadUser]:
    """The tracks that count, with the class that each had at last."""
    return {
        int(one): RoadUser(int(user))
        for tracks in all_tracks
        for one, user in zip(tracks.track_id[tracks.confirmed], tracks.road_user[tracks.confirmed], strict=True)
    }


def car(number: int, step_px: float = 12.0, top: float = 100.0) -> Box:
    return (50 + number * step_px, top, 130 + number * step_px, top + 40)


def test_what_goes_farther_than_it_is_long_counts_as_unclassified() -> None:
    assert list(counted(followed([([car(number)], []) for number in range(15)])).values()) == [RoadUser.UNCLASSIFIED]


@pytest.mark.parametrize("step_px", [0.0, 4.0])
def test_what_has_not_gone_so_far_does_not_count(step_px: float) -> None:
    assert not counted(followed([([car(number, step_px)], []) for number in range(15)]))


def test_what_goes_to_and_fro_never_counts() -> None:
    swaying = [2.5 * np.sin(number / 2) for number in range(100)]
    assert not counted(followed([([car(1, 12 * way)], []) for way in swaying]))


def test_faint_detections_give_the_class() -> None:
    frames = [([car(number)], [(car(number), 0.2, RoadUser.CAR)] if number % 2 else []) for number in range(15)]
    assert list(counted(followed(frames)).values()) == [RoadUser.CAR]


def test_what_is_detected_on_its_way_stays_one_and_gets_the_class() -> None:
    frames = [([car(number)], [(car(number), 0.8, RoadUser.CAR)] if number > 10 else []) for number in range(25)]
    assert list(counted(followed(frames)).values()) == [RoadUser.CAR]


def test_what_was_detected_stays_one_where_only_its_motion_is_seen() -> None:
    frames = [([car(number)], [(car(number), 0.8, RoadUser.CAR)] if number < 8 else []) for number in range(25)]
    assert list(counted(followed(frames)).values()) == [RoadUser.CAR]


def test_the_motion_of_a_person_is_explained_by_the_person() -> None:
    def person(number: int) -> Box:
        return (100 + 6 * number, 100, 130 + 6 * number, 190)

    def with_shadow(number: int) -> Box:
        return (100 + 6 * number, 100, 220 + 6 * number, 200)

    frames = [([with_shadow(number)], [(person(number), 0.8, RoadUser.PEDESTRIAN)]) for number in range(40)]
    assert list(counted(followed(frames)).values()) == [RoadUser.PEDESTRIAN]


def test_a_shadow_that_runs_beside_its_vehicle_does_not_count() -> None:
    frames: list[Frame] = [
        ([(60 + 12 * number, 150, 120 + 12 * number, 165)], [(car(number), 0.8, RoadUser.CAR)]) for number in range(30)
    ]
    assert list(counted(followed(frames)).values()) == [RoadUser.CAR]


def test_two_vehicles_side_by_side_are_two() -> None:
    assert len(counted(followed([([car(number), car(number, top=200)], []) for number in range(20)]))) == 2


def test_where_much_of_a_size_begins_to_move_nothing_is_proven() -> None:
    generator = np.random.default_rng(2)
    frames: list[Frame] = []
    for number in range(30):
        flakes = [(x, y, x + 60, y + 40) for x, y in generator.uniform((0, 200), (560, 320), (6, 2)).tolist()]
        frames.append(([car(number), *flakes], []))
    assert not counted(followed(frames))


def figure(number: int, step_px: float) -> Box:
    return (100 + step_px * number, 100, 130 + step_px * number, 190)


def seen_as(confidences: list[float], step_px: float) -> list[Frame]:
    return [
        ([], [(figure(number, step_px), confidence, RoadUser.PEDESTRIAN)])
        for number, confidence in enumerate(confidences)
    ]


FAINT = [0.5, *[0.35] * 4] * 4
"""A figure in a shop window: now and then it is taken for somebody, and faintly in between."""


def test_what_is_seen_faintly_counts_only_when_it_has_moved() -> None:
    assert not counted(followed(seen_as(FAINT, 0.0)))
    assert list(counted(followed(seen_as(FAINT, 4.0))).values()) == [RoadUser.PEDESTRIAN]


def test_somebody_who_stands_and_is_seen_with_confidence_counts() -> None:
    assert list(counted(followed(seen_as([0.5, 0.35] * 10, 0.0))).values()) == [RoadUser.PEDESTRIAN]


def test_what_has_moved_counts_on_while_it_stands_and_is_seen_faintly() -> None:
    walked = seen_as([0.6] * 15, 5.0)
    stood: list[Frame] = [([], [(figure(14, 5.0), 0.35, RoadUser.PEDESTRIAN)])] * 60
    assert followed([*walked, *stood])[-1].confirmed.all()


def test_a_car_far_off_is_no_part_of_somebody_who_fills_half_the_picture() -> None:
    half = (150.0, 60.0, 430.0, 340.0)

    def seen(road_user: RoadUser) -> list[Tracks]:
        """Something small that moves, and later a still box about all of its way."""
        return followed(
            [
                ([(200 + 6 * number, 100, 240 + 6 * number, 124)], [(half, 0.5, road_user)] if number > 3 else [])
                for number in range(8)
            ]
        )

    def first_lasts(all_tracks: list[Tracks]) -> bool:
        box = all_tracks[-1].xyxy_px[all_tracks[-1].track_id == 1]
        return bool(len(box)) and float(box[0, 2] - box[0, 0]) < 100

    assert first_lasts(seen(RoadUser.PEDESTRIAN))
    assert not first_lasts(seen(RoadUser.TRUCK))
