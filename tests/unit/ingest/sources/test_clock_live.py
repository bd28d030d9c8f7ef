"""One clock over all connections of a camera: forward only, and true to the gaps."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.ingest.sources.clock import LiveClock

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
