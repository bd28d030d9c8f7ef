"""The wall clock is set while a state lasts: it lasts as long as it really does, and reports go on."""

import pytest

from passerby.domain.health import CameraHealth, CameraState, ImageQuality, SourceCondition
from passerby.pipeline.health.camera_health import CameraHealthWatch
from passerby.pipeline.health.health_thresholds import HealthThresholds

NS_PER_S = 1_000_000_000
START_NS = 1_700_000_000 * NS_PER_S
LIMITS = HealthThresholds()
DARK = ImageQuality(0, 12.0)


def watched(seconds: int, set_s: int, by_s: int) -> list[CameraHealth]:
    """The reports of a camera that is dark from the start, with the clock set at a moment."""
    watch, reports, offset_s, since_ns = CameraHealthWatch("square"), [], 0, START_NS
    for second in range(seconds):
        if second == set_s:
            watch.shift(by_s * NS_PER_S)
            offset_s, since_ns = by_s, since_ns + by_s * NS_PER_S
        condition = SourceCondition(CameraState.ONLINE, since_ns, "Pictures arrive.")
        report = watch.update(START_NS + (second + offset_s) * NS_PER_S, condition, DARK)
        reports += [report] if report else []
    return reports


@pytest.mark.parametrize("by_s", [-3600, -120, 120, 3600])
@pytest.mark.parametrize("set_s", [1, 30, 100])
def test_a_state_begins_when_it_would_have_begun(by_s: int, set_s: int) -> None:
    seconds = round(LIMITS.dark_hold.enter_s) + 300
    plain, with_set = watched(seconds, seconds, 0), watched(seconds, set_s, by_s)
    assert [one.state for one in with_set] == [one.state for one in plain]
    assert with_set[-1].state is CameraState.DARK
    lasted_s = [[(one.time_ns - one.since_ns) / NS_PER_S for one in reports] for reports in (plain, with_set)]
    assert lasted_s[0] == lasted_s[1]
