"""The shape of a live camera's pictures, as its own stream states it."""

from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from passerby.domain.frames import FrameStamp
from passerby.ingest.sources.coded_pictures import Codec, CodedPicture, Track
from passerby.ingest.sources.decoder import PictureDecoder, raw_frame
from passerby.ingest.sources.errors import StreamError
from testing.films import film, turn_by_message


def sizes_seen(path: Path) -> list[tuple[int, int]]:
    """The size at which each picture of a bare stream is seen that comes from a camera."""
    decoder, seen = PictureDecoder(Track(Codec.H264)), []
    with av.open(str(path), "r") as container:
        for packet in container.demux(video=0):
            if not packet.size:
                continue
            for frame in decoder.decode(CodedPicture(bytes(packet), None, packet.is_keyframe)) or []:
                stamp = FrameStamp("square", 0, 0, 0.0, (frame.width, frame.height))
                seen.append(raw_frame(frame, stamp, decoder.shape_of(frame)).stamp.size_px)
    return seen


def test_a_live_cameras_pixels_become_square(tmp_path: Path) -> None:
    path = film(tmp_path / "film.h264", codec="h264", container="h264", size_px=(96, 128), pixel_aspect=Fraction(2))
    assert set(sizes_seen(path)) == {(192, 128)}


def test_a_live_camera_that_turns_its_key_pictures_turns_all(tmp_path: Path) -> None:
    path = film(tmp_path / "film.h264", codec="h264", container="h264", size_px=(96, 128), options={"g": "4"})
    assert set(sizes_seen(turn_by_message(path, "h264"))) == {(128, 96)}


@pytest.mark.parametrize(("width_px", "height_px"), [(8208, 64), (64, 8208)])
def test_a_live_picture_with_a_longer_side_than_is_handed_over_is_refused(width_px: int, height_px: int) -> None:
    _, jpeg = cv2.imencode(".jpg", np.full((height_px, width_px, 3), 90, np.uint8))
    with pytest.raises(StreamError, match=f"{width_px}x{height_px} px; at most 8192 px a side"):
        PictureDecoder(Track(Codec.MJPEG)).decode(CodedPicture(jpeg.tobytes(), None, True))
