"""Frames are taken evenly."""

from hypothesis import given
from hypothesis import strategies as st

from passerby.ingest.sources.frame_pacer import FramePacer


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
