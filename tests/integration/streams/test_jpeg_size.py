"""JPEG pictures over RTP that are larger than its header can state: refused with what to do, never shown as noise."""

from pathlib import Path

from passerby.domain.health import CameraState
from testing.films import film
from testing.rtsp_camera.camera import RtspCamera
from testing.rtsp_camera.film import encode, packed
from tests.integration.streams.watching import source_of, wait_for, watching


def test_a_width_that_wrapped_is_refused_with_what_to_do(tmp_path: Path) -> None:
    whole = film(tmp_path / "whole.mp4", times_s=(0.0, 0.1, 0.2), size_px=(2304, 1296), noisy=True)
    encode(whole, tmp_path / "coded.avi", "mjpeg")
    with RtspCamera(packed(tmp_path / "coded.avi")) as camera:
        live = watching(source_of(camera))
        wait_for(live, CameraState.OFFLINE)
        assert "larger than RTP can state" in live.condition.why
        assert live.take_counts()[0] == 0
        live.stop()
