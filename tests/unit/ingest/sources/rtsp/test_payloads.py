"""What FFmpeg cuts into RTP packets comes out whole again, picture for picture."""

import struct
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.ingest.sources.coded_pictures import Codec
from passerby.ingest.sources.decoder import PictureDecoder
from passerby.ingest.sources.rtsp.payloads import payload_of
from passerby.ingest.sources.rtsp.rtp import PartialPicture, PictureAssembler
from passerby.ingest.sources.rtsp.sdp import parse_description
from testing.films import ONE_SECOND, film
from testing.rtsp_camera.film import encode, packed

CODECS = ["h264", "hevc", "mpeg4", "mjpeg"]


@pytest.fixture(scope="module")
def noise(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten pictures that are too large for one packet each."""
    return film(tmp_path_factory.mktemp("noise") / "noise.mp4", size_px=(160, 128), noisy=True)


@pytest.mark.parametrize("codec", CODECS)
def test_every_picture_comes_out_as_it_was(codec: str, noise: Path, tmp_path: Path) -> None:
    recording = tmp_path / ("film.avi" if codec == "mjpeg" else "film.mp4")
    encode(noise, recording, codec)
    sent = packed(recording)
    description = parse_description("v=0\r\n" + sent.media)
    assert description.track.codec == codec
    assembled = PictureAssembler(payload_of(description.track.codec), description.payload_type)
    decoder = PictureDecoder(description.track)
    shown = []
    sequence = 65_530
    for number, picture in enumerate(sent.pictures):
        for place, payload in enumerate(picture.payloads, 1):
            sequence = (sequence + 1) & 0xFFFF
            kind = description.payload_type | (0x80 if place == len(picture.payloads) else 0)
            head = struct.pack("!BBHII", 0x80, kind, sequence, number * 9000, 1)
            for coded in assembled.add(head + payload):
                assert (coded.damaged, coded.key) == (False, picture.key)
                shown += [(frame.pts, frame.to_ndarray(format="gray")) for frame in decoder.decode(coded) or ()]
    with av.open(str(recording)) as source:
        truth = [frame.to_ndarray(format="gray") for frame in source.decode(video=0)]
    assert len(truth) == len(ONE_SECOND)
    assert len(shown) >= len(truth) - 1  # MPEG-4's decoder keeps the last picture until it is flushed
    for number, (pts, luma) in enumerate(shown):
        assert pts == number * 9000
        assert np.array_equal(luma, truth[number])


@pytest.mark.parametrize("codec", list(Codec))
@given(payloads=st.lists(st.binary(min_size=1, max_size=40), max_size=12))
def test_no_payload_breaks_it(codec: Codec, payloads: list[bytes]) -> None:
    payload, picture = payload_of(codec), PartialPicture()
    for each in payloads:
        payload.add(each, picture)
    assert isinstance(bytes(picture.content), bytes)


@pytest.mark.parametrize(
    ("codec", "payload"),
    [
        (Codec.H264, b"\x18\x00\x09\x65ab"),  # STAP-A that promises more than there is
        (Codec.H264, b"\x7c\x05middle of a fragment"),
        (Codec.H264, b"\x1d\x85interleaved"),
        (Codec.H265, b"\x62\x01\x13middle of a fragment"),
        (Codec.H265, b"\x60\x01\x00\x09ab"),
        (Codec.H265, b"\x02"),
        (Codec.MJPEG, b"\x00\x00\x00\x09\x01\x32\x14\x10not the start"),
        (Codec.MJPEG, b"\x00"),
    ],
)
def test_what_does_not_fit_is_damaged(codec: Codec, payload: bytes) -> None:
    picture = PartialPicture()
    payload_of(codec).add(payload, picture)
    assert picture.damaged


def test_jpeg_tables_of_a_quality_and_restart_marks() -> None:
    picture = PartialPicture()
    payload = b"\0\0\0\0\x41\x32\x02\x02" + b"\0\x04\xff\xff" + b"scan"
    payload_of(Codec.MJPEG).add(payload, picture)
    assert not picture.damaged
    assert picture.content.startswith(b"\xff\xd8\xff\xdb\0\x43\0\x10\x0b\x0c")
    assert b"\xff\xdd\0\x04\0\x04" in picture.content
    assert picture.content.endswith(b"scan\xff\xd9")
