"""CPU seconds by stage, none counted twice."""

import pytest

from passerby.telemetry.stages import StageTimes


def stages(*moments_s: float) -> StageTimes:
    """Times by a clock that shows these moments, one a look."""
    shown = iter(moments_s)
    return StageTimes(lambda: next(shown))


def test_a_stage_has_the_time_until_the_next_begins() -> None:
    times = stages(10.0, 11.0, 14.0, 14.5)
    for stage in ("decode", "detect", "other"):
        times.start(stage)
    assert times.cpu_s == pytest.approx({"other": 1.0, "decode": 3.0, "detect": 0.5})


def test_a_stage_that_comes_again_adds_up() -> None:
    times = stages(0.0, 0.0, 1.0, 3.0, 6.0)
    for stage in ("decode", "detect", "decode", "detect"):
        times.start(stage)
    assert times.cpu_s["decode"] == pytest.approx(1.0 + 3.0)
    assert times.cpu_s["detect"] == pytest.approx(2.0)


def test_all_stages_together_are_the_whole_time() -> None:
    moments_s = [0.0, 0.3, 0.9, 1.1, 5.0]
    times = stages(*moments_s)
    for stage in ("a", "b", "a", "c"):
        times.start(stage)
    assert sum(times.cpu_s.values()) == pytest.approx(5.0)
