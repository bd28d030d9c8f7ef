"""The camera's own reports on its clock: used where pictures and their arrival bear them out, else left alone."""

import random
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from passerby.ingest.sources.clock.live_clock import ClockFault, LiveClock
from passerby.ingest.sources.clock.sender_clock import SenderClock, SenderReport

Said = Callable[[float, float], tuple[float, float]]
"""What a camera reports at a real time with a stamp, both in seconds: its wall clock, and the stamp."""


def right(real_s: float, pts_s: float) -> tuple[float, float]:
    return 3.9e9 + real_s, pts_s


LIES: dict[str, Said] = {
    "stamps worked out at the stated rate": lambda real_s, pts_s: (real_s, real_s),
    "a wall clock worked out from the stamps": lambda real_s, pts_s: (pts_s, pts_s),
    "a wall clock that runs too fast": lambda real_s, pts_s: (1.1 * real_s, pts_s),
    "a wall clock that stands": lambda real_s, pts_s: (7.0, pts_s),
    "a wall clock in whole seconds": lambda real_s, pts_s: (float(int(real_s)), pts_s),
    "a wall clock that is set every ten seconds": lambda real_s, pts_s: (real_s + 3 * int(real_s / 10), pts_s),
    "stamps of another clock": lambda real_s, pts_s: (real_s, pts_s / 90),
    "stamps that stand": lambda real_s, pts_s: (real_s, 5.0),
}


def watched(
    length_s: float,
    *,
    rate: float = 1.0,
    fps: float = 25.0,
    said: Said = right,
    often_s: float = 5.0,
    jitter_s: float = 0.02,
    late_s: Callable[[float], float] = lambda real_s: 0.0,
    seed: int = 1,
) -> tuple[float | None, LiveClock]:
    """When a rate was found first, and the clock, after so much of a camera's pictures and reports."""
    clock, chance, arrival_s, found_s, due_s = LiveClock(), random.Random(seed), 0.0, None, 0.5
    for number in range(int(length_s * fps)):
        real_s = number / fps
        arrival_s = max(arrival_s, 1000.0 + real_s + chance.expovariate(1 / jitter_s) + late_s(real_s))
        if real_s >= due_s:
            due_s += often_s
            sent_s, stamp_s = said(real_s, real_s * rate)
            clock.take_report(SenderReport(sent_s, stamp_s, arrival_s))
        clock.read(real_s * rate, arrival_s)
        if found_s is None and clock.finding is not None:
            found_s = real_s
    return found_s, clock


@pytest.mark.parametrize("fps", [5.0, 25.0])
@pytest.mark.parametrize(("rate", "within_s"), [(0.84, 11.0), (1.19, 11.0), (0.95, 16.0), (1.05, 16.0), (0.98, 31.0)])
def test_reports_give_the_real_rate_within_seconds(rate: float, within_s: float, fps: float) -> None:
    found_s, clock = watched(60.0, rate=rate, fps=fps)
    assert found_s is not None
    assert found_s <= within_s
    assert clock.finding is not None
    assert clock.finding.measured == pytest.approx(rate, abs=0.002)


@pytest.mark.parametrize("name", LIES)
@pytest.mark.parametrize("fps", [1.0, 25.0])
def test_reports_that_lie_do_not_change_a_right_clock(name: str, fps: float) -> None:
    found_s, _ = watched(120.0, said=LIES[name], fps=fps)
    assert found_s is None


@pytest.mark.parametrize("name", LIES)
@pytest.mark.parametrize("rate", [0.84, 0.95, 1.19])
def test_reports_that_lie_do_not_keep_a_wrong_rate_from_being_found(name: str, rate: float) -> None:
    found_s, clock = watched(90.0, rate=rate, said=LIES[name])
    without_s, _ = watched(90.0, rate=rate, said=right, often_s=1000.0)
    assert found_s is not None
    assert without_s is not None
    assert found_s <= without_s
    assert clock.finding is not None
    assert clock.finding.fault is ClockFault.RATE
    assert clock.finding.measured == pytest.approx(rate, rel=0.01)


@given(st.integers(0, 1 << 16), st.sampled_from([1.0, 5.0, 25.0]), st.sampled_from([1.0, 5.0]))
@settings(max_examples=12)
def test_right_reports_over_a_bad_network_change_no_right_clock(seed: int, fps: float, often_s: float) -> None:
    found_s, _ = watched(
        60.0, fps=fps, often_s=often_s, jitter_s=0.1, late_s=lambda real_s: max(0.0, 3.0 - real_s % 15), seed=seed
    )
    assert found_s is None


def test_a_report_before_the_first_picture_is_left_out() -> None:
    assert SenderClock().rate(SenderReport(1.0, 1.0, 1.0), 1.0) is None
