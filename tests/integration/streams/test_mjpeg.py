"""Cameras that send JPEG pictures over HTTP."""

import re

import pytest

from passerby.domain.health import CameraState
from testing.rtsp_camera.mjpeg_camera import MjpegCamera
from tests.integration.streams.watching import frames, source_of, wait_for, watching


@pytest.mark.parametrize(("no_length", "chunks"), [(False, False), (True, False), (False, True), (True, True)])
def test_frames_come_with_and_without_lengths(jpegs: tuple[bytes, ...], no_length: bool, chunks: bool) -> None:
    with MjpegCamera(jpegs) as camera:
        camera.faults.no_length, camera.faults.chunks = no_length, chunks
        live = watching(source_of(camera))
        seen = frames(live, 8)
        live.stop()
    assert {frame.size_px for frame in seen} == {(160, 128)}
    assert 0.3 < seen[-1].stamp.stream_s - seen[0].stamp.stream_s < 10.0
    assert live.take_counts()[2] == 0


def test_user_and_password(jpegs: tuple[bytes, ...]) -> None:
    with MjpegCamera(jpegs, user="viewer", password="secret") as camera:
        live = watching(source_of(camera))
        frames(live, 2)
        live.stop()
        assert camera.connections == 2
        wrong = watching(source_of(camera, password="other"))
        wait_for(wrong, CameraState.OFFLINE)
        wrong.stop()
    assert "does not accept the user 'viewer'" in wrong.condition.why


@pytest.mark.parametrize(
    ("fault", "setting", "words"),
    [
        ("silent", True, "the next picture did not come within 1 s"),
        ("endless_head", True, "more than 16,384 bytes"),
        ("endless_picture", True, "did not come within 1 s|more than 33,554,432 bytes"),
        ("content_type", "text/html", "sends text/html, not a stream of JPEG pictures"),
        ("content_type", "multipart/x-mixed-replace", "not a stream of JPEG"),
        ("cut_short", True, "not one of its pictures could be decoded"),
    ],
)
def test_what_a_camera_does_wrong_is_told(
    jpegs: tuple[bytes, ...], fault: str, setting: str | bool, words: str
) -> None:
    with MjpegCamera(jpegs) as camera:
        setattr(camera.faults, fault, setting)
        live = watching(source_of(camera))
        wait_for(live, CameraState.OFFLINE)
        assert re.search(words, live.condition.why), live.condition.why
        setattr(camera.faults, fault, "" if isinstance(setting, str) else False)
        frames(live, 2)
        live.stop()
    assert live.condition.state is CameraState.ONLINE
