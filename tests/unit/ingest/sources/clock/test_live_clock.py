"""One clock over all connections of a camera: forward only, true to the gaps, and held against arrival."""

import itertools
import math
import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from passerby.ingest.sources.clock.live_clock import ClockFault, LiveClock

times = st.floats(-1e6, 1e6)


@given(st.lists(st.tuples(times | st.none(), times, st.booleans()), max_size=60))
def test_it_never_runs_back(steps: list[tuple[float | None, float, bool]]) -> None:
    clock, last_s = LiveClock(), 0.0
    for pts_s, arrival_s, lost in steps:
        if lost:
            clock.disconnect()
        now_s = clock.read(pts_s, arrival_s)
        assert now_s >= last_s
        last_s = now_s


def test_within_a_connection_the_cameras_stamps_count() -> None:
    clock = LiveClock()
    # The network held the second picture back, and then gave two at once.
    seen = [clock.read(pts, arrival) for pts, arrival in ((5.0, 100.0), (5.1, 100.9), (5.2, 100.91), (5.3, 100.92))]
    assert seen == pytest.approx([0.0, 0.1, 0.2, 0.3])


def test_a_gap_between_connections_is_as_long_as_it_was() -> None:
    clock = LiveClock()
    clock.read(5.0, 100.0)
    assert clock.read(5.1, 100.1) == pytest.approx(0.1)
    clock.disconnect()
    assert clock.read(77777.0, 160.1) == pytest.approx(60.1)
    assert clock.read(77777.1, 160.2) == pytest.approx(60.2)


@pytest.mark.parametrize("leap_s", [3600.0, -3600.0])
def test_a_camera_that_sets_its_clock_makes_no_gap(leap_s: float) -> None:
    clock = LiveClock()
    clock.read(5000.0, 100.0)
    clock.read(5000.1, 100.1)
    assert clock.read(5000.2 + leap_s, 100.2) == pytest.approx(0.2, abs=0.001)
    assert clock.read(5000.3 + leap_s, 100.3) == pytest.approx(0.3, abs=0.001)


def test_without_stamps_arrival_counts() -> None:
    clock = LiveClock()
    assert [clock.read(None, arrival) for arrival in (7.0, 7.5, 9.0)] == [0.0, 0.5, 2.0]


def test_pictures_of_the_past_do_not_push_the_clock_ahead_for_good() -> None:
    clock = LiveClock()
    for connection in range(50):
        clock.disconnect()
        for number in range(25):  # two seconds at once, as a recorder sends them first
            stream_s = clock.read(number * 0.08, 10.0 * connection + number * 1e-3)
    assert stream_s == pytest.approx(10.0 * 49 + 2.0, abs=2.5)


def test_a_day_of_drifting_quartz_is_followed_without_a_jump() -> None:
    clock = LiveClock()
    last_s = clock.read(0.0, 0.0)
    for number in range(1, 86_400):
        now_s = clock.read(number * 1.0002, float(number))
        assert now_s - last_s == pytest.approx(1.0002)
        last_s = now_s


@dataclass(frozen=True)
class Arrived:
    """A picture: when it was taken and when it came, in real seconds, its stamp, and whether it was waited for."""

    taken_s: float
    arrival_s: float
    pts_s: float
    waited: bool = True


def camera(
    length_s: float,
    *,
    fps: float = 25.0,
    rate: float = 1.0,
    jitter_s: float = 0.005,
    late_s: Callable[[float], float] = lambda taken_s: 0.0,
    stamped_s: Callable[[int, float], float] = lambda number, pts_s: pts_s,
    seed: int = 1,
) -> Iterator[Arrived]:
    """Pictures of a camera, in order as TCP keeps them, over a network that delays them."""
    chance, newest_s = random.Random(seed), 0.0
    for number in range(int(length_s * fps)):
        taken_s = number / fps
        newest_s = max(newest_s, 1000.0 + taken_s + chance.expovariate(1 / jitter_s) + late_s(taken_s))
        yield Arrived(taken_s, newest_s, 77.0 + stamped_s(number, taken_s * rate))


def read(pictures: Iterable[Arrived], clock: LiveClock | None = None) -> tuple[LiveClock, list[tuple[float, float]]]:
    """The clock behind the pictures, and for each the real time at which it was taken and the clock's."""
    clock = clock or LiveClock()
    return clock, [(one.taken_s, clock.read(one.pts_s, one.arrival_s, waited=one.waited)) for one in pictures]


def speed(times: list[tuple[float, float]], from_s: float, to_s: float) -> float:
    """Seconds of the clock a real second between two moments."""
    part = [each for each in times if from_s <= each[0] <= to_s]
    return (part[-1][1] - part[0][1]) / (part[-1][0] - part[0][0])


def largest_step_s(times: list[tuple[float, float]]) -> float:
    return max(later[1] - earlier[1] for earlier, later in itertools.pairwise(times))


@pytest.mark.parametrize("hz", [1000, 8000, 30_000, 45_000, 180_000])
def test_a_clock_rate_that_the_description_states_wrongly_is_found_within_seconds(hz: int) -> None:
    clock, times = read(camera(40.0, rate=hz / 90_000))
    assert speed(times, 8.0, 40.0) == pytest.approx(1.0, abs=0.015)
    assert times[-1][1] == pytest.approx(40.0, abs=3.0)
    assert clock.finding is not None
    assert clock.finding.fault is ClockFault.RATE
    assert clock.finding.measured == pytest.approx(hz / 90_000, rel=0.02)
    assert "of the stated rate, and are corrected" in clock.finding.why


@pytest.mark.parametrize("fps", [2.0, 12.5, 25.0])
@pytest.mark.parametrize("rate", [21 / 25, 25 / 21, 20 / 15, 0.95])
def test_fewer_or_more_pictures_than_promised_change_no_speed(rate: float, fps: float) -> None:
    clock, times = read(camera(120.0, rate=rate, fps=fps, jitter_s=0.03))
    assert speed(times, 70.0, 120.0) == pytest.approx(1.0, abs=0.01)
    assert times[-1][1] == pytest.approx(120.0, abs=4.0)
    assert largest_step_s(times) <= 1.3
    assert clock.finding is not None
    assert clock.finding.measured == pytest.approx(rate, rel=0.01)


def test_a_rate_that_drifts_is_followed() -> None:
    drifting = camera(300.0, fps=10.0, stamped_s=lambda number, pts_s: pts_s - pts_s**2 / 6000.0)
    clock, times = read(drifting)
    assert clock.finding is not None
    assert speed(times, 200.0, 290.0) == pytest.approx(1.0, abs=0.05)


@pytest.mark.parametrize("off_s", [5.0, -5.0, 2.0, -2.0, 37_600.0, -9800.0])
def test_stamps_that_are_off_now_and_then_are_left_out(off_s: float) -> None:
    clock, times = read(camera(60.0, stamped_s=lambda number, pts_s: pts_s + off_s * (number % 50 == 49)))
    assert all(time_s == pytest.approx(taken_s, abs=0.06) for taken_s, time_s in times)
    assert clock.finding is not None
    assert clock.finding.fault is ClockFault.OUTLIERS
    assert clock.finding.measured == pytest.approx(abs(off_s), abs=0.2)


def test_stamps_that_run_back_every_few_seconds_make_no_gap() -> None:
    _, times = read(camera(60.0, stamped_s=lambda number, pts_s: pts_s - 3 * int(pts_s / 5)))
    assert times[-1][1] == pytest.approx(60.0, abs=0.2)
    assert largest_step_s(times) < 0.1


def test_stamps_that_stand_still_are_replaced_by_arrival_at_once() -> None:
    clock, times = read(camera(20.0, stamped_s=lambda number, pts_s: 5.0))
    assert all(time_s == pytest.approx(taken_s, abs=0.1) for taken_s, time_s in times)
    assert clock.finding is not None
    assert clock.finding.fault is ClockFault.STANDING


def test_a_camera_that_sets_its_clock_once_is_not_reported() -> None:
    clock, times = read(camera(60.0, stamped_s=lambda number, pts_s: pts_s + 3600 * (pts_s > 30)))
    assert clock.finding is None
    assert times[-1][1] == pytest.approx(60.0, abs=0.1)


def test_a_new_source_every_few_seconds_is_not_reported() -> None:
    clock, times = read(camera(60.0, stamped_s=lambda number, pts_s: pts_s + 1.2e7 * (number // 100)))
    assert clock.finding is None
    assert times[-1][1] == pytest.approx(60.0, abs=0.2)


def test_a_rate_that_was_found_outlives_a_connection() -> None:
    clock, _ = read(camera(30.0, rate=1 / 3))
    clock.disconnect()
    began_s = clock.read(9.0, 1060.0)
    assert clock.read(9.1, 1060.3) - began_s == pytest.approx(0.3, abs=0.01)


LATE: dict[str, Callable[[float], float]] = {
    "steady": lambda taken_s: 0.0,
    "a stall of 3 s every 15 s": lambda taken_s: max(0.0, 3.0 - taken_s % 15),
    "a stall of 8 s every 20 s": lambda taken_s: max(0.0, 8.0 - taken_s % 20),
    "bursts once in two seconds": lambda taken_s: 2.0 - taken_s % 2,
    "two seconds of the past at first": lambda taken_s: max(0.0, 2.0 - taken_s),
    "a slow start": lambda taken_s: max(0.0, 2.0 - 0.4 * taken_s),
    "buffers that fill and empty": lambda taken_s: 0.5 + 0.5 * math.sin(taken_s / 5),
}


@pytest.mark.parametrize("name", LATE)
@given(st.integers(0, 1 << 16), st.sampled_from([5.0, 10.0, 25.0]), st.sampled_from([0.001, 0.02, 0.1, 0.3]))
@settings(max_examples=4)
def test_a_right_clock_is_not_changed_by_what_a_network_does(name: str, seed: int, fps: float, jitter_s: float) -> None:
    clock, times = read(camera(90.0, fps=fps, jitter_s=jitter_s, late_s=LATE[name], seed=seed))
    assert clock.finding is None
    assert all(time_s == pytest.approx(taken_s, abs=0.001) for taken_s, time_s in times)


def test_a_reader_that_is_ever_later_does_not_change_a_right_clock() -> None:
    late = [Arrived(one.taken_s, one.arrival_s + 0.15 * one.taken_s, one.pts_s, waited=False) for one in camera(60.0)]
    clock, times = read(late)
    assert clock.finding is None
    assert times[-1][1] == pytest.approx(60.0, abs=0.1)


def test_pictures_that_are_shown_in_another_order_do_not_change_a_right_clock() -> None:
    order = [0.0, 0.12, 0.04, 0.08]
    clock, times = read(camera(60.0, stamped_s=lambda number, pts_s: pts_s - number % 4 * 0.04 + order[number % 4]))
    assert clock.finding is None
    assert times[-1][1] == pytest.approx(60.0, abs=0.2)


@pytest.mark.parametrize(("rate", "within_s"), [(0.84, 14.0), (1.19, 14.0), (0.95, 36.0), (1.05, 46.0), (0.98, 85.0)])
@pytest.mark.parametrize("jitter_s", [0.005, 0.03])
def test_a_wrong_rate_is_found_soon_without_reports(rate: float, within_s: float, jitter_s: float) -> None:
    clock, _ = read(camera(within_s, rate=rate, jitter_s=jitter_s))
    assert clock.finding is not None
    assert clock.finding.measured == pytest.approx(rate, rel=0.01)
    assert clock.wrong_since_s == pytest.approx(1000.0, abs=0.2)


def growing(per_s: float, up_to_s: float, until_s: float) -> Callable[[float], float]:
    """A delay that grows evenly from the 20th second on, and is caught up with at once some time later."""
    return lambda taken_s: 0.0 if taken_s > until_s else min(up_to_s, max(0.0, per_s * (taken_s - 20.0)))


@pytest.mark.parametrize("per_s", [0.03, 0.05, 0.15, 0.3])
@pytest.mark.parametrize("up_to_s", [3.0, 6.0])
@pytest.mark.parametrize("caught_up", [True, False])
def test_a_delay_that_grew_for_long_is_seen_through_when_it_ends(
    per_s: float, up_to_s: float, *, caught_up: bool
) -> None:
    full_s = 20.0 + up_to_s / per_s
    late_s = growing(per_s, up_to_s, full_s if caught_up else math.inf)
    clock, times = read(camera(full_s + 40.0, jitter_s=0.02, late_s=late_s))
    within_s = up_to_s + 1.0 if caught_up else 25.0
    assert clock.finding is None
    assert speed(times, full_s + within_s, full_s + 40.0) == pytest.approx(1.0, abs=0.001)
    assert largest_step_s(times) <= 1.3
    if clock.wrong_since_s is not None:
        assert clock.wrong_since_s >= 1000.0


def test_a_burst_of_a_camera_with_a_picture_a_second_is_no_leap() -> None:
    clock, times = read(camera(120.0, fps=1.0, late_s=lambda taken_s: 5.0 - taken_s % 6))
    assert clock.finding is None
    assert all(time_s == pytest.approx(taken_s, abs=0.001) for taken_s, time_s in times)
