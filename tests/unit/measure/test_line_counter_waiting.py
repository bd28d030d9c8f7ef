"""Who waits on a line, steps over it, turns, comes or goes within its band: boxes through tracker and measures."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import cos, pi, sin

import numpy as np
import pytest

from passerby.domain.detections import Detections
from passerby.domain.events import LineCrossing
from passerby.domain.frames import FrameStamp
from passerby.domain.layout import Line
from passerby.domain.road_user import RoadUser
from passerby.measure.camera_measures import CameraMeasures
from passerby.track.tracker import Tracker

pytestmark = (
    pytest.mark.no_cover
)  # a hundred scenes, half as long again when measured; the shorter files run the same lines

W, H = 1000, 500
Way = Callable[[float], float | None]
"""Heights beyond the line (positive: forward) at a time; None where the detector sees nobody."""


@dataclass(frozen=True)
class Body:
    height_px: float = 80.0
    width: float = 0.38
    road_user: RoadUser = RoadUser.PEDESTRIAN


def counted(
    way: Way, body: Body, *, seconds: float, fps: float = 5.0, noise: float = 0.02, turn: float = 0.0, seed: int = 1
) -> list[LineCrossing]:
    """Crossings of a line through the picture's middle, turned clockwise by `turn` degrees; noise in body heights."""
    normal, along = (
        np.array([-cos(pi * turn / 180), -sin(pi * turn / 180)]),
        np.array([-sin(pi * turn / 180), cos(pi * turn / 180)]),
    )
    middle = np.array([W / 2, 0.6 * H])
    ends = np.stack([middle - 190 * along, middle + 190 * along]) / (W, H)
    measures = CameraMeasures("cam", (Line("line", ends.astype(np.float32)),))
    tracker, chance = Tracker(), np.random.default_rng(seed)
    found: list[LineCrossing] = []
    for number in range(round(seconds * fps)):
        off = way(number / fps)
        rows = []
        if off is not None:
            x, y = middle + normal * off * body.height_px
            left, right = x - body.width * body.height_px / 2, x + body.width * body.height_px / 2
            shake = chance.normal(0, noise * body.height_px, 4)
            rows.append([left + shake[0], y - body.height_px + shake[1], right + shake[2], y + shake[3]])
        stamp = FrameStamp("cam", number, round(number / fps * 1e9), number / fps, (W, H))
        seen = Detections(
            stamp,
            np.array(rows, np.float32).reshape(-1, 4),
            np.full(len(rows), 0.9, np.float32),
            np.full(len(rows), body.road_user, np.int16),
        )
        found += measures.update(tracker.update(seen)).crossings
    return [*found, *measures.finish().crossings]


def through(*points: tuple[float, float]) -> Way:
    """Straight from point to point, each (time, heights beyond the line)."""
    times, places = zip(*points, strict=True)
    return lambda time_s: float(np.interp(time_s, times, places)) if times[0] <= time_s <= times[-1] else None


def waits(sway: float, period_s: float, from_s: float, to_s: float, end: float, pace: float = 0.5) -> Way:
    """Comes to the line, sways there, and leaves for `end`."""
    come, go = through((0.0, -pace * from_s), (from_s, 0.0)), through((0.0, 0.0), (abs(end) / pace, end))

    def way(time_s: float) -> float | None:
        if time_s < from_s:
            return come(time_s)
        return sway * sin(2 * pi * (time_s - from_s) / period_s) if time_s < to_s else go(time_s - to_s)

    return way


def ways(crossings: Sequence[LineCrossing]) -> list[str]:
    return [one.direction.value for one in sorted(crossings, key=lambda one: one.time_ns)]


SWAYS = (0.05, 0.08, 0.12)
"""8 to 20 cm to either side of somebody of 1.70 m."""

TURNS = (0.0, pytest.param(45.0, marks=pytest.mark.slow), 90.0)


@pytest.mark.parametrize("height_px", [40.0, 200.0])
@pytest.mark.parametrize("period_s", [4.0, 16.0])
@pytest.mark.parametrize("sway", SWAYS)
@pytest.mark.parametrize("turn", TURNS)
def test_who_waits_and_sways_counts_once_when_going_on(
    sway: float, period_s: float, height_px: float, turn: float
) -> None:
    way = waits(sway, period_s, 4.0, 34.0, 2.0)
    crossings = counted(way, Body(height_px), seconds=42.0, turn=turn)
    assert ways(crossings) == ["forward"]
    # Not before the last sway, nor when the band is left: as the line itself is passed for the last time.
    assert 34.0 - 0.75 * period_s <= crossings[0].time_ns / 1e9 <= 34.6


@pytest.mark.parametrize("period_s", [4.0, 16.0])
@pytest.mark.parametrize("sway", SWAYS)
@pytest.mark.parametrize("turn", TURNS)
def test_who_waits_and_sways_and_turns_back_counts_nothing(sway: float, period_s: float, turn: float) -> None:
    found = ways(counted(waits(sway, period_s, 4.0, 34.0, -2.0), Body(), seconds=42.0, turn=turn))
    # Along the view the first time may be a turn; never more than that.
    assert found in ([], ["forward", "backward"]) if turn == 90.0 else found == []


@pytest.mark.parametrize("over", [0.05, 0.1, 0.13])
@pytest.mark.parametrize("pace", [0.1, 0.3])
def test_there_and_back_within_the_band_counts_nothing(over: float, pace: float) -> None:
    far_s = (1.0 + over) / pace
    way = through((0.0, -1.0), (far_s, over), (far_s + 3.0, over), (2 * far_s + 3.0, -1.0))
    assert ways(counted(way, Body(), seconds=2 * far_s + 4)) == []


@pytest.mark.parametrize("over", [0.4, 0.6, 2.0])
def test_who_turns_back_well_beyond_counts_both_ways(over: float) -> None:
    way = through((0.0, -2.0), ((2.0 + over) / 0.5, over), (2 * (2.0 + over) / 0.5, -2.0))
    assert ways(counted(way, Body(), seconds=20.0)) == ["forward", "backward"]


def test_a_step_along_the_view_is_a_turn_the_first_time() -> None:
    # 0.14 of the height along the view is some 60 cm on the ground, under a camera that looks 25 degrees down.
    way = through((0.0, -1.5), (5.0, 0.14), (7.0, 0.14), (12.0, -1.5))
    assert ways(counted(way, Body(), seconds=13.0, turn=90.0, noise=0.0)) == ["forward", "backward"]
    assert ways(counted(way, Body(), seconds=13.0, turn=0.0, noise=0.0)) == []


def test_who_has_left_the_band_since_may_turn_again() -> None:
    way = through((0.0, -1.5), (5.0, 0.14), (7.0, 0.14), (12.0, -1.5), (17.0, 0.14), (19.0, 0.14), (24.0, -1.5))
    assert ways(counted(way, Body(), seconds=25.0, turn=90.0, noise=0.0)) == ["forward", "backward"] * 2


@pytest.mark.parametrize("pace", [0.04, 0.1, 0.5, 2.0])
def test_a_real_crossing_counts_once_at_its_time(pace: float) -> None:
    start = -min(2.0, 20 * pace)
    (crossing,) = counted(
        through((0.0, start), (-2 * start / pace, -start)), Body(), seconds=-2 * start / pace + 1, noise=0.0
    )
    assert crossing.direction.value == "forward"
    assert crossing.time_ns / 1e9 == pytest.approx(-start / pace, abs=0.35)


def test_who_stops_on_the_line_for_minutes_counts_when_going_on() -> None:
    crossings = counted(through((0.0, -1.0), (2.0, 0.0), (122.0, 0.0), (124.0, 1.0)), Body(), seconds=125.0)
    assert ways(crossings) == ["forward"]


@pytest.mark.parametrize(
    ("body", "pace"),
    [
        (Body(200.0, 0.9, RoadUser.BICYCLE), 2.0),
        (Body(30.0, 0.9, RoadUser.BICYCLE), 2.0),
        (Body(80.0, 2.2, RoadUser.CAR), 4.0),
        (Body(120.0, 3.0, RoadUser.BUS), 1.0),
        (Body(20.0, 0.38), 0.8),
        (Body(320.0, 0.38), 0.3),
    ],
)
@pytest.mark.parametrize("turn", [0.0, 90.0])
def test_bicycles_vehicles_small_and_tall_ones_count_once(body: Body, pace: float, turn: float) -> None:
    far = 130 / body.height_px if turn else 300 / body.height_px
    way = through((0.0, -far), (2 * far / pace, far))
    assert ways(counted(way, body, seconds=2 * far / pace + 2, fps=10.0, noise=0.01, turn=turn)) == ["forward"]


def test_a_car_that_stops_and_shakes_on_the_line_counts_once() -> None:
    way = through((0.0, -3.0), (3.0, 0.05), (63.0, 0.0), (66.0, 3.0))
    assert ways(counted(way, Body(70.0, 2.2, RoadUser.CAR), seconds=68.0, noise=0.05)) == ["forward"]


@pytest.mark.parametrize(("last", "counts"), [(0.15, 1), (0.6, 1), (-0.15, 0), (0.0, 0)])
def test_a_track_that_ends_within_the_band_counts_if_it_came_from_beyond_it(last: float, counts: int) -> None:
    way = through((0.0, -2.0), (4.0, last))
    assert len(counted(way, Body(), seconds=8.0, noise=0.0)) == counts


@pytest.mark.parametrize(("first", "counts"), [(-0.15, 1), (-0.6, 1), (0.15, 0), (0.0, 0)])
def test_a_track_that_begins_within_the_band_counts_if_it_leaves_it_on_the_other_side(
    first: float, counts: int
) -> None:
    way = through((0.0, first), (1.0, first), (5.0, 2.0))
    assert len(counted(way, Body(), seconds=8.0, noise=0.0)) == counts


def test_a_track_that_begins_and_ends_within_the_band_counts_nothing() -> None:
    assert counted(through((0.0, -0.12), (2.0, -0.12), (3.0, 0.12), (5.0, 0.12)), Body(), seconds=8.0, noise=0.0) == []


@pytest.mark.parametrize("hidden_s", [0.8, 1.3])
@pytest.mark.parametrize("phase_s", [0.0, 1.0, 2.0, 3.0])
def test_who_is_lost_while_swaying_and_found_again_counts_once(hidden_s: float, phase_s: float) -> None:
    whole = waits(0.1, 4.0, 4.0, 44.0, 2.0)
    gaps = [(begin + phase_s, begin + phase_s + hidden_s) for begin in (8.0, 16.0, 24.0, 32.0)]
    way: Way = lambda time_s: None if any(a < time_s < b for a, b in gaps) else whole(time_s)  # noqa: E731
    assert ways(counted(way, Body(), seconds=52.0)) == ["forward"]


@pytest.mark.parametrize("seed", range(6))
def test_a_crowd_of_waiting_people_is_as_many_as_go_over(seed: int) -> None:
    chance = np.random.default_rng(seed)
    end = chance.choice([-2.0, 2.0])
    way = waits(chance.uniform(0.03, 0.12), chance.uniform(3, 20), 4.0, 64.0, end)
    crossings = counted(way, Body(chance.uniform(40, 200)), seconds=70.0, noise=0.025, seed=seed)
    assert ways(crossings) == (["forward"] if end > 0 else [])
