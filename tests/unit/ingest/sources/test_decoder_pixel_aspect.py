"""The shape of a live camera's pixels, as its own stream states it."""

from fractions import Fraction
from pathlib import Path

import av

from passerby.domain.frames import FrameStamp
from passerby.ingest.sources.coded_pictures import Codec, CodedPicture, Track
from passerby.ingest.sources.decoder import PictureDecoder, raw_frame
from testing.films import film


def test_a_live_cameras_pixels_become_square(tmp_path: Path) -> None:
    path = film(tmp_path / "film.h264", codec="h264", container="h264", size_px=(96, 128), pixel_aspect=Fraction(2))
    decoder = PictureDecoder(Track(Codec.H264))
    seen = set()
    with av.open(str(path), "r") as container:
        for packet in container.demux(video=0):
            if not packet.size:
                continue
            for frame in decoder.decode(CodedPicture(bytes(packet), None, packet.is_keyframe)) or []:
                stamp = FrameStamp("square", 0, 0, 0.0, (frame.width, frame.height))
                seen.add(raw_frame(frame, stamp, decoder.pixel_aspect).stamp.size_px)
    assert seen == {(192, 128)}
