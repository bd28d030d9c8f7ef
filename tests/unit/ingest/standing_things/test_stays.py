"""Who stayed at a place before something came there: those who were seen to go on are not it, all others may be."""

import numpy as np
import pytest

from passerby.domain.detections import Detections
from passerby.domain.road_user import RoadUser
from passerby.domain.tracks import Tracks
from passerby.ingest.standing_things.stays import Stay, Stays
from passerby.ingest.standing_things.zone_grid import ZoneGrid
from testing.pictures.frames import stamp

SIZE_PX = (200, 100)
HERE, BESIDE, AWAY = (60.0, 40.0, 76.0, 80.0), (66.0, 40.0, 82.0, 80.0), (150.0, 40.0, 166.0, 80.0)
At = dict[int, tuple[float, float, float, float]]


class Street:
    """Shows people to `Stays`, one sample a second."""

    def __init__(self) -> None:
        self.grid = ZoneGrid([np.array([[0, 0], [1, 0], [1, 1], [0, 1]])], SIZE_PX)
        self.stays = Stays(self.grid)
        self.mask = np.zeros(self.grid.shape, np.bool_)
        self.mask[self.grid.part(np.array([58.0, 66.0, 80.0, 80.0]))] = True
        self.second = 0.0

    def show(self, people: At, seconds: int = 1, *, followed: bool = True, ended: tuple[int, ...] = ()) -> None:
        boxes = np.array(list(people.values()), np.float32).reshape(-1, 4)
        rows = len(boxes)
        sure, user = np.full(rows, 0.8, np.float32), np.full(rows, RoadUser.PEDESTRIAN, np.int16)
        for _ in range(seconds):
            self.second += 1
            moment = stamp(SIZE_PX, self.second)
            tracks = (
                Tracks(moment, np.array(list(people), np.int64), boxes, sure, user, np.ones(rows, np.bool_),
                       np.array(ended, np.int64))
                if followed else Tracks.none(moment)
            )  # fmt: skip
            self.stays.follow(tracks, np.ones(len(tracks), np.bool_))
            self.stays.mark(Detections(moment, boxes, sure, user), np.ones(rows, np.bool_), tracks)


@pytest.fixture
def street() -> Street:
    return Street()


def test_where_nobody_stayed_it_is_no_one(street: Street) -> None:
    street.show({1: HERE})
    assert street.stays.before(street.mask) == Stay()


def test_who_is_still_near_may_be_it_until_they_are_seen_to_go_on(street: Street) -> None:
    street.show({1: HERE}, 5)
    stay = street.stays.before(street.mask)
    assert (stay.unknown, stay.near) == (False, frozenset({1}))
    street.show({1: BESIDE})
    assert street.stays.later(stay, street.mask).near == {1}
    street.show({1: AWAY})
    assert street.stays.later(stay, street.mask) == Stay()


def test_who_went_on_before_it_came_is_not_it(street: Street) -> None:
    street.show({1: HERE}, 5)
    street.show({1: AWAY})
    assert street.stays.before(street.mask) == Stay()
    street.show({}, ended=(1,))
    assert street.stays.before(street.mask) == Stay()


def test_who_is_lost_from_sight_there_may_be_it_for_good(street: Street) -> None:
    street.show({1: HERE}, 6)
    stay = street.stays.before(street.mask)
    street.show({}, ended=(1,))
    assert street.stays.later(stay, street.mask).unknown
    assert street.stays.before(street.mask).unknown


def test_of_two_who_stood_together_either_may_be_it_though_one_went_on(street: Street) -> None:
    street.show({1: HERE, 2: BESIDE}, 6)
    street.show({1: AWAY}, ended=(2,))
    assert street.stays.before(street.mask).unknown
    street = Street()
    street.show({1: HERE, 2: BESIDE}, 6)
    street.show({1: AWAY, 2: AWAY})
    assert street.stays.before(street.mask).unknown


def test_who_was_found_but_not_followed_may_be_it(street: Street) -> None:
    street.show({1: HERE}, 6, followed=False)
    assert street.stays.before(street.mask).unknown


def test_a_stay_fades(street: Street) -> None:
    street.show({1: HERE}, 6, followed=False)
    street.show({}, 20)
    assert not street.stays.before(street.mask).unknown
