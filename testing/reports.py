"""Reports to publish: one made by hand, and any at all."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt
from hypothesis import strategies as st

from passerby.domain.events import Direction
from passerby.domain.histograms import Histogram
from passerby.domain.layout import GroundPlane, Line, Movement, Zone
from passerby.domain.observations import Observation, Quantity
from passerby.domain.report import CountReport, EncounterTotal, FlowMap, LineTotal, MovementTotal, ZoneTotal
from passerby.domain.road_user import RoadUser
from passerby.report.pictures.scene import Box
from passerby.text import storable

START_NS = 1_780_300_800_000_000_000  # 2026-06-01 08:00 UTC
F, B = Direction.FORWARD, Direction.BACKWARD


def line(name: str, points: list[list[float]], forward: str = "forward", backward: str = "backward") -> Line:
    return Line(name, np.array(points, np.float32), forward_name=forward, backward_name=backward)


def observation(series: str, quantity: Quantity, value: float | None, direction: str | None = None) -> Observation:
    coverage = 0.0 if value is None else 0.983
    return Observation("square", series, quantity, RoadUser.PEDESTRIAN, direction, START_NS, 900, value, 7, coverage)


def crossing_paths() -> FlowMap:
    """Two ways that cross, the busier one with 40 passes."""
    passes = np.zeros((36, 64), np.float32)
    passes[16:20, :] = 40
    passes[:, 30:34] += 5
    return FlowMap(passes)


def market_square() -> CountReport:
    station = LineTotal(
        line("Station Road", [[0.08, 0.45], [0.16, 0.8]], "to the station", "to the square"),
        {RoadUser.PEDESTRIAN: {F: 412, B: 388}, RoadUser.BICYCLE: {F: 57, B: 61}, RoadUser.CAR: {F: 0, B: 0}},
    )
    arcade = LineTotal(
        line("East arcade", [[0.86, 0.35], [0.88, 0.75]], "into the arcade", "out of the arcade"),
        {RoadUser.PEDESTRIAN: {F: 230, B: 251}},
        {RoadUser.PEDESTRIAN: Histogram.of_values([1.25] * 300 + [1.6] * 140)},
        {RoadUser.PEDESTRIAN: 0.125},
        {RoadUser.PEDESTRIAN: 1.3},
    )
    fountain = ZoneTotal(
        Zone("Fountain", np.array([[0.32, 0.5], [0.55, 0.44], [0.68, 0.62], [0.4, 0.78]], np.float32)),
        area_m2=182.0,
        occupancy_mean={RoadUser.PEDESTRIAN: 6.4, RoadUser.BICYCLE: 0.0},
        occupancy_max={RoadUser.PEDESTRIAN: 17, RoadUser.BICYCLE: 0},
        entries={RoadUser.PEDESTRIAN: 310, RoadUser.BICYCLE: 0},
        exits={RoadUser.PEDESTRIAN: 302, RoadUser.BICYCLE: 0},
        dwell_p50_s={RoadUser.PEDESTRIAN: 48.0},
        dwell_p85_s={RoadUser.PEDESTRIAN: 210.0},
        density_mean_per_m2=0.035,
        density_max_per_m2=0.093,
    )
    turn = MovementTotal(
        Movement("Station to arcade", "Station Road", "backward", "East arcade", "forward"), {RoadUser.PEDESTRIAN: 141}
    )
    return CountReport(
        camera_id="square",
        source="market.mp4",
        start_ns=START_NS,
        duration_s=900.0,
        analysed_fps=10.0,
        frames_read=13500,
        frames_analysed=9000,
        frames_lost=12,
        coverage=0.983,
        losses=("From 10:04:10 to 10:04:25 the recording was damaged.",),
        lines=(station, arcade),
        movements=(turn,),
        zones=(fountain,),
        observations=(
            observation("Station Road", Quantity.FLOW, 412.0, "forward"),
            observation("Fountain", Quantity.DWELL_P50, None),
            observation("Fountain", Quantity.DENSITY_MEAN, 0.035),
        ),
        flow_map=crossing_paths(),
        ground=GroundPlane(np.eye(3), 0.12, np.zeros((4, 2), np.float32)),
        model="nanodet-g int8 1",
        encounters=(EncounterTotal("pedestrian and bicycle", 7, 1),),
    )


def grid_report() -> CountReport:
    """Seventeen lines from rim to rim."""
    ends = [(f"x{i}", [[i / 10, 0.0], [i / 10, 1.0]]) for i in range(1, 10)]
    ends += [(f"y{i}", [[0.0, i / 10], [1.0, i / 10]]) for i in range(2, 10)]
    totals = (LineTotal(line(name, points), {RoadUser.PEDESTRIAN: {F: 123, B: 45}}) for name, points in ends)
    return replace(market_square(), lines=tuple(totals))


def empty_report() -> CountReport:
    """A recording of which nothing could be watched, with nothing to count at."""
    return replace(
        market_square(),
        frames_read=0,
        frames_analysed=0,
        frames_lost=0,
        coverage=0.0,
        lines=(),
        movements=(),
        zones=(),
        observations=(),
        flow_map=FlowMap(np.zeros((36, 64), np.float32)),
        ground=None,
    )


# Half characters come from file names in unknown encodings; commas, quotes and line breaks from users.
names = st.text(st.one_of(st.characters(), st.sampled_from(',;"\n\r/%=\x1b\udce9→Ж')), min_size=1, max_size=12)
counts = st.integers(0, 10**6)
measures = st.floats(0, 1e6) | st.sampled_from([float("nan"), float("inf")])
shares = st.floats(0, 1)
classes = st.sampled_from(RoadUser)


def points(least: int, most: int) -> st.SearchStrategy[npt.NDArray[np.float32]]:
    corner = st.tuples(st.floats(0, 1, width=32), st.floats(0, 1, width=32))
    return st.lists(corner, min_size=least, max_size=most).map(lambda corners: np.array(corners, np.float32))


line_totals = st.builds(
    LineTotal,
    st.builds(Line, names, points(2, 2), forward_name=names, backward_name=names),
    st.dictionaries(classes, st.fixed_dictionaries({F: counts, B: counts})),
    st.dictionaries(classes, st.lists(st.floats(0, 100), min_size=1, max_size=40).map(Histogram.of_values)),
    st.dictionaries(classes, measures),
)
zone_totals = st.builds(
    ZoneTotal,
    st.builds(Zone, names, points(3, 6)),
    st.none() | measures,
    st.dictionaries(classes, measures),
    st.dictionaries(classes, counts),
    st.dictionaries(classes, counts),
    st.dictionaries(classes, counts),
    st.dictionaries(classes, measures),
    st.dictionaries(classes, measures),
    st.none() | measures,
    st.none() | measures,
)
movement_totals = st.builds(
    MovementTotal,
    st.builds(Movement, names, names, st.sampled_from(["forward", "backward"]), names, st.just("forward")),
    st.dictionaries(classes, counts),
)
observations = st.builds(
    Observation,
    camera=names,
    series=names,
    quantity=st.sampled_from(Quantity),
    road_user=st.none() | classes,
    direction=st.sampled_from([None, "forward", "backward"]),
    start_ns=st.integers(0, 4_000_000_000).map(lambda second: second * 1_000_000_000),
    length_s=st.sampled_from([60, 900]),
    value=st.none() | measures,
    count=counts,
    coverage=shares,
    error=st.none() | measures,
)
any_report = st.builds(
    CountReport,
    camera_id=names,
    source=names,
    start_ns=st.integers(1, 4 * 10**18),  # 0 is a time that is not known, of which no row has one
    duration_s=st.floats(0, 1e6),
    analysed_fps=st.floats(0, 1000),
    frames_read=counts,
    frames_analysed=counts,
    frames_lost=counts,
    coverage=shares,
    losses=st.lists(names, max_size=3).map(tuple),
    lines=st.lists(line_totals, max_size=3, unique_by=lambda total: storable(total.line.name)).map(tuple),
    movements=st.lists(movement_totals, max_size=2).map(tuple),
    zones=st.lists(zone_totals, max_size=2).map(tuple),
    observations=st.lists(observations, max_size=4).map(tuple),
    flow_map=st.sampled_from([FlowMap(np.zeros((4, 6), np.float32)), crossing_paths()]),
    ground=st.none(),
    model=names,
)


def overlap(one: Box, other: Box) -> bool:
    """Whether two boxes of a picture share any area."""
    return (
        one.left_px < other.right_px
        and other.left_px < one.right_px
        and one.top_px < other.bottom_px
        and other.top_px < one.bottom_px
    )
