"""What a camera takes is what its processes have since the last time, with its share of its worker's own."""

import os
import time

import pytest

from passerby.engine.hub.costs import CostMeter, own_usage
from passerby.engine.plausible.sizes import Usage
from passerby.messages.cluster_messages import CameraCosts
from testing.waiting import Clock

MB = 1_000_000


def rows(costs: CameraCosts) -> list[tuple[str, float, float]]:
    return [(one.camera, one.cpu_ms_s, one.memory_mb) for one in costs.cameras]


def test_each_has_its_share_and_one_that_was_started_anew_is_left_out() -> None:
    clock, own = Clock(), [Usage(10.0, 80 * MB)]
    meter = CostMeter(lambda: clock.now_s, lambda: own[0])
    assert meter.measured({"quay": Usage(5.0, 150 * MB)}).cameras == ()
    clock.now_s += 60
    own[0] = Usage(13.0, 80 * MB)
    found = meter.measured({"quay": Usage(11.0, 150 * MB), "square": Usage(1.0, 100 * MB)})
    assert rows(found) == [("quay", pytest.approx(125.0), pytest.approx(190.0))]
    clock.now_s += 60
    found = meter.measured({"quay": Usage(2.0, 100 * MB), "square": Usage(7.0, 100 * MB)})
    assert rows(found) == [("square", pytest.approx(100.0), pytest.approx(140.0))]


def test_the_workers_own_usage_is_read_from_the_system() -> None:
    before = own_usage()
    while time.process_time() < before.cpu_s + 0.02:
        os.getpid()
    assert own_usage().cpu_s >= before.cpu_s + 0.02
    assert 5 * MB < own_usage().memory_bytes < 8000 * MB
