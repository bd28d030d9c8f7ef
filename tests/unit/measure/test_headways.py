"""Headways: only between crossings of one line, one way, with all the time between them watched."""

import pytest

from passerby.domain.events import Direction, LineCrossing
from passerby.domain.road_user import RoadUser
from passerby.measure.headways import Headways

CAR, BUS = RoadUser.CAR, RoadUser.BUS


def crossing(
    second: float, user: RoadUser = CAR, line: str = "gate", way: Direction = Direction.FORWARD
) -> LineCrossing:
    return LineCrossing(line, way, user, round(second * 1e9))


def found(headways: Headways, *crossings: LineCrossing) -> list[tuple[float | None, float | None]]:
    return [(one.headway_s, one.class_headway_s) for one in headways.of(crossings)]


def test_the_first_one_has_none_and_the_next_has_the_time_between() -> None:
    headways = Headways()
    assert found(headways, crossing(10)) == [(None, None)]
    assert found(headways, crossing(12.5, BUS)) == [(2.5, None)]
    assert found(headways, crossing(14)) == [(1.5, 4.0)]


def test_lines_and_ways_are_apart() -> None:
    headways = Headways()
    found(headways, crossing(10))
    assert found(headways, crossing(11, line="other"), crossing(12, way=Direction.BACKWARD)) == [(None, None)] * 2


def test_nothing_is_known_over_a_gap() -> None:
    headways = Headways()
    found(headways, crossing(10))
    headways.gap()
    assert found(headways, crossing(12)) == [(None, None)]
    assert found(headways, crossing(13)) == [(pytest.approx(1.0), pytest.approx(1.0))]


def test_crossings_of_one_frame_are_put_in_order_and_later_news_of_an_earlier_one_is_left_out() -> None:
    headways = Headways()
    assert found(headways, crossing(12), crossing(10)) == [(None, None), (2.0, 2.0)]
    assert found(headways, crossing(11)) == [(None, None)]
    assert found(headways, crossing(15)) == [(3.0, 3.0)]
