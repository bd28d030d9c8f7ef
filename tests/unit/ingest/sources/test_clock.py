"""Time runs forward, whatever the stamps do; and frames are taken evenly."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.ingest.sources.clock import FramePacer, StreamClock

STAMPS = st.lists(st.none() | st.floats(-1e6, 1e6), min_size=1, max_size=60)


def read_all(stamps_s: list[float | None], period_s: float | None = 0.1) -> list[float]:
    clock = StreamClock(period_s)
    return [clock.read(stamp_s) for stamp_s in stamps_s]


def test_it_counts_from_the_first_frame() -> None:
    assert read_all([7.0, 7.1, 7.35]) == pytest.approx([0.0, 0.1, 0.35])


def test_stamps_that_are_missing_follow_the_rate() -> None:
    assert read_all([3.0, None, None, 3.3]) == pytest.approx([0.0, 0.1, 0.2, 0.3])
    assert read_all([None, None, None]) == pytest.approx([0.0, 0.1, 0.2])


def test_without_stamps_and_without_a_rate_there_is_no_time() -> None:
    with pytest.raises(ValueError, match="neither time stamps nor a frame rate"):
        StreamClock(None).read(None)


def test_a_small_step_back_is_held_until_time_has_caught_up() -> None:
    assert read_all([0.0, 0.2, 0.1, 0.3]) == pytest.approx([0.0, 0.2, 0.2, 0.3])


def test_stamps_that_start_anew_go_on_from_where_they_were() -> None:
    assert read_all([0.0, 50.0, 0.0, 0.1, 0.2]) == pytest.approx([0.0, 50.0, 50.1, 50.2, 50.3])


def test_each_start_anew_begins_a_stretch() -> None:
    clock, stretches = StreamClock(0.1), []
    for stamp_s in (0.0, 50.0, 49.5, 0.0, 0.1, None, 200.0, 3.0):
        clock.read(stamp_s)
        stretches.append(clock.stretch)
    assert stretches == [0, 0, 0, 1, 1, 1, 1, 2]


def test_a_start_anew_without_a_rate_goes_on_too() -> None:
    assert read_all([0.0, 50.0, 0.0, 0.1], None) == pytest.approx([0.0, 50.0, 50.0, 50.1])


@given(STAMPS, st.none() | st.floats(0.001, 10))
def test_it_never_goes_back(stamps_s: list[float | None], period_s: float | None) -> None:
    if period_s is None:
        stamps_s = [stamp_s if stamp_s is not None else 0.0 for stamp_s in stamps_s]
    times_s = read_all(stamps_s, period_s)
    assert times_s[0] == 0.0
    assert all(later >= earlier for earlier, later in pairwise(times_s))


@given(st.lists(st.floats(0.001, 0.9), max_size=40), st.floats(-1e5, 1e5))
def test_stamps_in_order_are_taken_as_they_are(steps_s: list[float], first_s: float) -> None:
    stamps_s: list[float | None] = [first_s]
    for step_s in steps_s:
        stamps_s.append((stamps_s[-1] or 0.0) + step_s)
    assert read_all(stamps_s) == pytest.approx([(stamp_s or 0.0) - first_s for stamp_s in stamps_s], abs=1e-6)


def taken(rate_fps: float | None, times_s: list[float], slack_s: float = 0.0) -> list[int]:
    pacer = FramePacer(rate_fps, slack_s)
    return [number for number, time_s in enumerate(times_s) if pacer.is_due(time_s)]


def test_no_rate_takes_every_frame() -> None:
    assert taken(None, [0.0, 0.0, 5.0]) == [0, 1, 2]


def test_a_third_of_the_rate_takes_every_third_frame() -> None:
    assert taken(10, [number / 30 for number in range(12)], 1 / 60) == [0, 3, 6, 9]


def test_a_rate_above_the_source_takes_every_frame() -> None:
    assert taken(25, [number / 10 for number in range(10)], 0.05) == list(range(10))


def test_a_rate_that_does_not_divide_the_source_is_met_on_average() -> None:
    assert len(taken(12, [number / 25 for number in range(250)], 0.02)) == 120


@given(st.integers(1, 1000), st.floats(0, 0.015))
def test_jitter_of_the_stamps_changes_no_rate(seed: int, jitter_s: float) -> None:
    shakes = [((seed * 7919 * (number + 1)) % 1000 / 1000 - 0.5) * jitter_s for number in range(300)]
    times_s = [max(0.0, number / 30 + shake) for number, shake in enumerate(shakes)]
    assert abs(len(taken(10, times_s, 1 / 60)) - 100) <= 1


def test_a_gap_does_not_lead_to_a_rush() -> None:
    times_s = [0.0, 0.1, *(9.0 + number / 100 for number in range(50))]
    assert len(taken(10, times_s, 0.005)) == 2 + 5
