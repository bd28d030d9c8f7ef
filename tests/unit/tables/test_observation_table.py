"""Observations as rows."""

from dataclasses import replace

from passerby.domain.observations import Quantity
from passerby.domain.road_user import RoadUser
from passerby.tables.observation_table import (
    COLUMNS,
    LIVE_COLUMNS,
    DirectionNames,
    ObservationTable,
    count_table,
    series_id,
)
from testing.reports import START_NS, market_square, observation


def test_a_row_has_a_cell_for_each_column() -> None:
    one = observation("gate", Quantity.FLOW, 3.0, "forward")
    for columns in (COLUMNS, LIVE_COLUMNS):
        table = ObservationTable(columns, DirectionNames({}))
        assert len(table.cells(one)) == len(columns)
        assert table.cells(one)[1:] == table.cells_without_id(one)
    row = dict(zip((column.name for column in LIVE_COLUMNS), table.cells(replace(one, reliable=False)), strict=True))
    assert (row["series_id"], row["road_user"], row["start"], row["reliable"]) == (
        "square/gate/flow/pedestrian/forward", "pedestrian", START_NS, False,
    )  # fmt: skip


def test_what_began_before_the_first_measured_moment_is_made_up() -> None:
    one = observation("gate", Quantity.FLOW, 3.0, "forward")
    for from_ns, made_up in ((0, False), (START_NS, False), (START_NS + 1, True)):
        assert ObservationTable(LIVE_COLUMNS, DirectionNames({}), from_ns).cells(one)[-1] is made_up


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
    table = count_table(report)
    assert [table.cells(one)[7] for one in both] == ["to the station", "to the square"]
