"""Boxes round what moves; and what is counted by them in places without road users: nothing, whatever moves there."""

import numpy as np
import pytest

from passerby.domain.detections import Detections
from passerby.domain.moving_things import MovingThings
from passerby.domain.road_user import RoadUser
from passerby.domain.tracks import Tracks
from passerby.ingest.moving_things.finder import MovingThingFinder, boxes_of
from passerby.track.tracker import Tracker
from testing.pictures import quiet_places as made
from testing.pictures.frames import flat, stamp

SIZE_PX = (made.WIDTH_PX, made.HEIGHT_PX)


def moving(*left_px: int, detected: int | None = None, road_user: RoadUser = RoadUser.CAR) -> MovingThings:
    """What moves when blocks of 50 x 30 px come into a place that is known."""
    finder, place = MovingThingFinder(), np.clip(made.street(), 0, 255).astype(np.uint8)
    for number in range(20):
        finder.update(made.raw(place, number / made.FPS), Detections.none(stamp(SIZE_PX)))
    for left in left_px:
        place[100:130, left : left + 50] = 230
    found = Detections.none(stamp(SIZE_PX))
    if detected is not None:
        box = np.array([[detected - 1, 98, detected + 51, 132]], np.float32)
        found = Detections(found.stamp, box, np.array([0.8], np.float32), np.array([road_user], np.int16))
    return finder.update(made.raw(place, 2.0), found)


def test_a_thing_is_one_box_round_it() -> None:
    assert moving(60).xyxy_px.tolist() == [pytest.approx([60, 100, 110, 130], abs=3)]


def test_two_apart_are_two() -> None:
    assert len(moving(60, 170)) == 2


def test_a_vehicle_that_is_surely_detected_is_taken_out_and_leaves_the_one_that_touches_it() -> None:
    assert len(moving(60, 112)) == 1
    (left,) = moving(60, 112, detected=60).xyxy_px.tolist()
    assert left == pytest.approx([112, 100, 162, 130], abs=4)


def test_a_person_stays_one_thing_with_their_shadow() -> None:
    assert len(moving(60, detected=60, road_user=RoadUser.PEDESTRIAN)) == 1


def test_a_picture_of_another_size_and_one_from_before_begin_anew() -> None:
    finder, nothing = MovingThingFinder(), Detections.none(stamp(SIZE_PX))
    for size_px, at_s in (((320, 180), 5.0), ((640, 480), 5.1), ((320, 180), 5.2), ((320, 180), 1.0)):
        assert not len(finder.update(flat(size_px, stream_s=at_s), nothing))
        assert not len(finder.update(flat(size_px, stream_s=at_s), nothing))


def test_what_is_small_or_everywhere_is_noise() -> None:
    changed = np.zeros((180, 320), np.float32)
    changed[50:54, 60:64] = 50
    assert not len(boxes_of(changed))
    changed[::20, ::2] = 50
    for top in range(0, 170, 20):
        for left in range(0, 310, 20):
            changed[top : top + 10, left : left + 10] = 50
    assert not len(boxes_of(changed))


def followed(scene: made.Scene, frames: int = 80) -> list[Tracks]:
    finder, tracker, all_tracks = MovingThingFinder(), Tracker(), []
    for number, luma in enumerate(made.pictures(scene, frames)):
        raw = made.raw(luma, number / made.FPS)
        nothing = Detections.none(raw.stamp)
        all_tracks.append(tracker.update(nothing, finder.update(raw, nothing)))
    return all_tracks


def counted(all_tracks: list[Tracks]) -> set[int]:
    return {int(one) for tracks in all_tracks for one in tracks.track_id[tracks.confirmed]}


@pytest.mark.parametrize("scene", made.QUIET, ids=lambda scene: scene.__name__)
def test_what_is_no_road_user_is_never_counted(scene: made.Scene) -> None:
    assert counted(followed(scene)) == set()


@pytest.mark.parametrize("weather", [made.still, made.rain, made.exposure], ids=lambda scene: scene.__name__)
def test_a_vehicle_that_no_detector_knows_is_followed_as_one(weather: made.Scene) -> None:
    all_tracks = followed(lambda place, at_s, generator: weather(made.car(place, at_s, generator), at_s, generator))
    assert len(counted(all_tracks)) == 1
    sure = [tracks for tracks in all_tracks if tracks.confirmed.any()]
    assert {int(tracks.road_user[tracks.confirmed][0]) for tracks in sure} == {int(RoadUser.UNCLASSIFIED)}
    feet_x_px = [float(tracks.foot_xy_px[tracks.confirmed][0, 0]) for tracks in sure]
    assert feet_x_px[0] < 160
    assert feet_x_px[-1] > 250
