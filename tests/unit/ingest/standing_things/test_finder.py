"""Things are found where they stay; light, shadow, what was there before, and anybody at all are not."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from passerby.domain.detections import Detections
from passerby.domain.road_user import RoadUser
from passerby.domain.standing_things import StandingThings
from passerby.domain.tracks import Tracks
from passerby.ingest.detectors.detector import Boxes
from passerby.ingest.raw import Picture
from passerby.ingest.standing_things.finder import StandingThingFinder
from testing.pictures.frames import TellingDetector, boxes, raw_from, stamp

SIZE_PX = (192, 144)
ZONE = np.array([[0.05, 0.1], [0.95, 0.1], [0.95, 0.95], [0.05, 0.95]])
PUT_S = 34.0
THING = (72, 60, 102, 90)
Change = Callable[[npt.NDArray[np.float32], float], npt.NDArray[np.float32]]


def ground() -> npt.NDArray[np.float32]:
    grain = np.random.default_rng(3).normal(0, 12, (SIZE_PX[1] // 4, SIZE_PX[0] // 4)).astype(np.float32)
    return np.repeat(110 + cv2.resize(grain, SIZE_PX)[:, :, None], 3, axis=2).astype(np.float32)


def crate(picture: npt.NDArray[np.float32], box: tuple[int, int, int, int] = THING) -> npt.NDArray[np.float32]:
    left, top, right, bottom = box
    made = picture.copy()
    made[top:bottom, left:right] = (60, 105, 150)
    made[(top + bottom) // 2 : bottom, left:right] *= 0.6
    made[top:bottom, (left + right) // 2 : right] *= 0.7
    return made


@dataclass
class Watch:
    """Lets a finder watch made pictures, one a second."""

    finder: StandingThingFinder
    found: list[StandingThings] = field(default_factory=list)

    def play(
        self,
        change: Change,
        until_s: float,
        *,
        from_s: float = 0.0,
        seen: Callable[[float], Boxes] = lambda second: Boxes.none(),
        followed: Callable[[float], tuple[Sequence[int], Sequence[int]]] = lambda second: ((), ()),
    ) -> list[float]:
        """Returns the seconds at which something was reported."""
        empty, chance = ground(), np.random.default_rng(5)
        told = []
        for second in np.arange(from_s, until_s):
            noisy = change(empty, float(second)) + chance.normal(0, 2.5, empty.shape)
            raw = raw_from(np.clip(noisy, 0, 255).astype(np.uint8), float(second))
            at = seen(float(second))
            detections = Detections(raw.stamp, at.xyxy_px, at.confidence, at.road_user)
            self.found.append(self.finder.update(raw, detections, tracks(float(second), *followed(float(second)))))
            if len(self.found[-1]):
                told.append(float(second))
        return told


def tracks(second: float, ids: Sequence[int] = (), ended: Sequence[int] = ()) -> Tracks:
    """People at the thing's place, with the given ids."""
    rows = len(ids)
    return Tracks(
        stamp(SIZE_PX, second), np.array(ids, np.int64), np.tile(np.array(THING, np.float32), (rows, 1)),
        np.full(rows, 0.8, np.float32), np.full(rows, RoadUser.PEDESTRIAN, np.int16), np.ones(rows, np.bool_),
        np.array(ended, np.int64),
    )  # fmt: skip


@pytest.fixture
def detector() -> TellingDetector:
    return TellingDetector()


@pytest.fixture
def watch(detector: TellingDetector) -> Watch:
    return Watch(StandingThingFinder([ZONE], None, detector))


def put(empty: npt.NDArray[np.float32], second: float) -> npt.NDArray[np.float32]:
    return crate(empty) if second >= PUT_S else empty


def nothing(empty: npt.NDArray[np.float32], second: float) -> npt.NDArray[np.float32]:
    return empty


def test_a_thing_is_reported_where_it_stands_and_since_it_came(watch: Watch) -> None:
    told = watch.play(put, 60)
    assert PUT_S + 10 < told[0] < PUT_S + 20
    assert told[-1] == 59
    last = watch.found[-1]
    assert len(last) == 1
    assert last.xyxy_px[0] == pytest.approx(THING, abs=4)
    assert last.since_s[0] == pytest.approx(PUT_S, abs=2)
    assert last.confidence[0] > 0.8


def test_it_is_gone_once_it_was_taken_away(watch: Watch) -> None:
    told = watch.play(lambda empty, second: crate(empty) if PUT_S <= second < 60 else empty, 76)
    assert 60 <= told[-1] < 60 + 15


def test_what_stood_there_at_the_start_is_part_of_the_place_and_its_going_is_no_thing(watch: Watch) -> None:
    assert watch.play(lambda empty, second: crate(empty) if second < PUT_S else empty, 66) == []


def test_outside_the_zones_nothing_is_looked_for(detector: TellingDetector) -> None:
    zone = np.array([[0.7, 0.1], [0.95, 0.1], [0.95, 0.95], [0.7, 0.95]])
    assert Watch(StandingThingFinder([zone], None, detector)).play(put, 70) == []


def darker_at_once(empty: npt.NDArray[np.float32], second: float) -> npt.NDArray[np.float32]:
    return empty * (0.6 if second >= PUT_S else 1.0)


def in_shadow(empty: npt.NDArray[np.float32], second: float) -> npt.NDArray[np.float32]:
    made = empty.copy()
    if second >= PUT_S:
        made[60:90, 72:102] *= 0.55
    return made


def under_a_lamp(empty: npt.NDArray[np.float32], second: float) -> npt.NDArray[np.float32]:
    light = np.zeros(empty.shape[:2], np.float32)
    cv2.circle(light, (90, 72), 18, 1.0, -1)
    return empty * (1 + 0.6 * cv2.GaussianBlur(light, (0, 0), 6))[:, :, None] if second >= PUT_S else empty


def shaken(empty: npt.NDArray[np.float32], second: float) -> npt.NDArray[np.float32]:
    off = np.random.default_rng(int(second)).uniform(-2, 2, 2)
    matrix = np.array([[1, 0, off[0]], [0, 1, off[1]]])
    return np.asarray(cv2.warpAffine(empty, matrix, SIZE_PX, borderMode=cv2.BORDER_REFLECT), np.float32)


def rained_on(empty: npt.NDArray[np.float32], second: float) -> npt.NDArray[np.float32]:
    made, chance = empty.copy(), np.random.default_rng(int(second))
    for x, y in zip(
        chance.integers(0, SIZE_PX[0], 30).tolist(), chance.integers(0, SIZE_PX[1], 30).tolist(), strict=True
    ):
        cv2.line(made, (x, y), (x + 1, y + 10), (200, 200, 200), 1)
    return made


@pytest.mark.parametrize("change", [darker_at_once, in_shadow, under_a_lamp])
def test_light_and_shadow_are_no_things(watch: Watch, change: Change) -> None:
    assert watch.play(change, 62) == []


@pytest.mark.slow
@pytest.mark.parametrize("change", [nothing, shaken, rained_on])
def test_weather_and_shake_are_no_things(watch: Watch, change: Change) -> None:
    assert watch.play(change, 100) == []


def test_whoever_is_found_in_a_closer_look_is_no_thing(watch: Watch, detector: TellingDetector) -> None:
    detector.crop = lambda picture: boxes((60.0, 60.0, 260.0, 260.0), confidence=0.3)
    assert watch.play(put, 64) == []
    assert detector.crop_shapes


def test_who_is_found_only_when_the_picture_is_turned_lies_there(watch: Watch, detector: TellingDetector) -> None:
    def found(picture: Picture) -> Boxes:
        lit = picture[100:220, 100:220].mean(axis=2)
        upright = lit[:60].mean() > lit[60:].mean() + 10  # as it was put there, its upper half is the lighter one
        return Boxes.none() if upright else boxes((60.0, 60.0, 260.0, 260.0), confidence=0.5)

    detector.crop = found
    assert watch.play(put, 64) == []


def test_what_moves_within_is_alive(watch: Watch) -> None:
    def fidgets(empty: npt.NDArray[np.float32], second: float) -> npt.NDArray[np.float32]:
        made = put(empty, second)
        if second >= PUT_S and second % 6 == 4:
            made[62:70, 74:84] = 200
        return made

    assert watch.play(fidgets, 66) == []


def test_what_came_where_somebody_was_lost_from_sight_may_be_them(watch: Watch) -> None:
    def followed(second: float) -> tuple[Sequence[int], Sequence[int]]:
        return ([7] if second < PUT_S else [], [7] if second == PUT_S + 1 else [])

    assert watch.play(put, 64, followed=followed) == []


def test_who_is_found_weakly_in_the_whole_picture_is_no_thing(watch: Watch) -> None:
    at = (72.0, 60.0, 102.0, 90.0)
    assert (
        watch.play(put, 64, seen=lambda second: boxes(at, confidence=0.22) if second >= PUT_S else Boxes.none()) == []
    )


def test_a_piece_beside_something_larger_that_is_not_judged_yet_may_be_a_part_of_a_person(watch: Watch) -> None:
    def two_pieces(empty: npt.NDArray[np.float32], second: float) -> npt.NDArray[np.float32]:
        return crate(put(empty, second), (72, 96, 100, 122)) if second >= PUT_S else empty

    def hidden(second: float) -> Boxes:
        at = (70.0, 58.0, 104.0, 92.0)  # somebody passes in front of the larger one all the time
        return boxes(at, road_user=RoadUser.CAR) if second >= PUT_S + 7 else Boxes.none()

    assert watch.play(two_pieces, 64, seen=hidden) == []


def test_its_time_begins_when_it_is_left_alone(watch: Watch) -> None:
    def followed(second: float) -> tuple[Sequence[int], Sequence[int]]:
        return ([9] if PUT_S <= second < 52 else [], [])

    watch.play(put, 80, followed=followed)
    assert watch.found[-1].since_s.tolist() == pytest.approx([51], abs=2)


def test_nothing_is_known_of_another_view(watch: Watch) -> None:
    assert watch.play(put, 60)
    watch.finder.start_anew()
    assert watch.play(put, 120, from_s=60) == []


def test_what_is_as_large_as_a_person_and_came_where_somebody_stayed_may_be_them_under_a_blanket(watch: Watch) -> None:
    box = (74.0, 40.0, 92.0, 90.0)

    def seen(second: float) -> Boxes:
        return boxes(box) if PUT_S - 10 <= second < PUT_S - 3 else Boxes.none()

    assert watch.play(put, 64, seen=seen) == []


def test_what_came_where_people_walk_past_is_a_thing(watch: Watch) -> None:
    def seen(second: float) -> Boxes:
        return boxes((74.0, 40.0, 92.0, 90.0)) if second % 9 == 0 else Boxes.none()

    assert watch.play(put, 64, seen=seen)
