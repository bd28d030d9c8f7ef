"""Who is lost from sight within the picture may be what comes there; who walked out of it is not."""

import numpy as np
import pytest

from passerby.domain.road_user import RoadUser
from passerby.domain.tracks import Tracks
from passerby.ingest.standing_things.lost_people import DOUBT_S, LostPeople
from passerby.ingest.standing_things.zone_grid import ZoneGrid
from testing.pictures.frames import stamp

SIZE_PX = (200, 120)
BOX = (60.0, 60.0, 80.0, 112.0)


class Street:
    """Shows one person to `LostPeople`, two frames a second."""

    def __init__(self) -> None:
        self.grid = ZoneGrid([np.array([[0, 0], [1, 0], [1, 1], [0, 1]])], SIZE_PX)
        self.people = LostPeople(self.grid, SIZE_PX)
        self.second = 0.0

    def show(self, *boxes: tuple[float, ...], user: RoadUser = RoadUser.PEDESTRIAN) -> None:
        for box in boxes:
            self._follow([box], [], user)
        self._follow([], [7], user)

    def _follow(self, boxes: list[tuple[float, ...]], ended: list[int], user: RoadUser) -> None:
        self.second += 0.5
        rows = len(boxes)
        self.people.follow(
            Tracks(
                stamp(SIZE_PX, self.second), np.full(rows, 7, np.int64), np.array(boxes, np.float32).reshape(-1, 4),
                np.full(rows, 0.8, np.float32), np.full(rows, user, np.int16), np.ones(rows, np.bool_),
                np.array(ended, np.int64),
            )
        )  # fmt: skip

    def lost_at(self, box: tuple[float, ...], after_s: float = 3.0) -> bool:
        mask = np.zeros(self.grid.shape, np.bool_)
        mask[self.grid.part(np.array(box))] = True
        return self.people.lost_at(mask, self.second + after_s)


@pytest.fixture
def street() -> Street:
    return Street()


def moved(right_px: float, down_px: float, box: tuple[float, ...] = BOX) -> tuple[float, ...]:
    return box[0] + right_px, box[1] + down_px, box[2] + right_px, box[3] + down_px


def test_what_comes_where_a_person_was_lost_from_sight_may_be_them_for_some_seconds(street: Street) -> None:
    street.show(BOX, BOX, BOX)
    assert street.lost_at((58, 90, 90, 112))
    assert not street.lost_at((120, 90, 150, 112))
    assert not street.lost_at((58, 90, 90, 112), after_s=DOUBT_S + 1)


def test_who_stood_at_the_edge_has_left(street: Street) -> None:
    street.show(moved(0, 8), moved(0, 8))
    assert not street.lost_at(moved(0, 8))


@pytest.mark.parametrize("step", [(0.0, 12.0), (-35.0, 0.0)])
def test_who_walked_towards_the_edge_and_would_have_reached_it_has_left(
    street: Street, step: tuple[float, float]
) -> None:
    street.show(moved(-step[0], -step[1]), BOX)
    assert not street.lost_at(BOX)


def test_who_walked_another_way_may_be_there(street: Street) -> None:
    street.show(moved(0, 12), BOX)
    assert street.lost_at(BOX)


def test_who_stopped_before_the_edge_may_be_there(street: Street) -> None:
    street.show(moved(0, -12), BOX, BOX)
    assert street.lost_at(BOX)


def test_who_lies_down_towards_the_edge_moves_with_one_side_only(street: Street) -> None:
    street.show(BOX, (60.0, 90.0, 112.0, 112.0))
    assert street.lost_at((62, 92, 110, 112))


def test_vehicles_are_no_people(street: Street) -> None:
    street.show(BOX, BOX, user=RoadUser.CAR)
    assert not street.lost_at(BOX)
