"""A wall clock that is set is told from one that runs."""

import pytest

from passerby.pipeline.live_reporter import JUMP_S, ClockJumps

NS = 1_000_000_000
START = 1_700_000_000 * NS


def test_a_clock_that_runs_never_jumps() -> None:
    jumps = ClockJumps()
    assert [jumps.update(START + second * NS, 7.0 + second) for second in range(0, 7200, 600)] == [0] * 12


@pytest.mark.parametrize("by_s", [-3600, -60, 60, 86_400])
def test_a_set_clock_is_reported_once_and_by_how_much(by_s: int) -> None:
    jumps = ClockJumps()
    jumps.update(START, 0.0)
    assert jumps.update(START + (10 + by_s) * NS, 10.0) == by_s * NS
    assert jumps.update(START + (20 + by_s) * NS, 20.0) == 0


@pytest.mark.parametrize("by_s", [-JUMP_S / 2, -0.2, 0.5, JUMP_S / 2])
def test_a_small_step_is_none(by_s: float) -> None:
    jumps = ClockJumps()
    jumps.update(START, 0.0)
    assert jumps.update(START + round((10 + by_s) * NS), 10.0) == 0
