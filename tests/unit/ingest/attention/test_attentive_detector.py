"""All of a frame is looked at now and then; between, what is known and what moves; and cost has its limits."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from passerby.domain.expected_boxes import ExpectedBoxes
from passerby.domain.road_user import RoadUser
from passerby.ingest.attention.attentive_detector import AttentionSettings, AttentiveDetector
from passerby.ingest.attention.rate import RateSettings
from passerby.ingest.attention.whole_side import SIDES_PX
from passerby.ingest.crops import full_frame_size
from passerby.ingest.detectors.detector import Boxes
from passerby.ingest.raw import Picture, RawFrame
from passerby.track.motion_sightings import FAINT
from testing.pictures.frames import Parts, flat

SIZE_PX = (640, 480)
FULL = (*full_frame_size(SIZE_PX)[::-1], 3)
SETTINGS = AttentionSettings(whole_s=1.0, calm_s=2.0)


class Bright:
    """Finds each bright spot of a picture, of one class; remembers the shapes that it was shown."""

    def __init__(self, confidence: float = 0.9, road_user: RoadUser = RoadUser.PEDESTRIAN) -> None:
        self.shapes: list[tuple[int, ...]] = []
        self.confidence, self.road_user = confidence, road_user

    def find(self, picture: Picture) -> Boxes:
        self.shapes.append(picture.shape)
        rows, columns = np.nonzero(picture[..., 1] > 200)
        if not len(rows):
            return Boxes.none()
        box = np.array([[columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]], np.float32)
        return Boxes(box, np.array([self.confidence], np.float32), np.array([self.road_user], np.int16))

    def find_each(self, pictures: Sequence[Picture]) -> list[Boxes]:
        return [Boxes.none() for _ in pictures]


def street(stream_s: float, spot: tuple[int, int] | None = None, grey: int = 100) -> RawFrame:
    """A grey picture, with a person where one is wanted: 30x80 px from there."""
    raw = flat(SIZE_PX, grey, stream_s)
    if spot is not None:
        raw.luma[spot[1] : spot[1] + 80, spot[0] : spot[0] + 30] = 235
    return raw


def known(box: tuple[float, float, float, float], stream_s: float = 0.0) -> ExpectedBoxes:
    none = np.zeros(1, np.float32)
    boxes = np.array([box], np.float32)
    return ExpectedBoxes(stream_s, boxes, np.zeros((1, 2), np.float32), none, none, none, np.array([True]))


def many_of(one: ExpectedBoxes, count: int) -> ExpectedBoxes:
    """So many tracks at the same place."""
    boxes, none = np.repeat(one.xyxy_px, count, axis=0), np.zeros(count, np.float32)
    speed, sure = np.zeros((count, 2), np.float32), np.ones(count, np.bool_)
    return ExpectedBoxes(one.stream_s, boxes, speed, none, none, none, sure)


def crowd(stream_s: float) -> ExpectedBoxes:
    """A picture full of people, so small that nothing less than the largest look shows them."""
    many = np.array([(x, y, x + 20, y + 45) for x in range(0, 600, 40) for y in range(0, 400, 100)], np.float32)
    none, sure = np.zeros(len(many), np.float32), np.ones(len(many), np.bool_)
    return ExpectedBoxes(stream_s, many, np.zeros((len(many), 2), np.float32), none, none, none, sure)


def looking(settings: AttentionSettings = SETTINGS) -> tuple[AttentiveDetector, Bright]:
    bright = Bright()
    return AttentiveDetector(bright, Parts(), settings=settings), bright


def test_the_first_look_is_at_all_and_then_seldom_where_nothing_happens() -> None:
    looks, bright = looking()
    for tenth in range(45):
        looks.find(street(tenth / 10))
        looks.expect(ExpectedBoxes.none(tenth / 10))
    assert bright.shapes == [FULL] * 3
    assert looks.whole_looks == 3


def test_a_known_person_is_found_on_a_canvas_in_the_frames_own_place() -> None:
    looks, bright = looking()
    looks.find(street(0.0, (300, 200)))
    looks.expect(known((300, 200, 330, 280)))
    found = looks.find(street(0.2, (304, 200)))
    assert not looks.saw_all
    assert bright.shapes[-1] != FULL
    assert np.prod(bright.shapes[-1]) < np.prod(FULL) / 5
    assert found.xyxy_px[0] == pytest.approx([304, 200, 334, 280], abs=2.5)


def test_so_faint_a_vehicle_as_gives_what_moves_its_class_is_found_on_a_canvas_too() -> None:
    faint = Bright(FAINT, RoadUser.CAR)
    looks = AttentiveDetector(faint, Parts(), settings=SETTINGS)
    looks.find(street(0.0, (300, 200)))
    looks.expect(known((300, 200, 330, 280)))
    found = looks.find(street(0.2, (304, 200)))
    assert not looks.saw_all
    assert found.road_user.tolist() == [RoadUser.CAR]


def test_who_comes_in_is_found_where_they_move() -> None:
    looks, bright = looking()
    looks.find(street(0.0))
    looks.expect(ExpectedBoxes.none(0.0))
    found = looks.find(street(0.2, (500, 120)))
    assert bright.shapes[-1] != FULL
    assert found.xyxy_px[0] == pytest.approx([500, 120, 530, 200], abs=2.5)


def test_what_is_larger_than_its_place_is_looked_at_as_a_whole_at_once() -> None:
    looks, bright = looking()
    looks.find(street(0.0, (300, 200)))
    looks.expect(known((300, 200, 310, 220), 0.0))
    found = looks.find(street(0.4, (300, 200)))
    assert bright.shapes[-1] == FULL
    assert found.xyxy_px[0, 3] > 270


def test_a_movement_that_is_no_one_rests_for_longer_each_time_and_is_never_left_alone() -> None:
    looks, bright = looking(AttentionSettings(whole_s=100.0, calm_s=100.0))
    for tenth in range(300):
        raw = street(tenth / 10)
        raw.luma[100:180, 100:130] = 160 + 20 * (tenth % 2)  # a sign that flickers
        looks.find(raw)
        looks.expect(ExpectedBoxes.none(tenth / 10))
    assert 12 <= len(bright.shapes) <= 24


def test_rain_all_over_the_picture_is_no_look_at_each_frame() -> None:
    looks, bright = looking()
    rng = np.random.default_rng(2)
    for tenth in range(100):
        raw = street(tenth / 10)
        for x, y in rng.integers(0, 440, (40, 2)):
            raw.luma[y : y + 14, x : x + 6] = 180
        looks.find(raw)
        looks.expect(ExpectedBoxes.none(tenth / 10))
    shown_px = sum(int(np.prod(shape[:2])) for shape in bright.shapes)
    assert shown_px < 0.4 * 100 * np.prod(FULL[:2])


def test_a_crowd_is_looked_at_as_a_whole() -> None:
    looks, bright = looking()
    looks.find(street(0.0))
    looks.expect(crowd(0.0))
    looks.find(street(0.2))
    assert bright.shapes == [FULL, FULL]


def test_all_is_looked_at_smaller_where_people_are_large_and_of_the_largest_size_now_and_then() -> None:
    looks, bright = looking()
    saw = []
    for tenth in range(0, 120, 5):
        looks.find(street(tenth / 10, (300, 200)))
        saw.append((looks.saw_whole, looks.saw_all))
        looks.expect(many_of(known((300, 100, 400, 380), tenth / 10), 4))
    whole = [shape for shape, (saw_whole, _) in zip(bright.shapes, saw, strict=True) if saw_whole]
    smallest = (*full_frame_size(SIZE_PX, SIDES_PX[0])[::-1], 3)
    assert whole == [FULL] * 3 + [smallest] * 4 + [FULL] + [smallest] * 4
    # What pictures rest on is of the largest size.
    assert [saw_all for saw_whole, saw_all in saw if saw_whole] == [shape == FULL for shape in whole]


def test_all_that_pictures_rest_on_is_found_and_changes_no_choice() -> None:
    (looks, bright), (other, other_bright) = looking(), looking()
    for tenth in range(30):
        raw = street(tenth / 10, (300, 200))
        for one in (looks, other):
            one.find(raw)
            one.expect(known((300, 200, 330, 280), tenth / 10))
        whole = looks.whole(raw)
        assert whole.stamp is raw.stamp
        assert len(whole) == 1
    assert (looks.whole_looks, looks.canvas_looks) == (other.whole_looks, other.canvas_looks)
    assert len(bright.shapes) == 30 + other.canvas_looks
    assert len(other_bright.shapes) == 30


def test_a_frame_of_another_size_or_stretch_is_looked_at_anew() -> None:
    looks, bright = looking()
    looks.find(street(0.0))
    other = street(0.1)
    again = RawFrame(replace(other.stamp, stretch=1), other.luma, other.chroma_u, other.chroma_v)
    assert looks.is_due(again.stamp)
    looks.find(again)
    assert bright.shapes == [FULL, FULL]


def test_without_a_rate_every_frame_is_due_and_with_one_those_that_matter() -> None:
    always, _ = looking()
    paced = AttentiveDetector(Bright(), Parts(), settings=SETTINGS, rate=RateSettings(calm_s=0.3))
    for looks in (always, paced):
        assert looks.is_due(street(0.0).stamp)
        looks.find(street(0.0))
        looks.expect(ExpectedBoxes.none(0.0))
    assert always.is_due(street(0.1).stamp)
    assert [paced.is_due(street(tenth / 10).stamp) for tenth in (1, 2, 3)] == [False, False, True]


def looks_from(times_s: list[float]) -> list[tuple[float, bool]]:
    """The times of the looks at an empty street whose frames come at those times, and which of them see all."""
    paced, found = AttentiveDetector(Bright(), Parts(), settings=SETTINGS, rate=RateSettings()), []
    for stream_s in times_s:
        if paced.is_due(street(stream_s).stamp):
            paced.find(street(stream_s))
            paced.expect(ExpectedBoxes.none(stream_s))
            found.append((stream_s, paced.saw_all))
    return found


@pytest.mark.parametrize("rest", [(3.1, 9.7), (2.9, 10.9), (4.0, 12.3)])
def test_looks_at_an_empty_place_are_the_same_after_a_rest_as_without_one(rest: tuple[float, float]) -> None:
    times_s = [number / 10 for number in range(220)]
    awake = looks_from(times_s)
    rested = looks_from([time_s for time_s in times_s if not rest[0] < time_s < rest[1]])
    after_s = rest[1] + 0.3  # the first frame after a rest is always looked at
    assert [one for one in rested if one[0] > after_s] == [one for one in awake if one[0] > after_s]


def test_what_changed_over_a_long_rest_did_not_move() -> None:
    looks, bright = looking(AttentionSettings(calm_s=60.0))
    looks.find(street(61.0))
    bright.shapes.clear()
    looks.find(street(70.0, (300, 200)))
    assert bright.shapes == []
    looks.find(street(70.2, (330, 200)))
    assert len(bright.shapes) == 1


def test_what_the_network_is_given_in_a_second_has_a_limit() -> None:
    looks = AttentiveDetector(Bright(), Parts(), settings=SETTINGS, rate=RateSettings(whole_looks_s=2.0, calm_s=0.5))
    for tenth in range(0, 900, 5):
        assert looks.is_due(street(tenth / 10).stamp)
        looks.find(street(tenth / 10))
        looks.expect(crowd(tenth / 10))
        assert looks.due_s == pytest.approx(tenth / 10 + 0.5, abs=0.02)
    assert looks.held_back > 0.7
    for second in range(90, 180):
        looks.find(street(second))
        looks.expect(ExpectedBoxes.none(second))
    assert looks.held_back < 0.3


def test_headlights_flicker_and_snow_cost_no_more_than_a_camera_may_take() -> None:
    bright = Bright()
    looks = AttentiveDetector(bright, Parts(), settings=SETTINGS, rate=RateSettings())
    rng = np.random.default_rng(5)
    for frame in range(250):
        raw = street(frame / 25, grey=90 + 40 * (frame % 2))
        raw.luma[200:300, 20 * (frame % 25) : 20 * (frame % 25) + 90] = 190
        for x, y in rng.integers(0, 440, (60, 2)):
            raw.luma[y : y + 12, x : x + 5] = 195
        if looks.is_due(raw.stamp):
            looks.find(raw)
            looks.expect(ExpectedBoxes.none(frame / 25))
    shown_px = sum(int(np.prod(shape[:2])) for shape in bright.shapes)
    assert shown_px <= 10 * RateSettings().whole_looks_s * np.prod(FULL[:2])
