"""A made count of some hours at a crossing: two arms, two movements, speeds, a gap, and a footway of known width."""

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from passerby.domain.events import Direction
from passerby.domain.histograms import Histogram
from passerby.domain.layout import GroundPlane, Line, Movement, Zone
from passerby.domain.observations import Observation, Quantity
from passerby.domain.passenger_cars import car_equivalents
from passerby.domain.report import CountReport, FlowMap, LineTotal, MovementTotal, ZoneTotal
from passerby.domain.road_user import RoadUser
from passerby.report.traffic.compiled import traffic_report
from passerby.report.traffic.document import TrafficReport
from passerby.tables.count_files import read_count
from passerby.tables.counts_json import counts_json
from passerby.units import NS_PER_S, QUARTER_S

EIGHT = 1_780_300_800  # 2026-06-01 08:00 UTC, a Monday
F, B = Direction.FORWARD, Direction.BACKWARD
CARS = (40, 60, 90, 70, 50, 30, 20, 20, 25, 30)
"""Cars in over the north arm, a quarter of an hour each; the busiest hour is the first but one, its PHF 0.75."""

GAP = 8
"""In this quarter nothing was watched."""

NORTH = Line(
    "North arm",
    np.array([[0.2, 0.3], [0.5, 0.3]], np.float32),
    frozenset({RoadUser.CAR, RoadUser.BUS, RoadUser.BICYCLE}),
    "into the crossing",
    "out to the north",
)
EAST = Line("East arm", np.array([[0.8, 0.4], [0.8, 0.7]], np.float32), NORTH.road_users, "out to the east", "in")
FOOTWAY = Line(
    "Footway",
    np.array([[0.1, 0.6], [0.1, 0.9]], np.float32),
    frozenset({RoadUser.PEDESTRIAN}),
    "to town",
    "to the park",
)
LEFT_TURN = Movement("North to east", "North arm", "forward", "East arm", "forward")
SQUARE = Zone("Square", np.array([[0.2, 0.6], [0.6, 0.6], [0.6, 0.9], [0.2, 0.9]], np.float32))


def junction(*, quarters: int = len(CARS), times: float = 1.0, start_s: int = EIGHT) -> CountReport:
    """Returns the count.

    Args:
        quarters: how many.
        times: how many times as much traffic.
        start_s: UTC seconds of its beginning; 0 where it is not known.
    """
    rows: list[Observation] = []
    for number in range(quarters):
        rows += _quarter(number, round(CARS[number] * times), (start_s + number * QUARTER_S) * NS_PER_S)
    north, east, footway = (
        LineTotal(line, {user: dict(_sums(rows, line, user)) for user in sorted(line.road_users)})
        for line in (NORTH, EAST, FOOTWAY)
    )
    followed = sum(round(row.value or 0) for row in rows if row.quantity is Quantity.MOVEMENT)
    return CountReport(
        camera_id="junction",
        source="junction.mp4",
        start_ns=start_s * NS_PER_S,
        duration_s=quarters * QUARTER_S,
        analysed_fps=10.0,
        frames_read=90 * QUARTER_S,
        frames_analysed=90 * QUARTER_S,
        frames_lost=0,
        coverage=(quarters - (quarters > GAP)) / quarters,
        losses=("From 10:00:00 to 10:15:00 the recording was damaged.",) if quarters > GAP else (),
        lines=(north, east, footway),
        movements=(MovementTotal(LEFT_TURN, {RoadUser.CAR: followed}),),
        zones=(ZoneTotal(SQUARE, 120.0, {}, {}, {}, {}, {}, {}, 0.2, 0.6),),
        observations=tuple(rows),
        flow_map=FlowMap(np.zeros((4, 6), np.float32)),
        ground=GroundPlane(np.diag([20.0, 20.0, 1.0]), 0.1, np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32)),
        model="a detector 1",
    )


def junction_report(**how: float) -> TrafficReport:
    """Returns the report of the count, as it is made from its JSON."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "junction.json"
        path.write_bytes(counts_json(junction(**how)))  # type: ignore[arg-type]
        return traffic_report((read_count(path),), car_equivalents({}))


def _sums(rows: list[Observation], line: Line, user: RoadUser) -> list[tuple[Direction, int]]:
    own = [row for row in rows if row.quantity is Quantity.FLOW and (row.series, row.road_user) == (line.name, user)]
    return [(way, sum(row.count for row in own if row.direction == way.value)) for way in Direction]


def _quarter(number: int, cars: int, start_ns: int) -> list[Observation]:
    watched = 0.0 if number == GAP else 1.0

    def row(
        series: str, quantity: Quantity, user: RoadUser | None, value: float, direction: Direction | None = None,
        histogram: Histogram | None = None,
    ) -> Observation:  # fmt: skip
        count = round(value) if quantity in (Quantity.FLOW, Quantity.MOVEMENT) else 10
        return Observation(
            "junction", series, quantity, user, direction.value if direction else None, start_ns, QUARTER_S,
            value if watched else None, count if watched else 0, watched, histogram=histogram if watched else None,
        )  # fmt: skip

    car, bus, bicycle, walker = RoadUser.CAR, RoadUser.BUS, RoadUser.BICYCLE, RoadUser.PEDESTRIAN
    speeds = Histogram.of_values(8.0 + 0.05 * each for each in range(cars))
    headways = Histogram.of_values(900 / cars * (0.1 + each / cars) for each in range(cars))
    turned = round(0.6 * cars)
    return [
        row("North arm", Quantity.FLOW, car, cars, F),
        row("North arm", Quantity.FLOW, car, cars // 2, B),
        row("North arm", Quantity.FLOW, bus, 2, F),
        row("North arm", Quantity.FLOW, bus, 1, B),
        row("North arm", Quantity.FLOW, bicycle, number, F),
        row("North arm", Quantity.FLOW, bicycle, 1, B),
        row("North arm", Quantity.SPEED_MEAN, car, 9.0, F, speeds),
        row("North arm", Quantity.SPEED_P85, car, 10.0, F),
        row("North arm", Quantity.HEADWAY_MEAN, None, 900 / cars, F, headways),
        row("East arm", Quantity.FLOW, car, turned + 3, F),
        row("East arm", Quantity.FLOW, car, 5, B),
        row("North to east", Quantity.MOVEMENT, car, turned),
        row("Footway", Quantity.FLOW, walker, 20 * (number + 1), F),
        row("Footway", Quantity.FLOW, walker, 150, B),
        row("Square", Quantity.DENSITY_MEAN, walker, 0.1 + 0.05 * number),
        row("Square", Quantity.DENSITY_MAX, walker, 0.3 + 0.1 * number),
        row("Square", Quantity.SATURATED, walker, 0.0),
    ]
