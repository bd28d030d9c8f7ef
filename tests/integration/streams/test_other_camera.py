"""A camera that others have made, with an RTSP server of its own, is seen as well."""

from pathlib import Path

import pytest

from passerby.domain.sources import CameraSource, SourceKind
from testing.onvif_camera.virtual_camera import MAIN_PX, PASSWORD, SUB_PX, USER, playing
from tests.integration.streams.watching import HASTY, frames, watching

pytestmark = pytest.mark.slow


def test_both_streams_of_a_virtual_camera(recording: Path, tmp_path: Path) -> None:
    try:
        camera = playing(recording, tmp_path)
        with camera as there:
            for path, size_px in (("/video_main", MAIN_PX), ("/video_sub", SUB_PX)):
                source = CameraSource(SourceKind.RTSP, "127.0.0.1", there.rtsp_port, path, USER, PASSWORD)
                live = watching(source, timeouts=HASTY)
                seen = frames(live, 5, within_s=90.0)
                live.stop()
                assert {frame.size_px for frame in seen} == {size_px}
    except RuntimeError as fault:
        pytest.skip(f"ipycam could not be fetched: {fault}")
