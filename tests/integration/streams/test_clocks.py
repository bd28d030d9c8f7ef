"""Cameras whose time stamps are wrong in one way each, over real RTSP: their pictures keep their pace."""

import time

import pytest

from passerby.domain.health import CameraState
from testing.rtsp_camera.camera import RtspCamera
from testing.rtsp_camera.film import Film
from testing.rtsp_camera.packets import quirks_of
from tests.integration.streams.watching import frames, source_of, watching


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "measured", "threshold"),
    [("constant", 0.0, 0.01), ("constant,marker=none", 0.0, 0.01), ("clock_hz=1000", 0.0111, 0.01)],
)
def test_wrong_stamps_are_corrected_and_reported(words: str, measured: float, threshold: float, noise: Film) -> None:
    with RtspCamera(noise) as camera:
        camera.quirks = quirks_of(words)
        live = watching(source_of(camera))
        frames(live, 12 if "constant" in words else 25)
        began_s, seen = time.monotonic(), frames(live, 20)
        took_s = time.monotonic() - began_s
        condition = live.condition
        live.stop()
    assert seen[-1].stamp.stream_s - seen[0].stamp.stream_s == pytest.approx(took_s, abs=1.0)
    assert condition.state is CameraState.ONLINE
    assert condition.measured == pytest.approx(measured, rel=0.05)
    assert condition.threshold == threshold


def test_a_new_source_in_the_stream_is_no_gap(noise: Film) -> None:
    with RtspCamera(noise) as camera:
        camera.quirks = quirks_of("new_source=15")
        live = watching(source_of(camera))
        began_s, seen = time.monotonic(), frames(live, 20)
        took_s = time.monotonic() - began_s
        live.stop()
    assert seen[-1].stamp.stream_s - seen[0].stamp.stream_s == pytest.approx(took_s, abs=1.0)


@pytest.mark.slow
def test_a_cameras_reports_correct_its_rate_within_seconds(noise: Film) -> None:
    with RtspCamera(noise) as camera:
        camera.quirks = quirks_of("slow=1.19,reports_s=1")
        live = watching(source_of(camera))
        frames(live, 50)
        condition = live.condition
        live.stop()
    assert condition.measured == pytest.approx(1 / 1.19, abs=0.01)
    assert condition.mistimed_to_ns - condition.mistimed_from_ns == pytest.approx(6e9, abs=3e9)
