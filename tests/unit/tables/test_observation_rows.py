"""Observations as rows."""

from dataclasses import fields, replace

from passerby.domain.observations import Quantity
from passerby.domain.road_user import RoadUser
from passerby.tables.observation_rows import COLUMNS, ObservationRow, observation_rows, series_id
from testing.reports import START_NS, market_square, observation


def test_rows_have_a_field_for_each_column() -> None:
    renamed = {"road_user": "class", "start_ns": "start"}
    assert [renamed.get(f.name, f.name) for f in fields(ObservationRow)] == [column.name for column in COLUMNS]


def test_a_series_keeps_its_id_over_time_and_values() -> None:
    early = observation("gate", Quantity.FLOW, 3.0, "forward")
    late = replace(early, start_ns=START_NS + 900_000_000_000, value=None, coverage=0.0, count=0)
    assert series_id(early) == series_id(late) == "square/gate/flow/pedestrian/forward"


def test_series_that_differ_have_ids_that_differ() -> None:
    base = observation("a/b", Quantity.FLOW, 3.0, "forward")
    others = [
        replace(base, direction="backward"),
        replace(base, series="b", camera="square/a"),
        replace(base, road_user=None),
        replace(base, road_user=RoadUser.BUS),
        replace(base, quantity=Quantity.SPEED_MEAN),
    ]
    assert len({series_id(each) for each in [base, *others]}) == 6


def test_ways_have_the_users_names() -> None:
    report = market_square()
    both = (observation("Station Road", Quantity.FLOW, 1.0, way) for way in ("forward", "backward"))
    rows = observation_rows(replace(report, observations=tuple(both)))
    assert [row.direction_name for row in rows] == ["to the station", "to the square"]
