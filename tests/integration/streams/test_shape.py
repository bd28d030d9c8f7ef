"""Cameras whose pictures are to be stretched or turned, over real RTSP: they are seen as they are meant."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from testing.films import ANTICLOCKWISE, film
from testing.rtsp_camera.camera import RtspCamera
from testing.rtsp_camera.film import Film, Picture, packed
from tests.integration.streams.conftest import TWO_SECONDS
from tests.integration.streams.watching import frames, source_of, watching


def turned(picture: Picture, codec: str) -> Picture:
    """A key picture with a message before it that turns it."""
    return replace(picture, payloads=(ANTICLOCKWISE[codec], *picture.payloads)) if picture.key else picture


@pytest.mark.slow
@pytest.mark.parametrize("codec", ["h264", "hevc"])
def test_a_camera_that_turns_its_key_pictures_is_upright_all_the_time(codec: str, tmp_path: Path) -> None:
    options = {"x265-params": "keyint=5:bframes=0:log-level=none"} if codec == "hevc" else {"g": "5"}
    path = film(
        tmp_path / "film.mp4",
        codec=codec, times_s=TWO_SECONDS, size_px=(96, 160), pixel_aspect=Fraction(4, 3), noisy=True, options=options,
    )  # fmt: skip
    sent: Film = packed(path)
    assert sum(picture.key for picture in sent.pictures) >= 4
    with RtspCamera(replace(sent, pictures=tuple(turned(each, codec) for each in sent.pictures))) as camera:
        live = watching(source_of(camera))
        seen = frames(live, 20)
        live.stop()
    assert {frame.size_px for frame in seen} == {frame.stamp.size_px for frame in seen} == {(160, 128)}
