"""A camera that goes and comes back is always seen again, within the longest pause."""

import random
import time
from pathlib import Path

import pytest

from passerby.domain.health import CameraState
from passerby.ingest.sources.timed_socket import Timeouts
from testing.rtsp_camera.camera import RtspCamera
from testing.rtsp_camera.film import Film
from testing.waiting import WITHIN_S
from tests.integration.streams.watching import HASTY, frames, source_of, wait_for, watching

SLACK_S = 15.0
"""For connecting, for the next key picture, and for a busy machine."""


def gone_and_back(noise: Film, drops: int, timeouts: Timeouts) -> None:
    chance = random.Random(4)
    with RtspCamera(noise) as camera:
        live = watching(source_of(camera), timeouts=timeouts)
        last = frames(live, 2)[-1].stamp
        for number in range(drops):
            before = camera.connections
            if number % 4 == 3:
                camera.leave()  # the port is closed for a while, as without power
                time.sleep(chance.uniform(0.0, 0.3))
                camera.start()
            else:
                camera.drop()
            back_s = time.monotonic()
            # What was decoded before the drop may still be waiting; what comes on a new connection is new.
            while camera.connections == before:
                frames(live, 1, within_s=timeouts.longest_pause_s + WITHIN_S)
            first = frames(live, 2, within_s=timeouts.longest_pause_s + WITHIN_S)[-1].stamp
            waited_s = time.monotonic() - back_s
            assert waited_s < timeouts.longest_pause_s + SLACK_S, number
            assert first.stream_s > last.stream_s
            assert first.time_ns > last.time_ns
            last = first
        wait_for(live, CameraState.ONLINE)
        live.stop()
        assert camera.connections >= drops


def test_a_camera_that_drops_five_times(noise: Film) -> None:
    gone_and_back(noise, 5, HASTY)


@pytest.mark.slow
def test_a_camera_that_drops_a_hundred_times(noise: Film) -> None:
    gone_and_back(noise, 100, Timeouts(answer_s=2.0, silent_s=2.0, first_pause_s=0.02, longest_pause_s=0.2))


def test_the_gap_is_in_the_streams_own_time(noise: Film) -> None:
    with RtspCamera(noise) as camera:
        live = watching(source_of(camera))
        before = frames(live, 3)[-1].stamp
        camera.leave()
        wait_for(live, CameraState.OFFLINE)
        time.sleep(1.5)
        camera.start()
        after = frames(live, 1)[0].stamp
        live.stop()
    passed_s = (after.time_ns - before.time_ns) / 1e9
    assert passed_s > 1.5
    assert after.stream_s - before.stream_s == pytest.approx(passed_s, abs=0.5)


@pytest.mark.slow
def test_connecting_again_and_again_leaks_nothing(noise: Film) -> None:
    def resident_kib() -> int:
        return int(Path("/proc/self/statm").read_text().split()[1]) * 4

    with RtspCamera(noise) as camera:
        live = watching(source_of(camera), timeouts=Timeouts(first_pause_s=0.001, longest_pause_s=0.001))
        sizes = []
        for number in range(120):
            frames(live, 1)
            camera.drop()
            if number in (40, 119):
                sizes.append(resident_kib())
        live.stop()
    # 80 decoders of some 4 MB each.
    assert sizes[1] - sizes[0] < 8_000, sizes
