"""JPEG headers that RTP leaves out are written anew."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from passerby.ingest.sources.errors import StreamError
from passerby.ingest.sources.rtsp.jpeg import JpegPayload, StatedSize
from passerby.ingest.sources.rtsp.rtp import Part, Place

FIRST = b"\0\0\0\0\x41\x32\x02\x02" + b"\0\x04\xff\xff"


def test_tables_of_a_quality_and_restart_marks() -> None:
    (part,) = JpegPayload().parts(FIRST + b"scan")
    assert (part.place, part.key) == (Place.FIRST, True)
    assert part.content.startswith(b"\xff\xd8\xff\xdb\0\x43\0\x10\x0b\x0c")
    assert b"\xff\xdd\0\x04\0\x04" in part.content
    assert part.content.endswith(b"scan")


def test_pictures_without_a_size_are_refused_with_what_to_do() -> None:
    with pytest.raises(StreamError, match="larger than RTP can state"):
        JpegPayload().parts(FIRST[:6] + b"\0\x10" + FIRST[8:] + b"scan")


def test_a_fragment_goes_on_where_the_last_one_ended() -> None:
    payload = JpegPayload()
    payload.parts(FIRST + b"scan")
    then = b"\0\0\0%c\x41\x32\x02\x02" + b"\0\x04\xff\xff"
    assert payload.parts(then % 4 + b"more")[0] == Part(Place.REST, b"more")
    assert payload.parts(then % 9 + b"lost")[0].place is Place.BROKEN


def over_rtp(size_px: tuple[int, int], seed: int = 1) -> bytes:
    """A picture as `JpegPayload` makes it of one of `size_px` that a camera sends."""
    noise = np.random.default_rng(seed).integers(0, 255, (size_px[1] // 16, size_px[0] // 16, 3), np.uint8)
    return rtp_picture(cv2.resize(noise, size_px, interpolation=cv2.INTER_CUBIC))


def rtp_picture(picture: np.ndarray) -> bytes:
    """The same of a picture, uint8 (H, W, 3)."""
    coded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 60])[1].tobytes()
    scan = coded.index(b"\xff\xda") + 2 + int.from_bytes(coded[coded.index(b"\xff\xda") + 2 :][:2], "big")
    tables = b"".join(coded[at + 5 : at + 69] for at in range(scan) if coded[at : at + 4] == b"\xff\xdb\0\x43")
    height_px, width_px = picture.shape[:2]
    head = bytes([0, 0, 0, 0, 1, 255, width_px // 8 % 256, height_px // 8 % 256, 0, 0, *len(tables).to_bytes(2, "big")])
    (part,) = JpegPayload().parts(head + tables + coded[scan:])
    return part.content


@pytest.mark.parametrize("size_px", [(2304, 1296), (2560, 1440), (3840, 2160), (4000, 1504), (1920, 2560), (2080, 32)])
def test_a_larger_picture_than_rtp_can_state_is_refused_with_what_to_do(size_px: tuple[int, int]) -> None:
    with pytest.raises(StreamError, match="larger than RTP can state"):
        StatedSize().check(over_rtp(size_px))


@pytest.mark.parametrize("size_px", [(2032, 1296), (768, 576), (32, 32), (640, 2032)])
def test_a_picture_that_rtp_can_state_is_taken(size_px: tuple[int, int]) -> None:
    StatedSize().check(over_rtp(size_px))


@given(st.integers(2, 20), st.integers(2, 20), st.integers(0, 99))
@settings(max_examples=30)
def test_no_picture_of_its_stated_size_is_refused(width: int, height: int, seed: int) -> None:
    StatedSize().check(over_rtp((16 * width, 16 * height), seed=seed))


@pytest.mark.parametrize("grey", [0, 16, 128, 255])
def test_a_picture_of_one_colour_is_taken(grey: int) -> None:
    StatedSize().check(rtp_picture(np.full((480, 640, 3), grey, np.uint8)))


def test_size_is_checked_again_where_the_head_changes() -> None:
    stated = StatedSize()
    stated.check(over_rtp((640, 480)))
    with pytest.raises(StreamError):
        stated.check(over_rtp((2304, 1296)))


def test_what_is_no_picture_is_left_to_the_decoder() -> None:
    StatedSize().check(b"\xff\xd8 nothing")
    StatedSize().check(b"\xff\xd8\xff\xda nothing")


def test_tables_of_two_bytes_a_value_are_those_of_one() -> None:
    values = bytes(range(1, 129))
    head = b"\0\0\0\0\x01\xff\x02\x02\0\0"
    (narrow,) = JpegPayload().parts(head + b"\0\x80" + values + b"scan")
    wide = b"\0\0\0\0\x01\xff\x02\x02\0\x03\x01\0" + b"".join(bytes([0, value]) for value in values) + b"scan"
    assert JpegPayload().parts(wide) == [narrow]
    too_wide = wide[:12] + b"\1" + wide[13:]
    assert JpegPayload().parts(too_wide)[1].place is Place.BROKEN
