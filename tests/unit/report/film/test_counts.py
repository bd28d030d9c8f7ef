"""The counters of a film."""

from passerby.domain.events import Direction
from passerby.domain.review import CountedCrossing
from passerby.domain.road_user import RoadUser
from passerby.report.film.counts import FLASH_S, FilmCounts
from testing.reports import line

F, B = Direction.FORWARD, Direction.BACKWARD
GATE, DOOR = line("gate", [[0.5, 0], [0.5, 1]]), line("door", [[0, 0.5], [1, 0.5]])
CAR = CountedCrossing("gate", F, RoadUser.CAR)


def test_they_go_up_by_line_way_and_class() -> None:
    counts = FilmCounts([GATE, DOOR])
    counts.add([CAR, CountedCrossing("gate", F, RoadUser.BUS)], 0.0)
    counts.add([CAR, CountedCrossing("gate", B, RoadUser.CAR)], 5.0)
    assert [counts.count(GATE, way, RoadUser.CAR) for way in (F, B)] == [2, 1]
    assert [counts.count(GATE, way) for way in (F, B)] == [3, 1]
    assert counts.count(DOOR, F) == 0
    assert counts.total == 4


def test_they_light_up_for_a_moment() -> None:
    counts = FilmCounts([GATE])
    counts.add([CAR], 10.0)
    assert counts.flashing(10.0) == {("gate", F, RoadUser.CAR)}
    assert counts.flashing(10.0 + FLASH_S) == frozenset()
    assert counts.unseen(10.0) == frozenset()


def test_where_one_is_not_seen_any_more_it_is_known() -> None:
    counts = FilmCounts([GATE])
    counts.add([CountedCrossing("gate", B, RoadUser.CAR, seen=False)], 1.0)
    assert counts.unseen(1.0) == {("gate", B)}
    assert counts.unseen(1.0 + FLASH_S) == frozenset()


def test_the_columns_are_what_any_line_counts() -> None:
    cars = line("gate", [[0.5, 0], [0.5, 1]])
    object.__setattr__(cars, "road_users", frozenset({RoadUser.CAR}))
    people = line("door", [[0, 0.5], [1, 0.5]])
    object.__setattr__(people, "road_users", frozenset({RoadUser.BICYCLE, RoadUser.PEDESTRIAN}))
    assert FilmCounts([cars, people]).road_users == (RoadUser.PEDESTRIAN, RoadUser.BICYCLE, RoadUser.CAR)
